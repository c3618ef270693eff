"""Find the training that is meant for each one that a recipe asks for, and how it differs from what is asked.

A recipe is judged on the journal. The reported numbers say which of its trainings is meant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

from autograder.grading import reasons
from autograder.grading.agreement import decimals
from autograder.grading.dead import is_dead
from autograder.grading.linking import Candidate, Journal
from autograder.grading.options import is_own
from autograder.grading.reasons import plain
from autograder.grading.recipe import TrainingData, differences
from autograder.grading.select import Selection, select, sound_part
from autograder.records import DataSummary, Reason, Training
from autograder.spec.items import Recipe, TrainingRecipe

NEAR: Final = 3
"""A training that differs from a recipe in more fields than these has little in common with it."""

DataOf = Callable[[str], TrainingData | None]
"""Gives what the reference's training of a variant saw; None where data are not to be compared."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One training that a recipe asks for: the training that is meant, and how it differs from what is asked.

    `state` is that of the reported numbers; `unasked` if the recipe names none. `predicted`: no evaluation gave the
    number, but the network predicted what the exercise asks to be evaluated, and the notebook can do the rest.
    `attested`: the trusted side trained and evaluated, or knew the result; otherwise the notebook alone says so.
    `disputed` as in `Candidate`. `unwatched`: nothing that was seen explains the number, but the training that is meant
    is as asked, and its network can be used in more ways than are seen (row by row, or by multiplying its weights).
    """

    variant: str
    state: Literal["given", "missing", "malformed", "unasked"]
    training: Training | None
    linked: bool
    predicted: bool
    differences: tuple[Reason, ...]
    evaluated: DataSummary | None
    selection: Selection | None
    attested: bool = True
    disputed: bool = False
    unwatched: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether the reported numbers come of a training that is as asked."""
        return self.linked and not self.differences

    @property
    def blocks(self) -> tuple[str, ...]:
        """The notebook's own classes that hold layers which count against the training: their use is not seen."""
        if self.training is None or not any(one.code == reasons.RECIPE_LAYERS for one in self.differences):
            return ()
        within = (layer.settings.get("within") for layer in self.training.layers)
        return tuple(dict.fromkeys(plain(name) for name in within if name is not None))

    @property
    def unread(self) -> bool:
        """Tell whether all that counts against the training is that the journal could not look into it."""
        unseen = {reasons.RECIPE_DATA_UNSEEN, *((reasons.RECIPE_LAYERS,) if self.blocks else ()), *self._own()}
        return bool(self.differences) and all(one.code in unseen for one in self.differences)

    def _own(self) -> Iterator[str]:
        """Yield the codes of what cannot be told where the notebook trains with classes and functions of its own.

        What is attested holds none of them: one that stands in its place is Keras's in name alone.
        """
        if self.training is None or self.attested:
            return
        yield reasons.RECIPE_OWN
        if any(is_own(layer.kind) for layer in self.training.layers):
            yield reasons.RECIPE_LAYERS
        if is_own(self.training.loss):
            yield reasons.RECIPE_LOSS
        if is_own(self.training.optimizer):
            yield reasons.RECIPE_OPTIMIZER

    @property
    def died(self) -> bool:
        """Tell whether the training was as asked and its network died all the same: the seed was unlucky."""
        return self.holds and self.training is not None and is_dead(self.training)


def find_parts(item: Recipe, journal: Journal, data_of: DataOf, rubric: Iterable[Recipe]) -> tuple[Part, ...]:
    """Find the training that is meant for each variant of a recipe (for the recipe itself if it has none).

    Args:
        item: The recipe.
        journal: The reported numbers, and the trainings.
        data_of: Gives what the reference's training of a variant saw.
        rubric: Every recipe of the rubric. Where no number points at a training, the closest one is meant, but never
            one that other numbers point at: a right training of another exercise explains nothing here.
    """
    parts = []
    spare: list[Candidate] | None = None
    for variant, recipe in variants_of(item):
        selection, candidates = _reported(item, variant, journal)
        data = None if journal.empty else data_of(variant)
        predicted: list[Candidate] = []
        # What a dead network gives, every other dead one gives as well: alone it does not say which is meant.
        telling = any(not is_dead(candidate.training) for candidate in candidates)
        if not telling and item.results is not None and selection is not None and selection.state == "given":
            predicted = list(journal.by_prediction(data))
            candidates = [*predicted, *candidates]
        if not candidates and spare is None:
            spare = _unclaimed(journal, rubric if selection else ())
        linked = bool(candidates) or (selection is None and not journal.empty)
        pool = candidates or spare or []
        compared = [
            (
                candidate,
                differences(
                    candidate.training, recipe, variant, data, candidate.evaluated, of_history=item.history is not None
                ),
            )
            for candidate in pool
        ]
        # `reversed`, since `min` keeps the first of equals and the latest training is the one that counts.
        best, differing = min(
            reversed(compared), key=lambda pair: (len(pair[1]), not pair[0].attested), default=(None, ())
        )
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
                attested=best is None or best.attested,
                disputed=best is not None and best.disputed,
                unwatched=item.results is not None
                and selection is not None
                and best is not None
                and best.attested
                and not (linked or differing or journal.explained(selection.value, best.training, data)),
            )
        )
    return tuple(parts)


def variants_of(item: Recipe) -> Iterator[tuple[str, TrainingRecipe]]:
    """Yield the trainings that a recipe asks for, each with the name of its variant."""
    if not item.variants:
        yield "", item.recipe
    for name, variant in item.variants.items():
        yield name, item.recipe.model_copy(update=dict(variant))


def _reported(item: Recipe, variant: str, journal: Journal) -> tuple[Selection | None, list[Candidate]]:
    """Return how the reported numbers stand, and the trainings that gave them."""
    values = journal.values
    if item.history is not None:
        # The sound series of a partly faulty history still say which training is meant.
        series = sound_part(values, item.history)
        return select(values, item.history), list(journal.by_history(series if isinstance(series, dict) else {}))
    if item.results is not None:
        selection = select(values, f"{item.results}.{variant}" if variant else item.results)
        if selection.state != "given":
            return selection, []
        all_results = sound_part(values, item.results)
        numbers = all_results.values() if isinstance(all_results, dict) else [all_results]
        return selection, list(journal.by_result(selection.value, decimals(numbers)))
    return None, []


def _unclaimed(journal: Journal, rubric: Iterable[Recipe]) -> list[Candidate]:
    """Return the trainings that no reported number of any recipe points at."""
    taken = {
        number
        for item in rubric
        for variant, _ in variants_of(item)
        for candidate in _reported(item, variant, journal)[1]
        for number in candidate.course.numbers
    }
    return [
        Candidate(course, attested=course.training.attested)
        for course in journal.courses.finished()
        if taken.isdisjoint(course.numbers)
    ]
