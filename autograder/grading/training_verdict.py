"""Turn the trainings that were found for a recipe into one verdict, as far as they are proven.

Numbers that no training gave earn nothing, whatever else was trained. Where trainings may have happened unseen, or
the notebook alone says that they happened, a person has to look.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from autograder.grading import reasons
from autograder.grading.checks import Outcome, passed_unless
from autograder.grading.doubts import Doubt, held_back, settle
from autograder.grading.journal import NEAR, Part
from autograder.records import Reason, Verdict
from autograder.spec.model import Policy
from autograder.spec.paths import split_path


def judge_parts(parts: Sequence[Part], policy: Policy, *, may_hide: bool) -> Outcome:
    """Turn what was found for each variant into one outcome.

    Args:
        parts: The trainings that are meant, by variant.
        policy: What to make of trainings that are not proven.
        may_hide: Trainings may have happened that are not in the journal.
    """
    found: list[Reason] = []
    malformed: list[Reason] = []
    doubts: list[Doubt] = []
    untrained = []
    for part in parts:
        if part.selection is not None and part.state == "missing":
            return Outcome(Verdict.MISSING, (Reason(reasons.VALUE_MISSING, split_path(part.selection.path)[0]),))
        near = part.differences if len(part.differences) <= NEAR else ()
        if part.linked:
            if part.unread:
                doubts += (Doubt(difference, policy.unattested) for difference in part.differences)
            else:
                found += part.differences
            if not part.attested:
                doubts.append(Doubt(Reason(reasons.TRAINING_UNATTESTED, part.variant), policy.unattested))
        elif part.selection is not None and part.state == "malformed":
            found += near
            malformed.append(Reason(reasons.VALUE_MALFORMED, part.selection.fault_path, part.selection.fault))
        elif may_hide or part.unwatched:
            doubts.append(Doubt(Reason(reasons.TRAINING_UNSEEN, part.variant), held_back(policy.unattested)))
        else:
            absent = reasons.RECIPE_NO_TRAINING if part.training is None else reasons.RECIPE_UNLINKED
            doubts.append(Doubt(Reason(absent, part.variant, public=True), held_back(policy.unlinked)))
            untrained.append(part.variant)
            if policy.unlinked == "reject":
                found += (doubts.pop().reason, *near)
    if malformed and not found:
        return Outcome(Verdict.MALFORMED, tuple(dict.fromkeys(malformed)))
    predicted = [part.variant for part in parts if part.predicted]
    flags = tuple(
        Reason(code, ", ".join(variants))
        for code, variants in ((reasons.NUMBERS_UNTRAINED, untrained), (reasons.NUMBERS_PREDICTED, predicted))
        if variants
    )
    outcome = passed_unless(_merged(found), (*flags, *_not_seen(parts)))
    return settle(outcome, list(_merged_doubts(doubts)))


def _not_seen(parts: Iterable[Part]) -> Iterator[Reason]:
    """Flag what counts against a training only because the journal could not look into it."""
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
    """Say once what holds for several variants: equal reasons become one, its subject the list of variants."""
    variants: dict[Reason, list[str]] = {}
    for reason in found:
        variants.setdefault(dataclasses.replace(reason, subject=""), []).append(reason.subject)
    return [
        dataclasses.replace(reason, subject=", ".join(filter(None, dict.fromkeys(names))))
        for reason, names in variants.items()
    ]
