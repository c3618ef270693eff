"""What the policy makes of numbers that nothing proves: an item that would pass is accepted, held back or rejected."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from autograder.grading import reasons
from autograder.grading.checks import Outcome
from autograder.records import Reason, Verdict
from autograder.spec.model import Decision


@dataclasses.dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is not proven, and what the policy says about it."""

    reason: Reason
    decision: Decision


def held_back(decision: Decision) -> Decision:
    """Return a policy's decision on what cannot be accepted unseen: a person looks at it instead."""
    return "reject" if decision == "reject" else "review"


def settle(outcome: Outcome, doubts: Sequence[Doubt]) -> Outcome:
    """Return the outcome with the doubts weighed in; an item that failed by itself stays as it is."""
    if outcome.verdict is not Verdict.PASS or not doubts:
        return outcome
    rejected, reviewed, accepted = (
        tuple(dict.fromkeys(doubt.reason for doubt in doubts if doubt.decision == decision))
        for decision in ("reject", "review", "accept")
    )
    if rejected:
        return dataclasses.replace(outcome, verdict=Verdict.FAIL, reasons=rejected)
    if reviewed:
        return dataclasses.replace(outcome, verdict=Verdict.REVIEW, reasons=(*reviewed, Reason(reasons.REVIEW_PENDING)))
    flags = (Reason(reasons.UNPROVEN_ACCEPTED, reason.subject, reason.code) for reason in accepted)
    return dataclasses.replace(outcome, flags=(*outcome.flags, *flags))
