"""What people decided on single items: which grade it holds for, and which decisions no longer apply.

A decision is about one notebook, which somebody looked at: it holds for that job whatever the rubric becomes, and for
no other notebook of the same student.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from autograder.errors import UsageError
from autograder.gradebook import Gradebook, Override
from autograder.grading import override
from autograder.records import Grade


@dataclasses.dataclass(frozen=True, slots=True)
class Lapsed:
    """The items of one student for which points given by hand no longer count."""

    student: str
    of_another_notebook: tuple[str, ...]
    gone: tuple[str, ...]

    def __str__(self) -> str:
        parts = []
        if self.of_another_notebook:
            remedy = "`autograder override` gives them anew, if they still hold"
            parts.append(f"{', '.join(self.of_another_notebook)}, given to another notebook ({remedy})")
        if self.gone:
            parts.append(f"{', '.join(self.gone)}, which the rubric no longer has")
        return f"{self.student}: points given by hand do not count for {'; nor for '.join(parts)}"


def decided(given: Grade, overrides: Sequence[Override]) -> Grade:
    """Return a grade with the points that people gave to items of its notebook, the last decision on each.

    Args:
        given: What was computed.
        overrides: The student's decisions, oldest first, on this notebook and on others.
    """
    worth = {(finding.question, finding.item): finding.points_possible for finding in given.findings}
    for one in overrides:
        possible = worth.get((one.question, one.item))
        if one.job_id == given.job_id and possible is not None:
            # The rubric may have lowered the item since.
            points = min(one.points, possible)
            given = override(given, one.question, one.item, points, author=one.author, reason=one.reason)
    return given


def lapsed_decision(given: Grade, overrides: Sequence[Override]) -> Lapsed | None:
    """Return which of a student's decisions the grade that counts has no use for, if there are any."""
    items = {(finding.question, finding.item) for finding in given.findings}
    here = {(one.question, one.item) for one in overrides if one.job_id == given.job_id}
    elsewhere, gone = [], []
    for question, item in dict.fromkeys((one.question, one.item) for one in overrides):
        if (question, item) not in items:
            gone.append(f"{question}.{item}")
        elif (question, item) not in here:
            elsewhere.append(f"{question}.{item}")
    return Lapsed(given.student, tuple(elsewhere), tuple(gone)) if elsewhere or gone else None


def keep_decision(
    book: Gradebook, given: Grade, question: str, item: str, points: float, *, reason: str, author: str
) -> None:
    """Keep a person's decision on an item of the notebook that a grade is of.

    Raises:
        UsageError: There is no such item, or it is not worth so much.
    """
    items = {(finding.question, finding.item): finding.points_possible for finding in given.findings}
    possible = items.get((question, item))
    if possible is None:
        known = ", ".join(f"{of}.{name}" for of, name in items if of == question)
        remedy = f"there are {known or ', '.join(dict.fromkeys(of for of, _ in items))}"
        raise UsageError(f"there is no item {question}.{item}", remedy=remedy)
    if not 0 <= points <= possible:
        raise UsageError(f"{question}.{item} is worth 0 to {possible:g} points, not {points:g}")
    book.override(Override(given.job_id, given.student, question, item, points, reason, author))
