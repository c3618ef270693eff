"""Each student's mark, or the reason why none is exported: pending, refused or missing never becomes zero."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from autograder.class_results import Results
from autograder.errors import UsageError
from autograder.records import UNKNOWN, Account, Grade
from autograder.report import in_english, why_no_grade

ABSENT: Final = "handed in nothing"


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one submission. `held` is the reason why it is not exported; empty if it is."""

    student: str
    account: Account = UNKNOWN
    points: float = 0.0
    points_possible: float = 0.0
    held: str = ""


def marks_of(results: Results, accounts: Mapping[str, Account]) -> tuple[Mark, ...]:
    """Return the mark of every student: first those with a grade, then the others.

    Args:
        results: The class as it stands.
        accounts: Each student's identifiers on the platform.
    """
    return tuple(_marks(results, accounts))


def converted(mark: Mark, maximum: float | None, source: str, *, scale: bool) -> float:
    """Return a mark's points for a destination with another maximum.

    Args:
        mark: The mark.
        maximum: The destination's highest possible mark; None if any is accepted.
        source: The destination's name for messages.
        scale: Convert them if the maxima differ.

    Raises:
        UsageError: The maxima differ and `scale` is off, or the destination's is not positive.
    """
    if maximum is None or maximum == mark.points_possible:
        return mark.points
    if not scale or maximum <= 0:
        what = f"its marks are out of {maximum:g}, and the class was graded out of {mark.points_possible:g}"
        remedy = "change what the assignment is out of" + ("; or convert the marks with --scale" if maximum > 0 else "")
        raise UsageError(what, source, remedy)
    return mark.points * maximum / mark.points_possible


def _marks(results: Results, accounts: Mapping[str, Account]) -> Iterator[Mark]:
    graded = {grade.student for grade in results.grades}
    for grade in results.grades:
        account = accounts.get(grade.student, UNKNOWN)
        points = 0.0 if grade.points is None else grade.points
        yield Mark(grade.student, account, points, grade.points_possible, _why_held(grade))
    for refusal in results.refused:
        if refusal.student not in graded:
            yield Mark(
                refusal.student, accounts.get(refusal.student, UNKNOWN), held=f"refused: {in_english(refusal.fault)}"
            )
    for away in results.withdrawn:
        yield Mark(away.student, accounts.get(away.student, UNKNOWN), held=f"withdrawn: {away.reason}")
    for name in results.absent:
        yield Mark(name, held=ABSENT)


def _why_held(grade: Grade) -> str:
    if grade.points is None:
        return f"no grade: {why_no_grade(grade)}"
    return f"{grade.pending:g} points are pending" if grade.pending else ""
