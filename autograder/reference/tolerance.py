"""Compute the interval that covers nearly all runs from the numbers of reference runs: statistics only.

A two-sided tolerance interval covers a share of a population (`coverage`) with a given `confidence`, where mean and
standard deviation are estimated from few runs. Errors are assumed normal on the log scale, accuracies on the logit
scale: there, neither can cross its natural bound, and a factor of two weighs the same in both directions.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev
from typing import Literal

from scipy.special import chdtri

from autograder.rubric.model import Tolerance

MINIMUM_LOG_HALF_WIDTH = 0.05
MINIMUM_ACCURACY_HALF_WIDTH = 0.01
"""Reference runs that all agree (an accuracy of 1.0 in each) have no spread, yet an honest run may differ from them. So
no interval is narrower than 5 % of an error, or one percentage point of an accuracy: eight of 800 images."""

_SMALLEST_LOGIT_OFFSET = 1e-6


@dataclasses.dataclass(frozen=True, slots=True)
class ToleranceInterval:
    """The closed interval allowed for a trained number, on the number's own scale."""

    lower: float
    upper: float
    center: float
    runs: int
    """The number of healthy reference runs behind it."""
    dead: int
    """The number of runs that were left out because their network was dead."""
    source: Literal["tolerance interval", "fallback"]


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """A transform that makes reference runs roughly normal.

    `log`: the logarithm of x + offset. `logit`: of an accuracy squeezed into [offset, 1 - offset], so that a perfect
    one stays finite; the offset is at least 1e-6.
    """

    kind: Literal["log", "logit"]
    offset: float

    def forward(self, number: float) -> float | None:
        """Return the number on this scale, None if it is invalid there: an error below zero, an accuracy of 2, NaN."""
        if self.kind == "log":
            shifted = number + self.offset
            return math.log(shifted) if 0 < shifted < math.inf else None
        if not 0 <= number <= 1:
            return None
        squeezed = number * (1 - 2 * self._squeeze) + self._squeeze
        return math.log(squeezed / (1 - squeezed))

    def inverse(self, position: float) -> float:
        """Return the number at a position of this scale."""
        if self.kind == "log":
            return math.exp(position) - self.offset
        return (1 / (1 + math.exp(-position)) - self._squeeze) / (1 - 2 * self._squeeze)

    @property
    def _squeeze(self) -> float:
        return max(self.offset, _SMALLEST_LOGIT_OFFSET)


@functools.cache
def tolerance_factor(runs: int, coverage: float, confidence: float) -> float:
    """Return k such that mean ± k · deviation covers `coverage` of a normal population, with `confidence`.

    Howe's approximation (W. G. Howe, "Two-sided tolerance limits for normal populations: some improvements",
    Journal of the American Statistical Association 64, 1969), as the NIST/SEMATECH handbook gives it in 7.2.6.3:
    z((1 + coverage) / 2) · sqrt(f (1 + 1/n) / chi²(1 - confidence; f)), f = n - 1. From n = 8 on it is within 1 % of
    the exact factor.

    >>> round(tolerance_factor(43, 0.90, 0.99), 3)
    2.217
    """
    freedom = runs - 1
    # `chdtri` inverts the upper tail, so passing `confidence` returns the quantile with 1 - confidence below it.
    quantile = float(chdtri(freedom, confidence))
    return NormalDist().inv_cdf((1 + coverage) / 2) * math.sqrt(freedom * (1 + 1 / runs) / quantile)


def tolerance_interval(
    positions: Sequence[float], scale: Scale, tolerance: Tolerance, *, numbers: int = 1, dead: int = 0
) -> ToleranceInterval:
    """Return the interval for at least one reference number, already transformed by `scale`.

    With fewer than `minimum_runs`, the sample's spread is too uncertain: the interval then extends a fixed width beyond
    the lowest and the highest run.

    Args:
        positions: The numbers of healthy runs, on the scale.
        scale: The scale.
        tolerance: The policy.
        numbers: How many numbers an item judges together. All of them must lie inside in a share `coverage` of runs, so
            each gets an equal part of the remaining share (Bonferroni's inequality, valid for any dependence between
            the numbers).
        dead: The number of runs that were left out.
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
    return ToleranceInterval(lower, upper, middle, runs, dead, "tolerance interval" if enough else "fallback")


def distance(number: float, interval: ToleranceInterval, scale: Scale) -> float:
    """Return how far a number lies from the middle of an interval: 0 there, 1 at either bound, more outside.

    Errors are measured on the log scale, and shares as they are, since a bound may lie beyond 1. A number that is
    invalid on the scale is infinitely far away.
    """
    if scale.forward(number) is None:
        return math.inf

    def place(value: float) -> float:
        return math.log(value + scale.offset) if scale.kind == "log" else value

    middle, bound = place(interval.center), place(interval.upper if number > interval.center else interval.lower)
    return (place(number) - middle) / (bound - middle)
