"""Items whose points wait for a person, and the decisions that settle them, one by one or in bulk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from autograder.decisions import keep_decision
from autograder.errors import UsageError
from autograder.gradebook import Gradebook
from autograder.records import Finding, Grade, Verdict
from autograder.rubric import codes

_ONE_BY_ONE = frozenset({codes.TRAINING_UNSEEN, codes.TRAINING_FOREIGN})
"""Numbers without any examinable support: typed-in numbers cannot be told from trained ones."""

Ruling = Literal["accept", "reject"]
"""Whether an item gets all of its points or none; `override` gives other points."""


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
    """Return the named pending items; all of them if none is named.

    Raises:
        UsageError: Nothing is pending, or a named item is not.
    """
    known = list(dict.fromkeys(one.finding.place for one in pending))
    if not known:
        raise UsageError("no points are pending", remedy="`autograder pending` lists those that are")
    unknown = [name for name in places if name not in known]
    if unknown:
        raise UsageError(f"not pending: {', '.join(unknown)}", remedy=f"there are {', '.join(known)}")
    return tuple(one for one in pending if not places or one.finding.place in places)


def acceptable_together(items: Iterable[PendingItem]) -> tuple[PendingItem, ...]:
    """Return the items that may be accepted for a whole class without looking at each notebook."""
    return tuple(one for one in items if _ONE_BY_ONE.isdisjoint(reason.code for reason in one.finding.reasons))


def settle_pending(book: Gradebook, items: Iterable[PendingItem], ruling: Ruling, *, reason: str, author: str) -> None:
    """Save a person's decision on each item; like any decision, it is valid for the current notebook only."""
    for one in items:
        points = one.finding.pending if ruling == "accept" else 0.0
        keep_decision(book, one.grade, one.finding.question, one.finding.item, points, reason=reason, author=author)
