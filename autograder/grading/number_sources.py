"""Determine where a reported number comes from, and whether that is proven."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Literal

from autograder.grading.linking import LinkedNumbers
from autograder.grading.matching import MatchedTraining
from autograder.records import Training
from autograder.rubric.checks.recipe import Recipe
from autograder.rubric.closeness import LINK_RELATIVE, decimals, same_number
from autograder.rubric.paths import is_within, split_path

Recipes = Sequence[tuple[Recipe, tuple[MatchedTraining, ...]]]
"""The recipe items of one question, each with the student's trainings."""


@dataclasses.dataclass(frozen=True, slots=True)
class NumberSource:
    """Where a number comes from.

    `attested`: a proven training gave it. `predicted`: the network of a proven training predicted, and the notebook
    computed the number from that. `unattested`: a training gave it that only the notebook vouches for. `handed in`: it
    is not the result of a training. `unseen`: no training in the journal gave it, but others may have happened, or it
    may have been computed unobserved. `foreign`: it comes from a training, proven or not, that has hardly anything in
    common with the exercise, or from a proven one that began with chosen weights or was evaluated against several
    targets. `absent`: no training gave it.
    """

    proof: Literal["attested", "predicted", "handed in", "unattested", "unseen", "foreign", "absent"]
    part: MatchedTraining | None = None


def source_of(
    path: str, number: float, recipes: Recipes, journal: LinkedNumbers, is_foreign: Callable[[Training], bool]
) -> NumberSource:
    """Return where a number comes from: by its path, or by an evaluation or a history that contains it.

    Args:
        path: The number's path.
        number: The number.
        recipes: The recipe items of the same question.
        journal: The submission's reported numbers and trainings.
        is_foreign: Returns whether a training has hardly anything in common with the exercise.
    """
    linked = [part for _, parts in recipes for part in parts if part.linked]
    named = part_at(path, recipes)
    by_path = named if named is not None and named.linked else None
    digits = journal.decimals_of(split_path(path)[0])
    if by_path is not None and not by_path.predicted and _gave(by_path, path, number, digits):
        return proven_by(by_path, is_foreign)
    candidates = [*journal.by_result(number, digits, ""), *journal.by_result(number, decimals([number]), "")]
    near = [one for one in candidates if not (is_foreign(one.training) or (one.attested and one.disputed))]
    trained = {candidate.training.number for candidate in candidates}
    part = next((part for part in linked if part.training and part.training.number in trained), by_path)
    if any(candidate.attested for candidate in near):
        return NumberSource("attested", part)
    # Another training's predictions do not explain a number that belongs to this one.
    meant = linked if named is None else [named] if named.linked else []
    predicting = next((one for one in meant if one.training and journal.predicted(one.training)), None)
    if predicting is not None and predicting.training is not None:
        return NumberSource(_proof_of_predictions(predicting, predicting.training, is_foreign), part or predicting)
    if near:
        return NumberSource("unattested", part)
    if candidates:
        return NumberSource("foreign", part)
    unwatched = named is not None and named.unwatched
    return NumberSource("unseen" if journal.may_hide or unwatched else "absent", by_path)


def _proof_of_predictions(
    part: MatchedTraining, training: Training, is_foreign: Callable[[Training], bool]
) -> Literal["predicted", "unattested", "foreign", "unseen"]:
    """Return what a training's predictions prove: a training that is not as asked can yield any number."""
    if is_foreign(training):
        return "foreign"
    if not training.attested:
        return "unattested"
    return "predicted" if part.holds else "unseen"


def proven_by(part: MatchedTraining, is_foreign: Callable[[Training], bool]) -> NumberSource:
    """Return the source of numbers that come from the matched training."""
    if (part.training is not None and is_foreign(part.training)) or (part.attested and part.disputed):
        return NumberSource("foreign", part)
    return NumberSource("attested" if part.attested else "unattested", part)


def part_at(path: str, recipes: Recipes) -> MatchedTraining | None:
    """Return the matched training whose numbers, as named by a recipe, contain this path."""
    return next((part for item, parts in recipes for part in parts if _is_within(path, item, part)), None)


def _is_within(path: str, item: Recipe, part: MatchedTraining) -> bool:
    name = item.history or (f"{item.results}.{part.variant}" if part.variant else item.results)
    return name is not None and is_within(path, name)


def _gave(part: MatchedTraining, path: str, number: float, digits: int) -> bool:
    """Return whether the matched training has the number in the series that the path names."""
    if part.selection is None or path == part.selection.path:
        # A result is linked by its value only.
        return True
    name = path.removeprefix(f"{part.selection.path}.").partition("[")[0]
    series = part.training.history.get(name, ()) if part.training is not None else ()
    return any(same_number(number, value, LINK_RELATIVE, digits) for value in series)
