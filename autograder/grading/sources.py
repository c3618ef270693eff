"""Find out where a reported number comes from, and whether that is proven."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from autograder.grading.agreement import LINK_RELATIVE, decimals, same_number
from autograder.grading.journal import NEAR, Part, fewest_differences
from autograder.grading.linking import Candidate, Journal
from autograder.grading.select import sound_part
from autograder.records import JSON, Training
from autograder.spec.items import Recipe
from autograder.spec.paths import split_path

Recipes = Sequence[tuple[Recipe, tuple[Part, ...]]]
"""The recipe items of one question, each with the trainings that are meant."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from.

    `attested`: a training that is proven gave it. `predicted`: the network of one that is proven and as asked
    predicted, and the notebook computed the number of that. `other`: it comes of a training that is proven, but whose
    numbers say nothing here: what gave it has little in common with the exercise, or what the notebook computed it of
    is not as asked. `unattested`: a training gave it that the notebook alone vouches for. `handed in`: it is no result
    of a training. `unseen`: no training of the journal was seen to give it, but others may have happened, or it may
    have been computed unseen. `absent`: no training gave it.
    """

    proof: Literal["attested", "predicted", "other", "handed in", "unattested", "unseen", "absent"]
    part: Part | None = None


def source_of(path: str, number: float, recipes: Recipes, journal: Journal) -> Source:
    """Return where a number comes from: by its path, or else by an evaluation or a history that gave it.

    Args:
        path: Where the number stands.
        number: The number itself.
        recipes: The recipe items of the same question.
        journal: Everything that the notebook reported and trained.
    """
    linked = [part for _, parts in recipes for part in parts if part.linked]
    named = part_at(path, recipes)
    by_path = named if named is not None and named.linked else None
    digits = decimals(_numbers(sound_part(journal.values, split_path(path)[0])))
    if by_path is not None and not by_path.predicted and _gave(by_path, path, number, digits):
        return Source(_proof([by_path], recipes), by_path)
    candidates = [*journal.by_result(number, digits, ""), *journal.by_result(number, decimals([number]), "")]
    trained = {candidate.training.number for candidate in candidates}
    part = next((part for part in linked if part.training and part.training.number in trained), by_path)
    proof = _proof(candidates, recipes)
    if proof == "attested":
        return Source(proof, part)
    # What another training predicts says nothing of numbers that stand where those of this one are due.
    meant = linked if named is None else [named] if named.linked else []
    predicting = next((one for one in meant if one.training and journal.predicted(one.training)), None)
    if predicting is not None and predicting.training is not None and predicting.training.attested:
        return Source("predicted" if predicting.holds else "other", part or predicting)
    if proof == "other":
        return Source(proof, part)
    if candidates or predicting is not None:
        return Source("unattested", part or predicting)
    unwatched = named is not None and named.unwatched
    return Source("unseen" if journal.may_hide or unwatched else "absent", by_path)


def _proof(behind: Sequence[Part | Candidate], recipes: Recipes) -> Literal["attested", "other", "unattested"]:
    """Return what the best proven of some trainings proves.

    Whoever chooses network, data and targets, or the first weights, can train to any number: a training that has
    little in common with what the question asks for, or that did not begin as Keras begins, proves none of its numbers.
    """
    trainings = [one.training for one in behind if one.attested and one.training is not None]
    if any(_is_near(training, recipes) for training in trainings):
        return "attested"
    return "other" if trainings else "unattested"


def _is_near(training: Training, recipes: Recipes) -> bool:
    """Tell whether a training is nearly what some recipe of the question asks for, whatever it was given to learn."""
    if not recipes:
        return True
    return not training.initial_values and any(fewest_differences(training, item) <= NEAR for item, _ in recipes)


def part_at(path: str, recipes: Recipes) -> Part | None:
    """Return the training that is meant where a path leads into the numbers that a recipe names."""
    return next((part for item, parts in recipes for part in parts if _is_within(path, item, part)), None)


def _is_within(path: str, item: Recipe, part: Part) -> bool:
    name = item.history or (f"{item.results}.{part.variant}" if part.variant else item.results)
    return name is not None and (path == name or path.startswith((f"{name}.", f"{name}[")))


def _gave(part: Part, path: str, number: float, digits: int) -> bool:
    """Tell whether the training that is meant has the number in the history that the path names."""
    if part.selection is None or path == part.selection.path:
        # A result is linked by its number alone.
        return True
    name = path.removeprefix(f"{part.selection.path}.").partition("[")[0]
    series = part.training.history.get(name, ()) if part.training is not None else ()
    return any(same_number(number, value, LINK_RELATIVE, digits) for value in series)


def _numbers(value: JSON) -> list[float]:
    """Return every number of a value, however deep."""
    if isinstance(value, dict):
        return [number for one in value.values() for number in _numbers(one)]
    if isinstance(value, list):
        return [number for one in value for number in _numbers(one)]
    return [value] if isinstance(value, int | float) else []
