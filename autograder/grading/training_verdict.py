"""Turn the matched trainings of a recipe into one verdict, depending on how far they are proven.

Numbers that no training gave earn nothing, whatever else was trained. A person reviews trainings that may have happened
unobserved or that only the notebook reports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from autograder.grading.doubts import Doubt, held_back, settle, unread
from autograder.grading.matching import NEAR, MatchedTraining
from autograder.records import Reason, Verdict
from autograder.rubric import codes
from autograder.rubric.checks.recipe import reasons
from autograder.rubric.item import Outcome, passed_unless
from autograder.rubric.model import Policy
from autograder.rubric.paths import split_path


def judge_parts(parts: Sequence[MatchedTraining], policy: Policy, *, may_hide: bool) -> Outcome:
    """Combine the matches of all variants into one outcome.

    Args:
        parts: The matched training of each variant.
        policy: Decides on unproven trainings.
        may_hide: Whether trainings may have happened that are not in the journal.
    """
    found: list[Reason] = []
    malformed: list[Reason] = []
    doubts: list[Doubt] = []
    untrained = []
    for part in parts:
        if part.selection is not None and part.state == "missing":
            return Outcome(Verdict.MISSING, (Reason(codes.VALUE_MISSING, split_path(part.selection.path)[0]),))
        near = part.differences if len(part.differences) <= NEAR else ()
        if part.linked:
            if part.unread:
                doubts += (Doubt(difference, policy.unattested) for difference in part.differences)
            else:
                found += part.differences
            if not part.attested:
                doubts.append(Doubt(Reason(codes.TRAINING_UNATTESTED, part.variant), policy.unattested))
        elif part.selection is not None and part.state == "malformed":
            found += near
            malformed.append(Reason(codes.VALUE_MALFORMED, part.selection.fault_path, part.selection.fault or ""))
        elif may_hide or part.unwatched:
            doubts.append(Doubt(Reason(codes.TRAINING_UNSEEN, part.variant), held_back(policy.unattested)))
        else:
            absent = reasons.RECIPE_NO_TRAINING if part.training is None else reasons.RECIPE_UNLINKED
            doubts.append(Doubt(Reason(absent, part.variant, public=True), held_back(policy.unlinked)))
            untrained.append(part.variant)
            if policy.unlinked == "reject":
                found += (doubts.pop().reason, *near)
    if malformed and not found:
        return unread(malformed)
    # If the training is as asked, a student gains nothing from numbers other than its network's.
    predicted = [part.variant for part in parts if part.predicted and not part.holds]
    flags = tuple(
        Reason(code, ", ".join(variants))
        for code, variants in ((codes.NUMBERS_UNTRAINED, untrained), (codes.NUMBERS_PREDICTED, predicted))
        if variants
    )
    outcome = passed_unless(_merged(found), (*flags, *_not_seen(parts)))
    return settle(outcome, list(_merged_doubts(doubts)))


def _not_seen(parts: Iterable[MatchedTraining]) -> Iterator[Reason]:
    """Flag differences that exist only because the journal could not observe something."""
    linked = [part for part in parts if part.linked]
    blocks = dict.fromkeys(block for part in linked for block in part.blocks)
    if blocks:
        yield Reason(reasons.RECIPE_OPAQUE, found=", ".join(blocks))
    unseen = [
        part.variant for part in linked if any(one.code == reasons.RECIPE_DATA_UNSEEN for one in part.differences)
    ]
    if unseen:
        yield Reason(reasons.RECIPE_UNSEEN, ", ".join(unseen))


def _merged_doubts(doubts: Sequence[Doubt]) -> Iterator[Doubt]:
    for decision in dict.fromkeys(doubt.decision for doubt in doubts):
        for reason in _merged(doubt.reason for doubt in doubts if doubt.decision == decision):
            yield Doubt(reason, decision)


def _merged(found: Iterable[Reason]) -> list[Reason]:
    """Merge equal reasons of several variants into one, with the list of variants as its subject."""
    variants: dict[Reason, list[str]] = {}
    for reason in found:
        variants.setdefault(dataclasses.replace(reason, subject=""), []).append(reason.subject)
    return [
        dataclasses.replace(reason, subject=", ".join(filter(None, dict.fromkeys(names))))
        for reason, names in variants.items()
    ]
