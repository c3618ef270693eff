"""For each training that a recipe asks for, find the student's training, and list how it differs from the recipe.

Recipes are judged by the journal; the reported numbers select the training.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

from autograder.grading.linking import Candidate, LinkedNumbers
from autograder.grading.select import Selection, select, sound_part
from autograder.records import ClassName, DataSummary, Reason, Training
from autograder.reference import is_dead
from autograder.rubric.checks.recipe import Recipe, TrainingData, differences, reasons
from autograder.rubric.closeness import decimals
from autograder.rubric.message import plain

NEAR: Final = 3
"""A training that differs from a recipe in more fields than this has little in common with it."""

DataOf = Callable[[str], TrainingData | None]
"""Returns the data that the reference's training of a variant saw, None if data are not compared."""


@dataclasses.dataclass(frozen=True, slots=True)
class MatchedTraining:
    """One training that a recipe asks for, with the student's training for it and its differences from the recipe.

    `state` is that of the reported numbers; `unasked` if the recipe names none. `predicted`: no evaluation gave the
    number, but the network predicted the inputs that the exercise evaluates, from which the notebook can compute it.
    `attested`: the trusted side trained and evaluated, or knew the result; otherwise only the notebook reports it.
    `disputed` as in `Candidate`. `unwatched`: nothing in the journal explains the number, but the training is as asked,
    and its network can be used in ways that are not observed (row by row, or by multiplying its weights).
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
        """Return whether the reported numbers come from a training that is as asked."""
        return self.linked and not self.differences

    @property
    def blocks(self) -> tuple[str, ...]:
        """The notebook's own classes whose layers count against the training, because their use is not observed."""
        if self.training is None or not any(one.code == reasons.RECIPE_LAYERS for one in self.differences):
            return ()
        within = (layer.settings.get("within") for layer in self.training.layers)
        return tuple(dict.fromkeys(plain(name) for name in within if name is not None))

    @property
    def unread(self) -> bool:
        """Return whether every difference is only something that the journal could not observe."""
        unseen = {reasons.RECIPE_DATA_UNSEEN, *((reasons.RECIPE_LAYERS,) if self.blocks else ()), *self._own()}
        return bool(self.differences) and all(one.code in unseen for one in self.differences)

    def _own(self) -> Iterator[str]:
        """Yield the codes of differences that cannot be judged if the notebook trains with its own classes.

        An attested training contains none of those: a class in such a place is Keras's in name only.
        """
        if self.training is None or self.attested:
            return
        yield reasons.RECIPE_OWN
        if any(ClassName.read(layer.kind).foreign for layer in self.training.layers):
            yield reasons.RECIPE_LAYERS
        if ClassName.read(self.training.loss).foreign:
            yield reasons.RECIPE_LOSS
        if ClassName.read(self.training.optimizer).foreign:
            yield reasons.RECIPE_OPTIMIZER

    @property
    def died(self) -> bool:
        """Return whether the training was as asked but its network died: its seed was unlucky."""
        return self.holds and self.training is not None and is_dead(self.training)


def find_parts(
    item: Recipe, journal: LinkedNumbers, data_of: DataOf, rubric: Iterable[Recipe]
) -> tuple[MatchedTraining, ...]:
    """Find the student's training for each variant of a recipe (for the recipe itself if it has none).

    Args:
        item: The recipe.
        journal: The reported numbers, and the trainings.
        data_of: Returns the data that the reference's training of a variant saw.
        rubric: Every recipe of the rubric. If no number points at a training, the closest one is taken, except those
            that other numbers point at: a right training of another exercise explains nothing here.
    """
    parts = []
    spare: list[Candidate] | None = None
    for variant, recipe in item.trainings():
        selection, candidates = _reported(item, variant, journal)
        data = None if journal.empty else data_of(variant)
        predicted: list[Candidate] = []
        # All dead networks give the same result, so that result does not identify a training.
        telling = any(not is_dead(candidate.training) for candidate in candidates)
        if not telling and item.results is not None and selection is not None and selection.state == "given":
            predicted = list(journal.by_prediction(data))
            candidates = [*predicted, *candidates]
        if not candidates and spare is None:
            spare = _unreported(journal, rubric if selection else ())
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
        # `reversed`: `min` keeps the first of equals, and the latest training counts.
        best, differing = min(
            reversed(compared), key=lambda pair: (len(pair[1]), not pair[0].attested), default=(None, ())
        )
        parts.append(
            MatchedTraining(
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


def _reported(item: Recipe, variant: str, journal: LinkedNumbers) -> tuple[Selection | None, list[Candidate]]:
    """Return the selection of the reported numbers, and the trainings that produced them."""
    key = item.history, item.results, variant
    if key not in journal.reported:
        journal.reported[key] = _found(item, variant, journal)
    return journal.reported[key]


def _found(item: Recipe, variant: str, journal: LinkedNumbers) -> tuple[Selection | None, list[Candidate]]:
    values = journal.values
    if item.history is not None:
        # The valid series of a partly malformed history still identify the training.
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


def _unreported(journal: LinkedNumbers, rubric: Iterable[Recipe]) -> list[Candidate]:
    """Return the trainings that no recipe's reported numbers point at."""
    taken = {
        number
        for item in rubric
        for variant, _ in item.trainings()
        for candidate in _reported(item, variant, journal)[1]
        for number in candidate.course.numbers
    }
    return [
        Candidate(course, attested=course.training.attested)
        for course in journal.courses.finished()
        if taken.isdisjoint(course.numbers)
    ]
