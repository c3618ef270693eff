"""Where learning curves of the reference run: the lowest, the middle and the highest value of each epoch."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterable, Iterator

from autograder.records import JSON, Evidence
from autograder.reference.baseline import Baseline
from autograder.reference.runs import Recorded
from autograder.rubric.checks.recipe import Recipe
from autograder.rubric.expected import is_number
from autograder.rubric.lookup import shape_at
from autograder.rubric.model import KeySpec
from autograder.rubric.paths import split_path
from autograder.rubric.variable_shapes import MapShape


@dataclasses.dataclass(frozen=True, slots=True)
class Band:
    """One series over the epochs, in `runs` runs whose network was not dead."""

    lower: tuple[float, ...]
    middle: tuple[float, ...]
    upper: tuple[float, ...]
    runs: int


def history_bands(key_spec: KeySpec, baseline: Baseline, runs: Iterable[Recorded]) -> dict[str, Band]:
    """Return the band of each series that a recipe's history holds, by its path (`q07_history.A.loss`)."""
    dead = {(run.seed, run.questions): run.summary.dead for run in baseline.runs}
    kept = [(run.evidence, dead.get((run.seed, run.questions), ())) for run in runs]
    return {path: band for path in history_paths(key_spec) if (band := _band(path, kept)) is not None}


def history_paths(key_spec: KeySpec) -> Iterator[str]:
    """Yield the path of each series of the histories that recipes name."""
    for question in key_spec.questions.values():
        for item in question.items.values():
            if isinstance(item, Recipe) and item.history is not None:
                shape = shape_at(item.history, question.variables)
                for key in shape.keys if isinstance(shape, MapShape) else ():
                    yield f"{item.history}.{key}"


def series_at(given: dict[str, JSON], path: str) -> tuple[float, ...]:
    """Return the numbers of a series; nothing where it is not there whole."""
    name, keys, _ = split_path(path)
    value = given.get(name)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return tuple(map(float, value)) if isinstance(value, list) and all(map(is_number, value)) else ()


def _band(path: str, runs: Iterable[tuple[Evidence, tuple[str, ...]]]) -> Band | None:
    # A dead network's curves stand still whatever the recipe.
    history = path.rpartition(".")[0]
    curves = [
        series_at(evidence.executed.given, path)
        for evidence, dead in runs
        if not any(one.startswith(f"{history}.") for one in dead)
    ]
    longest = max(map(len, curves), default=0)
    whole = [curve for curve in curves if len(curve) == longest]
    if longest < 2:  # noqa: PLR2004 (a curve has two ends)
        return None
    epochs = list(zip(*whole, strict=True))
    return Band(
        tuple(map(min, epochs)),
        tuple(map(statistics.median, epochs)),
        tuple(map(max, epochs)),
        len(whole),
    )
