"""Points that wait for a person: which items do, and the decisions that settle them, one by one or in bulk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from autograder.decisions import keep_decision
from autograder.errors import UsageError
from autograder.gradebook import Gradebook
from autograder.grading import reasons
from autograder.records import Finding, Grade, Verdict

_ONE_BY_ONE = frozenset({reasons.TRAINING_UNSEEN, reasons.TRAINING_FOREIGN})
"""Nothing that could be looked at bears these numbers out: whoever typed them in stands beside whoever trained."""

Ruling = Literal["accept", "reject"]
"""All of an item's points, or none of them; `override` gives any others."""


@dataclasses.dataclass(frozen=True, slots=True)
class PendingItem:
    """One item of one student that waits for a person; the reasons of its finding say why."""

    grade: Grade
    finding: Finding


def pending_items(grades: Iterable[Grade]) -> Iterator[PendingItem]:
    """Yield what is pending in the grades, in their order."""
    for given in grades:
        for finding in given.findings:
            if finding.verdict is Verdict.REVIEW:
                yield PendingItem(given, finding)


def chosen(pending: Sequence[PendingItem], places: Sequence[str]) -> tuple[PendingItem, ...]:
    """Return those of the pending items that are named; all of them if none is.

    Raises:
        UsageError: Nothing is pending, or an item that is named is not.
    """
    known = list(dict.fromkeys(one.finding.place for one in pending))
    if not known:
        raise UsageError("no points are pending", remedy="`autograder pending` lists those that are")
    unknown = [name for name in places if name not in known]
    if unknown:
        raise UsageError(f"not pending: {', '.join(unknown)}", remedy=f"there are {', '.join(known)}")
    return tuple(one for one in pending if not places or one.finding.place in places)


def acceptable_together(items: Iterable[PendingItem]) -> tuple[PendingItem, ...]:
    """Return the items that may be accepted for a whole class without a look at each student's notebook."""
    return tuple(one for one in items if _ONE_BY_ONE.isdisjoint(reason.code for reason in one.finding.reasons))


def settle_pending(book: Gradebook, items: Iterable[PendingItem], ruling: Ruling, *, reason: str, author: str) -> None:
    """Keep a person's decision on each item; as any decision, it holds for the notebook that was looked at."""
    for one in items:
        points = one.finding.pending if ruling == "accept" else 0.0
        keep_decision(book, one.grade, one.finding.question, one.finding.item, points, reason=reason, author=author)
