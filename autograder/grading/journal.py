"""Which training stands behind the numbers that a student reports, and whether that one follows its recipe.

A recipe is judged on the journal. The reported numbers say which of its trainings is meant: a training is *linked*
if it gave exactly these numbers. Numbers that no training gave earn nothing, whatever else was trained.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal

from autograder.grading import reasons
from autograder.grading.agreement import LINK_RELATIVE, decimals, same_data, same_number, same_series
from autograder.grading.checks import Outcome, passed_unless
from autograder.grading.dead import is_dead
from autograder.grading.reasons import plain
from autograder.grading.recipe import TrainingData, differences
from autograder.grading.select import Selection, select, sound_part
from autograder.records import DataSummary, Evidence, Reason, Training, Verdict
from autograder.spec.items import Recipe, TrainingRecipe
from autograder.spec.paths import split_path

NEAR: Final = 3
"""A training that no number points at is worth speaking of if it differs from the recipe in so few fields."""

DataOf = Callable[[str], TrainingData | None]
"""Gives what the reference's training of a variant saw; None where data are not to be compared."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One training that a recipe asks for: the training that is meant, and how it differs from what is asked.

    `state` is that of the reported numbers; `unasked` if the recipe names none. `predicted`: no evaluation gave the
    number, but the network predicted what the exercise asks to be evaluated, and the notebook can do the rest.
    """

    variant: str
    state: Literal["given", "missing", "malformed", "unasked"]
    training: Training | None
    linked: bool
    predicted: bool
    differences: tuple[Reason, ...]
    evaluated: DataSummary | None
    selection: Selection | None

    @property
    def holds(self) -> bool:
        """Tell whether the reported numbers come of a training that is as asked."""
        return self.linked and not self.differences

    @property
    def died(self) -> bool:
        """Tell whether the training was as asked and its network died all the same: the seed was unlucky."""
        return self.holds and self.training is not None and is_dead(self.training)


@dataclasses.dataclass(frozen=True, slots=True)
class _Candidate:
    training: Training
    evaluated: DataSummary | None = None


def find_parts(item: Recipe, evidence: Evidence, data_of: DataOf, rubric: Iterable[Recipe]) -> tuple[Part, ...]:
    """Find the training that is meant for each variant of a recipe (for the recipe itself if it has none).

    Args:
        item: The recipe.
        evidence: The reported numbers, and the journal.
        data_of: Gives what the reference's training of a variant saw.
        rubric: Every recipe of the rubric. Where no number points at a training, the closest one is meant, but never
            one that other numbers point at: a right training of another exercise explains nothing here.
    """
    parts = []
    spare: list[_Candidate] | None = None
    for variant, recipe in _variants(item):
        selection, candidates = _reported(item, variant, evidence)
        data = data_of(variant) if evidence.trainings else None
        predicted: list[_Candidate] = []
        # What a dead network gives, every other dead one gives as well: alone it does not say which is meant.
        telling = any(not is_dead(candidate.training) for candidate in candidates)
        if not telling and item.results is not None and selection is not None and selection.state == "given":
            predicted = list(_by_prediction(evidence, data))
            candidates = [*predicted, *candidates]
        if not candidates and spare is None:
            spare = _unclaimed(evidence, rubric if selection else ())
        linked = bool(candidates) or (selection is None and bool(evidence.trainings))
        pool = candidates or spare or []
        compared = [
            (candidate, differences(candidate.training, recipe, variant, data, candidate.evaluated))
            for candidate in pool
        ]
        # `reversed`, since `min` keeps the first of equals and the latest training is the one that counts.
        best, differing = min(reversed(compared), key=lambda pair: len(pair[1]), default=(None, ()))
        parts.append(
            Part(
                variant=variant,
                state="unasked" if selection is None else selection.state,
                training=best.training if best else None,
                linked=linked,
                predicted=any(best is one for one in predicted),
                differences=differing,
                evaluated=best.evaluated if best else None,
                selection=selection,
            )
        )
    return tuple(parts)


def judge_parts(parts: Sequence[Part]) -> Outcome:
    """Turn what was found for each variant into one outcome."""
    found: list[Reason] = []
    malformed: list[Reason] = []
    untrained = []
    for part in parts:
        if part.selection is not None and part.state == "missing":
            return Outcome(Verdict.MISSING, (Reason(reasons.VALUE_MISSING, split_path(part.selection.path)[0]),))
        near = part.differences if len(part.differences) <= NEAR else ()
        if part.linked:
            found += part.differences
        elif part.selection is not None and part.state == "malformed":
            found += near
            malformed.append(Reason(reasons.VALUE_MALFORMED, part.selection.fault_path, part.selection.fault))
        elif part.training is None:
            found.append(Reason(reasons.RECIPE_NO_TRAINING, part.variant, public=True))
            untrained.append(part.variant)
        else:
            found += (Reason(reasons.RECIPE_UNLINKED, part.variant, public=True), *near)
            untrained.append(part.variant)
    if malformed and not found:
        return Outcome(Verdict.MALFORMED, tuple(dict.fromkeys(malformed)))
    predicted = [part.variant for part in parts if part.predicted]
    flags = tuple(
        Reason(code, ", ".join(variants))
        for code, variants in ((reasons.NUMBERS_UNTRAINED, untrained), (reasons.NUMBERS_PREDICTED, predicted))
        if variants
    )
    return passed_unless(_merged(found), (*flags, *_not_seen(parts)))


def _not_seen(parts: Iterable[Part]) -> Iterator[Reason]:
    """Flag what counts against a training only because the journal could not look into it."""
    linked = [(part, part.training, {one.code for one in part.differences}) for part in parts if part.linked]
    blocks = {
        plain(layer.settings["within"]): None
        for _, training, codes in linked
        if training is not None and reasons.RECIPE_LAYERS in codes
        for layer in training.layers
        if "within" in layer.settings
    }
    if blocks:
        yield Reason(reasons.RECIPE_OPAQUE, found=", ".join(blocks))
    unseen = [part.variant for part, _, codes in linked if reasons.RECIPE_DATA_UNSEEN in codes]
    if unseen:
        yield Reason(reasons.RECIPE_UNSEEN, ", ".join(unseen))


def part_behind(
    path: str, number: float, recipes: Iterable[tuple[Recipe, tuple[Part, ...]]], evidence: Evidence
) -> Part | None:
    """Return the training that a number comes of: by its path, or else by an evaluation that gave it.

    Args:
        path: Where the number stands.
        number: The number itself.
        recipes: The recipe items of the same question, each with what `find_parts` found.
        evidence: Where the evaluations are.
    """
    by_path = {
        name: part
        for item, parts in recipes
        for part in parts
        for name in (item.history, f"{item.results}.{part.variant}" if item.results else None)
        if name and part.linked
    }
    for name, part in by_path.items():
        if path == name or path.startswith((f"{name}.", f"{name}[")):
            return part
    numbers = {candidate.training.number for candidate in _by_result(evidence, number, decimals([number]))}
    return next((part for part in by_path.values() if part.training and part.training.number in numbers), None)


def _variants(item: Recipe) -> Iterator[tuple[str, TrainingRecipe]]:
    if not item.variants:
        yield "", item.recipe
    for name, variant in item.variants.items():
        yield name, item.recipe.model_copy(update=dict(variant))


def _reported(item: Recipe, variant: str, evidence: Evidence) -> tuple[Selection | None, list[_Candidate]]:
    """Return how the reported numbers stand, and the trainings that gave them."""
    values = evidence.executed
    if item.history is not None:
        # The sound series of a partly faulty history still say which training is meant.
        series = sound_part(values, item.history)
        return select(values, item.history), list(_by_history(evidence, series if isinstance(series, dict) else {}))
    if item.results is not None:
        selection = select(values, f"{item.results}.{variant}" if variant else item.results)
        if selection.state != "given":
            return selection, []
        all_results = sound_part(values, item.results)
        numbers = all_results.values() if isinstance(all_results, dict) else [all_results]
        return selection, list(_by_result(evidence, selection.value, decimals(numbers)))
    return None, []


def _unclaimed(evidence: Evidence, rubric: Iterable[Recipe]) -> list[_Candidate]:
    """Return the trainings that no reported number of any recipe points at."""
    taken = {
        candidate.training.number
        for item in rubric
        for variant, _ in _variants(item)
        for candidate in _reported(item, variant, evidence)[1]
    }
    return [_Candidate(training) for training in evidence.trainings if training.number not in taken]


def _by_history(evidence: Evidence, reported: dict[str, list[float]]) -> Iterator[_Candidate]:
    digits = decimals(number for series in reported.values() for number in series)
    for training in evidence.trainings:
        common = reported.keys() & training.history.keys()
        if common and all(
            same_series(reported[name], training.history[name], LINK_RELATIVE, digits) for name in common
        ):
            yield _Candidate(training)


def _by_result(evidence: Evidence, number: float, digits: int) -> Iterator[_Candidate]:
    trainings = {training.number: training for training in evidence.trainings}
    for evaluation in evidence.evaluations:
        training = None if evaluation.training is None else trainings.get(evaluation.training)
        if training is not None and any(
            same_number(number, result, LINK_RELATIVE, digits) for result in evaluation.results.values()
        ):
            yield _Candidate(training, evaluation.inputs)
    # A test error may also be read off the last epoch of a training that was given the test data to validate on.
    for training in evidence.trainings:
        if any(
            name.startswith("val_") and series and same_number(number, series[-1], LINK_RELATIVE, digits)
            for name, series in training.history.items()
        ):
            yield _Candidate(training, training.validation)


def _by_prediction(evidence: Evidence, data: TrainingData | None) -> Iterator[_Candidate]:
    """Yield the trainings whose network predicted the very inputs that the exercise's error is measured on."""
    trainings = {training.number: training for training in evidence.trainings}
    for evaluation in evidence.evaluations:
        training = None if evaluation.training is None else trainings.get(evaluation.training)
        due = data.evaluated if data else None
        if training is not None and due is not None and not evaluation.results and same_data(evaluation.inputs, due):
            yield _Candidate(training, evaluation.inputs)


def _merged(found: Iterable[Reason]) -> list[Reason]:
    """Say once what holds for several variants: equal reasons become one, its subject the list of variants."""
    variants: dict[Reason, list[str]] = {}
    for reason in found:
        variants.setdefault(dataclasses.replace(reason, subject=""), []).append(reason.subject)
    return [
        dataclasses.replace(reason, subject=", ".join(filter(None, dict.fromkeys(names))))
        for reason, names in variants.items()
    ]
