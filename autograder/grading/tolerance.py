"""From the numbers of reference runs to an interval that holds nearly all runs: the statistics, and nothing else.

A two-sided tolerance interval holds a share of a population (`coverage`) with a stated `confidence`, the mean and
the deviation both being estimated from few runs. Errors are taken as normal on the log scale, accuracies on the
logit scale: neither can cross its natural bound there, and a factor of two weighs the same either way.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev
from typing import Literal

from scipy.special import chdtri

from autograder.spec.model import Tolerance

MINIMUM_LOG_HALF_WIDTH = 0.05
MINIMUM_ACCURACY_HALF_WIDTH = 0.01
"""Reference runs that all agree (an accuracy of 1.0 in each) have no spread, yet an honest run may differ from them. No
interval is narrower than 5 % of an error, or one point in a hundred of an accuracy: eight of 800 images."""

_SMALLEST_LOGIT_OFFSET = 1e-6


@dataclasses.dataclass(frozen=True, slots=True)
class Interval:
    """What a trained number may be, on the number's own scale; both bounds belong to it."""

    lower: float
    upper: float
    center: float
    runs: int
    """How many healthy reference runs it stands on."""
    dead: int
    """How many runs were left out, their network being dead."""
    source: Literal["tolerance interval", "fallback"]


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """A transform under which reference runs are about normal.

    `log`: the logarithm of x + offset. `logit`: of an accuracy squeezed into [offset, 1 - offset], so that a perfect
    one stays finite; it is squeezed by 1e-6 at least.
    """

    kind: Literal["log", "logit"]
    offset: float

    def forward(self, number: float) -> float | None:
        """Return the number on this scale, None where it has no place: an error below zero, an accuracy of 2, NaN."""
        if self.kind == "log":
            shifted = number + self.offset
            return math.log(shifted) if 0 < shifted < math.inf else None
        if not 0 <= number <= 1:
            return None
        squeezed = number * (1 - 2 * self._squeeze) + self._squeeze
        return math.log(squeezed / (1 - squeezed))

    def inverse(self, position: float) -> float:
        """Return the number that stands at a position of this scale."""
        if self.kind == "log":
            return math.exp(position) - self.offset
        return (1 / (1 + math.exp(-position)) - self._squeeze) / (1 - 2 * self._squeeze)

    @property
    def _squeeze(self) -> float:
        return max(self.offset, _SMALLEST_LOGIT_OFFSET)


@functools.cache
def tolerance_factor(runs: int, coverage: float, confidence: float) -> float:
    """Return k such that mean ± k · deviation holds `coverage` of a normal population, with `confidence`.

    Howe's approximation (W. G. Howe, "Two-sided tolerance limits for normal populations: some improvements",
    Journal of the American Statistical Association 64, 1969), as the NIST/SEMATECH handbook gives it in 7.2.6.3:
    z((1 + coverage) / 2) · sqrt(f (1 + 1/n) / chi²(1 - confidence; f)), f = n - 1. From n = 8 on it is within 1 % of
    the exact factor.

    >>> round(tolerance_factor(43, 0.90, 0.99), 3)
    2.217
    """
    freedom = runs - 1
    # `chdtri` inverts the upper tail, so `confidence` itself gives the quantile with 1 - confidence below it.
    quantile = float(chdtri(freedom, confidence))
    return NormalDist().inv_cdf((1 + coverage) / 2) * math.sqrt(freedom * (1 + 1 / runs) / quantile)


def tolerance_interval(
    positions: Sequence[float], scale: Scale, tolerance: Tolerance, *, numbers: int = 1, dead: int = 0
) -> Interval:
    """Return the interval for reference numbers that `scale` has already transformed; there is one at least.

    With fewer than `minimum_runs` the sample's own spread says too little: the interval then reaches from the lowest to
    the highest run, and a fixed width beyond them.

    Args:
        positions: What healthy runs gave, on the scale.
        scale: The scale.
        tolerance: The policy.
        numbers: How many numbers an item judges together. All of them are to lie inside in the share `coverage` of
            runs, so each may be missed in that part of the rest only (Bonferroni's inequality: it holds however the
            numbers hang together).
        dead: How many runs were left out.
    """
    center = fmean(positions)
    runs = len(positions)
    if enough := runs >= tolerance.minimum_runs:
        coverage = 1 - (1 - tolerance.coverage) / numbers
        half = tolerance_factor(runs, coverage, tolerance.confidence) * stdev(positions)
        low, high = center - half, center + half
    else:
        beyond = tolerance.fallback_log if scale.kind == "log" else tolerance.fallback_logit
        low, high = min(positions) - beyond, max(positions) + beyond
    if scale.kind == "log":
        low, high = min(low, center - MINIMUM_LOG_HALF_WIDTH), max(high, center + MINIMUM_LOG_HALF_WIDTH)
    middle, lower, upper = scale.inverse(center), scale.inverse(low), scale.inverse(high)
    if scale.kind == "logit":
        lower = min(lower, middle - MINIMUM_ACCURACY_HALF_WIDTH)
        upper = max(upper, middle + MINIMUM_ACCURACY_HALF_WIDTH)
    return Interval(lower, upper, middle, runs, dead, "tolerance interval" if enough else "fallback")


def inside(number: float, interval: Interval, scale: Scale) -> bool:
    """Tell whether a number lies in an interval; NaN and what the scale has no place for never do."""
    return scale.forward(number) is not None and interval.lower <= number <= interval.upper
