"""Find out where a reported number comes from, and whether that is proven."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Literal

from autograder.grading.agreement import LINK_RELATIVE, decimals, same_number
from autograder.grading.journal import Part
from autograder.grading.linking import Journal
from autograder.grading.select import sound_part
from autograder.records import JSON, Training
from autograder.spec.items import Recipe
from autograder.spec.paths import split_path

Recipes = Sequence[tuple[Recipe, tuple[Part, ...]]]
"""The recipe items of one question, each with the trainings that are meant."""


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from.

    `attested`: a training that is proven gave it. `predicted`: the network of one that is proven predicted, and the
    notebook computed the number of that. `unattested`: a training gave it that the notebook alone vouches for.
    `handed in`: it is no result of a training. `unseen`: no training of the journal gave it, but others may have
    happened, or it may have been computed unseen. `foreign`: a training gave it, proven or not, that has hardly any
    part of the exercise, or a proven one that began with chosen weights or was evaluated against several targets.
    `absent`: no training gave it.
    """

    proof: Literal["attested", "predicted", "handed in", "unattested", "unseen", "foreign", "absent"]
    part: Part | None = None


def source_of(
    path: str, number: float, recipes: Recipes, journal: Journal, is_foreign: Callable[[Training], bool]
) -> Source:
    """Return where a number comes from: by its path, or else by an evaluation or a history that gave it.

    Args:
        path: Where the number stands.
        number: The number itself.
        recipes: The recipe items of the same question.
        journal: Everything that the notebook reported and trained.
        is_foreign: Tells whether a training has hardly anything of the exercise.
    """
    linked = [part for _, parts in recipes for part in parts if part.linked]
    named = part_at(path, recipes)
    by_path = named if named is not None and named.linked else None
    digits = decimals(_numbers(sound_part(journal.values, split_path(path)[0])))
    if by_path is not None and not by_path.predicted and _gave(by_path, path, number, digits):
        return proven_by(by_path, is_foreign)
    candidates = [*journal.by_result(number, digits, ""), *journal.by_result(number, decimals([number]), "")]
    near = [one for one in candidates if not (is_foreign(one.training) or (one.attested and one.disputed))]
    trained = {candidate.training.number for candidate in candidates}
    part = next((part for part in linked if part.training and part.training.number in trained), by_path)
    if any(candidate.attested for candidate in near):
        return Source("attested", part)
    # What another training predicts says nothing of numbers that stand where those of this one are due.
    meant = linked if named is None else [named] if named.linked else []
    predicting = next((one for one in meant if one.training and journal.predicted(one.training)), None)
    if predicting is not None and predicting.training is not None:
        return Source(_proof_of_predictions(predicting, predicting.training, is_foreign), part or predicting)
    if near:
        return Source("unattested", part)
    if candidates:
        return Source("foreign", part)
    unwatched = named is not None and named.unwatched
    return Source("unseen" if journal.may_hide or unwatched else "absent", by_path)


def _proof_of_predictions(
    part: Part, training: Training, is_foreign: Callable[[Training], bool]
) -> Literal["predicted", "unattested", "foreign", "unseen"]:
    """Say what a training's predictions prove: those of one that is not as asked can give any number."""
    if is_foreign(training):
        return "foreign"
    if not training.attested:
        return "unattested"
    return "predicted" if part.holds else "unseen"


def proven_by(part: Part, is_foreign: Callable[[Training], bool]) -> Source:
    """Return the source of numbers that come of the training which is meant."""
    if (part.training is not None and is_foreign(part.training)) or (part.attested and part.disputed):
        return Source("foreign", part)
    return Source("attested" if part.attested else "unattested", part)


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
