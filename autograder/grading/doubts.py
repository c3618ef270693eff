"""How the policy decides on unproven numbers: an item that would pass is accepted, held for review or rejected."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from autograder.records import Detail, Reason, Verdict
from autograder.rubric import codes
from autograder.rubric.item import Outcome
from autograder.rubric.model import Decision


@dataclasses.dataclass(frozen=True, slots=True)
class Doubt:
    """One unproven fact, and the policy's decision on it."""

    reason: Reason
    decision: Decision


def held_back(decision: Decision) -> Decision:
    """Return the decision with `review` for `accept`: such numbers are never accepted without a person."""
    return "reject" if decision == "reject" else "review"


def unread(faults: Sequence[Reason]) -> Outcome:
    """Return the outcome of values that are not in the requested form.

    A person decides if each of them only has several readings, whatever these are worth; otherwise it is malformed.
    """
    reasons = tuple(dict.fromkeys(faults))
    if all(isinstance(one.found, Detail) and one.found.code == codes.VALUE_DOUBTFUL for one in reasons):
        unclear = (Reason(codes.VALUE_DOUBTFUL, one.subject, one.found) for one in reasons)
        return Outcome(Verdict.REVIEW, (*unclear, Reason(codes.REVIEW_PENDING)))
    return Outcome(Verdict.MALFORMED, reasons)


def settle(outcome: Outcome, doubts: Sequence[Doubt]) -> Outcome:
    """Apply the doubts to an outcome; an item that failed anyway stays as it is."""
    if outcome.verdict is not Verdict.PASS or not doubts:
        return outcome
    rejected, reviewed, accepted = (
        tuple(dict.fromkeys(doubt.reason for doubt in doubts if doubt.decision == decision))
        for decision in ("reject", "review", "accept")
    )
    if rejected:
        return dataclasses.replace(outcome, verdict=Verdict.FAIL, reasons=rejected)
    if reviewed:
        return dataclasses.replace(outcome, verdict=Verdict.REVIEW, reasons=(*reviewed, Reason(codes.REVIEW_PENDING)))
    flags = (Reason(codes.UNPROVEN_ACCEPTED, reason.subject, reason.code) for reason in accepted)
    return dataclasses.replace(outcome, flags=(*outcome.flags, *flags))
