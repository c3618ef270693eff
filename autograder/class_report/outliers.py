"""Trained numbers that do not belong together although each is within its interval: joint outliers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

from autograder.class_report.report_entries import ReportEntry
from autograder.reference import Baseline
from autograder.reference.tolerance import Scale
from autograder.rubric import codes
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec
from autograder.statistics import Ellipsoid, prediction_ellipsoid

_DEAD: Final = frozenset({codes.NETWORK_DEAD})
"""A dead network's numbers are similar under any seed, and none of its runs is in the region."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outlier:
    """A student whose numbers of one item are outside; `distance` is squared, as a share of the limit: above 1."""

    student: str
    item: str
    distance: float
    runs: int


def outliers(entries: Sequence[ReportEntry], key_spec: KeySpec, baseline: Baseline) -> Iterator[Outlier]:
    """Yield the students whose numbers of an item are outside the reference runs' ellipsoid, item by item."""
    for question_name, question in key_spec.questions.items():
        for item_name, item in question.items.items():
            # A single number has nothing to belong together with: its interval says all.
            if not isinstance(item, Interval) or len(item.values) == 1:
                continue
            region = _region(item, baseline, key_spec.policy.tolerance.coverage)
            if region is None:
                continue
            place = f"{question_name}.{item_name}"
            for entry in entries:
                away = _distance(region, item, entry)
                if away is not None and away > 1 and not entry.says(place, _DEAD):
                    yield Outlier(entry.student, place, away, region.runs)


def _region(item: Interval, baseline: Baseline, coverage: float) -> Ellipsoid | None:
    positions = []
    for run in baseline.runs:
        numbers = [run.summary.values[path] for path in item.values if path in run.summary.values]
        if len(numbers) == len(item.values) and not any(path in run.summary.dead for path in item.values):
            positions.append(_positions(numbers, item))
    return prediction_ellipsoid([one for one in positions if one is not None], coverage)


def _distance(region: Ellipsoid, item: Interval, entry: ReportEntry) -> float | None:
    if not all(path in entry.obtained for path in item.values):
        return None
    positions = _positions([entry.obtained[path] for path in item.values], item)
    return None if positions is None else region.distance(positions)


def _positions(numbers: Sequence[float], item: Interval) -> list[float] | None:
    """Return numbers on the item's scale; None if one is not valid on that scale."""
    scale = Scale(item.scale, item.offset)
    positions = [position for number in numbers if (position := scale.forward(number)) is not None]
    return positions if len(positions) == len(numbers) else None
