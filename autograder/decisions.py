"""People's decisions on single items: which grade they apply to, and which no longer apply.

A decision is about one notebook, which a person looked at: it stays valid for that job when the rubric changes, but not
for another notebook of the same student.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from autograder.errors import InputError
from autograder.gradebook import Gradebook, Override
from autograder.grading import override
from autograder.records import Grade, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Lapsed:
    """The items of one student for which points given by hand no longer count."""

    student: str
    of_another_notebook: tuple[str, ...]
    gone: tuple[str, ...]
    cancelled: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = []
        if self.of_another_notebook:
            remedy = "`autograder override` gives them again, if they still apply"
            parts.append(f"{', '.join(self.of_another_notebook)}, given to another notebook ({remedy})")
        if self.gone:
            parts.append(f"{', '.join(self.gone)}, which the rubric no longer has")
        if self.cancelled:
            parts.append(f"{', '.join(self.cancelled)}, which the rubric has cancelled")
        return f"{self.student}: points given by hand do not count for {'; nor for '.join(parts)}"


def decided(given: Grade, overrides: Sequence[Override]) -> Grade:
    """Return a grade with the points that people gave to items of its notebook, the last decision on each.

    Args:
        given: The computed grade.
        overrides: The student's decisions, oldest first, on this notebook and on others.
    """
    # What everybody gets for a cancelled item, nobody's earlier decision changes.
    worth = {
        (finding.question, finding.item): finding.points_possible
        for finding in given.findings
        if finding.verdict is not Verdict.CANCELLED
    }
    for one in overrides:
        possible = worth.get((one.question, one.item))
        if one.job_id == given.job_id and possible is not None:
            points = _points_now(one, possible)
            given = override(given, one.question, one.item, points, author=one.author, reason=one.reason)
    return given


def _points_now(one: Override, possible: float) -> float:
    """Return the points of a decision on an item that may be worth more or less now: all of them stay all of them."""
    if one.points >= one.worth > 0:
        return possible
    return min(one.points, possible)


def lapsed_decision(given: Grade, overrides: Sequence[Override]) -> Lapsed | None:
    """Return a student's decisions that do not apply to the grade that counts, None if all apply."""
    items = {(finding.question, finding.item): finding.verdict for finding in given.findings}
    here = {(one.question, one.item) for one in overrides if one.job_id == given.job_id}
    elsewhere, gone, cancelled = [], [], []
    for question, item in dict.fromkeys((one.question, one.item) for one in overrides):
        if (question, item) not in items:
            gone.append(f"{question}.{item}")
        elif items[question, item] is Verdict.CANCELLED:
            cancelled.append(f"{question}.{item}")
        elif (question, item) not in here:
            elsewhere.append(f"{question}.{item}")
    if not (elsewhere or gone or cancelled):
        return None
    return Lapsed(given.student, tuple(elsewhere), tuple(gone), tuple(cancelled))


def keep_decision(
    book: Gradebook, given: Grade, question: str, item: str, points: float, *, reason: str, author: str
) -> None:
    """Save a person's decision on an item of the graded notebook.

    Raises:
        InputError: There is no such item, it is worth less, or the rubric has cancelled it.
    """
    book.override(make_override(given, question, item, points, reason=reason, author=author))


def make_override(given: Grade, question: str, item: str, points: float, *, reason: str, author: str) -> Override:
    """Return a person's decision on an item of the notebook that a grade is of.

    Raises:
        InputError: There is no such item, it is worth less, or the rubric has cancelled it.
    """
    items = {(finding.question, finding.item): finding for finding in given.findings}
    finding = items.get((question, item))
    if finding is None:
        known = ", ".join(f"{of}.{name}" for of, name in items if of == question)
        known = known or ", ".join(dict.fromkeys(of for of, _ in items))
        raise InputError("there is no item {item}", remedy="there are {known}", item=f"{question}.{item}", known=known)
    if finding.verdict is Verdict.CANCELLED:
        raise InputError(
            "{item} is cancelled in the rubric, for everybody alike",
            item=finding.place,
            remedy="take `cancelled` out of the rubric and regrade, then decide for single students",
        )
    if not 0 <= points <= finding.points_possible:
        raise InputError(
            "{item} is worth 0 to {most} points, not {points}",
            item=finding.place,
            most=finding.points_possible,
            points=points,
        )
    return Override(given.job_id, given.student, question, item, points, reason, author, finding.points_possible)
