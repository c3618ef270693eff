"""The plots of a student's page as coordinates: numbers among the reference runs, and learning curves.

Every plot reveals expected values, so pages have them only with full feedback: without `ReferenceNumbers` there are no
plots.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Final

from autograder.records import Comparison
from autograder.reference import Band

WIDTH: Final = 300.0
CURVE_WIDTH: Final = 200.0
CURVE_HEIGHT: Final = 96.0
_MARGIN: Final = 0.06
_WIDE: Final = 8.0
"""If the largest number exceeds the smallest by this factor, the axis is logarithmic."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceNumbers:
    """Results of the healthy reference runs: trained numbers and bands of learning curves, by path."""

    numbers: Mapping[str, Sequence[float]]
    bands: Mapping[str, Band]


@dataclasses.dataclass(frozen=True, slots=True)
class Strip:
    """One trained number on its own axis; `beyond` is -1 or 1 if it is off the axis, else 0."""

    dots: tuple[float, ...]
    band: tuple[float, float]
    mark: float
    beyond: int
    inside: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Curve:
    """One series over the epochs: the points of polygon and lines, and the ends of the axis."""

    band: str
    middle: str
    own: str
    top: float
    bottom: float
    epochs: int


def strip(comparison: Comparison, numbers: Sequence[float]) -> Strip:
    """Place a number among those of the reference runs; the axis is theirs, however far away the number is."""
    axis, dots, band = _reference_strip(tuple(numbers), comparison.lower, comparison.upper)
    mark = axis.place(comparison.obtained)
    return Strip(
        dots=dots,
        band=band,
        mark=min(WIDTH, max(0.0, mark)),
        beyond=-1 if mark < 0 else 1 if mark > WIDTH else 0,
        inside=comparison.lower <= comparison.obtained <= comparison.upper,
    )


def curve(own: Sequence[float], band: Band) -> Curve:
    """Place a series over the band of the reference runs, on their axis; values off the axis are clipped to its end."""
    axis, area, middle = _reference_curve(band)
    epochs = len(band.middle)
    return Curve(area, middle, _points(own[:epochs], epochs, axis), axis.high, axis.low, epochs)


@dataclasses.dataclass(frozen=True, slots=True)
class _Axis:
    """An axis with labelled ends and a margin; logarithmic if its range is wide."""

    low: float
    high: float
    length: float

    def place(self, number: float) -> float:
        """Return a number's position, at most one length off the axis."""
        first, last = self._position(self.low), self._position(self.high)
        share = (self._position(number) - first) / (last - first or 1.0)
        return round(min(2 * self.length, max(-self.length, self.length * (_MARGIN + (1 - 2 * _MARGIN) * share))), 1)

    def _position(self, number: float) -> float:
        if self.low <= 0 or self.high <= _WIDE * self.low:
            return number
        # A number without a logarithm precedes all others.
        return math.log(number) if number > 0 else -math.inf


# All pages of a class show the same reference runs.
@functools.lru_cache(256)
def _reference_strip(
    numbers: tuple[float, ...], lower: float, upper: float
) -> tuple[_Axis, tuple[float, ...], tuple[float, float]]:
    axis = _Axis(min(*numbers, lower), max(*numbers, upper), WIDTH)
    return axis, tuple(map(axis.place, numbers)), (axis.place(lower), axis.place(upper))


@functools.lru_cache(256)
def _reference_curve(band: Band) -> tuple[_Axis, str, str]:
    axis = _Axis(min(band.lower), max(band.upper), CURVE_HEIGHT)
    epochs = len(band.middle)
    back = " ".join(reversed(_points(band.lower, epochs, axis).split()))
    return axis, f"{_points(band.upper, epochs, axis)} {back}", _points(band.middle, epochs, axis)


def _points(series: Sequence[float], epochs: int, axis: _Axis) -> str:
    step = CURVE_WIDTH / max(1, epochs - 1)
    heights = (min(CURVE_HEIGHT, max(0.0, CURVE_HEIGHT - axis.place(number))) for number in series)
    return " ".join(f"{step * index:.1f},{height:.1f}" for index, height in enumerate(heights))
