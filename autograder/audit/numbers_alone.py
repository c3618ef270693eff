"""Both error rates of each item of numbers, judged by its intervals alone: without recipe or proof of training.

A false rejection is a right run with a number outside, a false acceptance a run with a known mistake whose numbers are
all inside. Pure: from summaries of runs that were made before.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from autograder.reference import Baseline, ReferenceRun, RunSummary, ToleranceInterval
from autograder.reference.tolerance import Scale, distance
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec, Tolerance

_FEWEST_RUNS: Final = 2
"""One run cannot be compared with an interval of the others."""


@dataclasses.dataclass(frozen=True, slots=True)
class MistakenRun:
    """A run with a known mistake, and the items (`q08.errors`) whose numbers the mistake changes."""

    mistake: str
    items: frozenset[str]
    summary: RunSummary


@dataclasses.dataclass(frozen=True, slots=True)
class RightRuns:
    """What an item's intervals make of right runs: the distance of each run's farthest number.

    A distance is 0 in the middle of the interval, 1 at its bounds, and infinite where the run gave no valid number.
    Runs in which every network of the item is dead have none and are counted as `dead`: a grading leaves the numbers of
    a dead network out.
    """

    farthest: tuple[float, ...]
    dead: int

    @property
    def runs(self) -> int:
        """The number of runs that were judged."""
        return len(self.farthest)

    def rejected(self, width: float = 1.0) -> int:
        """Return how many runs have a number outside if every interval had this share of its width."""
        return sum(far > width for far in self.farthest)


@dataclasses.dataclass(frozen=True, slots=True)
class Mistake:
    """What an item's intervals make of one mistake: for each of its runs, the distance of each number."""

    name: str
    distances: tuple[tuple[float, ...], ...]

    @property
    def runs(self) -> int:
        """The number of runs with this mistake."""
        return len(self.distances)

    @property
    def farthest(self) -> float:
        """The distance of the number that is farthest from its middle, in the median run."""
        return statistics.median_high(max(run) for run in self.distances)

    def accepted(self, width: float = 1.0) -> int:
        """Return how many runs have every number inside if every interval had this share of its width."""
        return sum(max(run) <= width for run in self.distances)


@dataclasses.dataclass(frozen=True, slots=True)
class NumbersAlone:
    """The error rates of one item.

    `intervals` maps the path of each number to its lower and upper bound. `left_out` are the reference runs, each
    judged by the intervals of all others. `mistakes` begins with the nearest, which is accepted most often, and among
    equals lies closest to the middle.
    """

    place: str
    intervals: Mapping[str, tuple[float, float]]
    left_out: RightRuns
    honest: RightRuns
    mistakes: tuple[Mistake, ...]

    @property
    def mistaken_runs(self) -> int:
        """The number of runs with a mistake, whatever the mistake."""
        return sum(mistake.runs for mistake in self.mistakes)

    def accepted(self, width: float = 1.0) -> int:
        """Return how many of them have every number inside if every interval had this share of its width."""
        return sum(mistake.accepted(width) for mistake in self.mistakes)

    def accepted_by(self, path: str) -> int:
        """Return how many of them the interval of one number accepts."""
        index = list(self.intervals).index(path)
        return sum(run[index] <= 1 for mistake in self.mistakes for run in mistake.distances)


def numbers_alone(
    key_spec: KeySpec, baseline: Baseline, honest: Sequence[RunSummary], mistaken: Sequence[MistakenRun]
) -> tuple[NumbersAlone, ...]:
    """Compute both error rates of each item of numbers, in the order of the rubric.

    Items that no reference run gave numbers for are left out.

    Args:
        key_spec: The items and the policy of tolerance.
        baseline: The reference runs. Each is also judged itself, by the intervals of all the others.
        honest: Right runs that are not in the baseline.
        mistaken: Runs with a known mistake.
    """
    tolerance = key_spec.policy.tolerance
    return tuple(
        _examined(f"{question_name}.{name}", item, baseline, tolerance, honest, mistaken)
        for question_name, question in key_spec.questions.items()
        for name, item in question.items.items()
        if isinstance(item, Interval) and all(path in baseline.numbers() for path in item.values)
    )


def _examined(
    place: str,
    item: Interval,
    baseline: Baseline,
    tolerance: Tolerance,
    honest: Sequence[RunSummary],
    mistaken: Sequence[MistakenRun],
) -> NumbersAlone:
    intervals = _intervals(item, baseline, tolerance)
    by_mistake: dict[str, list[tuple[float, ...]]] = {}
    for run in mistaken:
        if place in run.items:
            distances = tuple(_distances(item, run.summary, intervals).values())
            by_mistake.setdefault(run.mistake, []).append(distances)
    mistakes = [Mistake(name, tuple(runs)) for name, runs in by_mistake.items()]
    return NumbersAlone(
        place=place,
        intervals={path: item.natural(interval) for path, interval in intervals.items()},
        left_out=_right_runs(item, _each_by_the_others(item, baseline, tolerance)),
        honest=_right_runs(item, ((run, intervals) for run in honest)),
        mistakes=tuple(sorted(mistakes, key=lambda one: (-one.accepted() / one.runs, one.farthest))),
    )


def _each_by_the_others(
    item: Interval, baseline: Baseline, tolerance: Tolerance
) -> Iterator[tuple[RunSummary, Mapping[str, ToleranceInterval]]]:
    """Yield each reference run with the intervals of all others."""
    if baseline.fewest_runs(item) < _FEWEST_RUNS:
        return
    for index, run in enumerate(baseline.runs):
        others: tuple[ReferenceRun, ...] = (*baseline.runs[:index], *baseline.runs[index + 1 :])
        yield run.summary, _intervals(item, dataclasses.replace(baseline, runs=others), tolerance)


def _intervals(item: Interval, baseline: Baseline, tolerance: Tolerance) -> dict[str, ToleranceInterval]:
    return {path: baseline.interval(path, item, tolerance) for path in item.values}


def _right_runs(item: Interval, judged: Iterable[tuple[RunSummary, Mapping[str, ToleranceInterval]]]) -> RightRuns:
    farthest = []
    dead = 0
    for run, intervals in judged:
        if not any(path in run.values for path in item.values):
            continue  # the question was not run
        alive = [far for path, far in _distances(item, run, intervals).items() if path not in run.dead]
        if alive:
            farthest.append(max(alive))
        else:
            dead += 1
    return RightRuns(tuple(farthest), dead)


def _distances(item: Interval, run: RunSummary, intervals: Mapping[str, ToleranceInterval]) -> dict[str, float]:
    """Return the distance of each of an item's numbers from the middle of its interval."""
    scale = Scale(item.scale, item.offset)
    return {
        path: distance(run.values[path], interval, scale) if path in run.values else math.inf
        for path, interval in intervals.items()
    }
