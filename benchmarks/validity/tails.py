"""Cross-check the tails of the intervals: are right numbers more extreme than a normal distribution of logarithms?

The intervals assume that errors are normal on the log scale (`autograder.reference.tolerance`). Here each number's
healthy runs, the references and the honest solutions, are also fitted by the power transform that makes them most
nearly normal (G. E. P. Box and D. R. Cox, "An analysis of transformations", Journal of the Royal Statistical Society B
26, 1964). A power below 0 means a longer right tail than that of the logarithms. Each fit tells which share of right
runs would lie outside of the interval that grading uses.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import boxcox

from autograder.reference import Baseline, RunSummary, ToleranceInterval
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec

_FEWEST = 30
"""With fewer runs, a fitted tail says nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Tail:
    """How right runs of one number lie about its interval; shares are of right runs outside, by either fit."""

    path: str
    runs: int
    outside: int
    skewness: float
    """Of the logarithms: above 0, large errors are more frequent than small ones."""
    power: float
    """The power of the fitted transform; 0 is the logarithm."""
    share_by_logarithm: float
    share_by_power: float


def tails(key_spec: KeySpec, baseline: Baseline, honest: Sequence[RunSummary]) -> list[Tail]:
    """Return the tails of all numbers on the log scale that enough healthy runs have."""
    found = []
    for question in key_spec.questions.values():
        for item in question.items.values():
            for path in item.values if isinstance(item, Interval) and item.scale == "log" else ():
                interval = baseline.interval(path, item, key_spec.policy.tolerance)
                others = [one.values[path] for one in honest if path in one.values and path not in one.dead]
                numbers = np.array([*baseline.numbers()[path], *others]) + item.offset
                if len(numbers) >= _FEWEST:
                    found.append(_tail(path, numbers, interval, item.offset))
    return found


def print_tails(found: Sequence[Tail]) -> None:
    """Print a line per number."""
    sys.stdout.write("\ntails: shares of right runs outside of each interval, by two fits (see tails.py)\n")
    for one in found:
        sys.stdout.write(
            f"{one.path}: {one.outside} of {one.runs} outside; by the logarithm {one.share_by_logarithm:.2%} (skewness "
            f"{one.skewness:.2f}), by the power {one.power:.1f} {one.share_by_power:.2%}\n"
        )


def _tail(path: str, numbers: NDArray[np.float64], interval: ToleranceInterval, offset: float) -> Tail:
    low, high = interval.lower + offset, interval.upper + offset
    power = float(stats.boxcox_normmax(numbers, method="mle"))
    return Tail(
        path=path,
        runs=len(numbers),
        outside=int(((numbers < low) | (numbers > high)).sum()),
        skewness=float(stats.skew(np.log(numbers))),
        power=power,
        share_by_logarithm=_share_outside(numbers, low, high, 0.0),
        share_by_power=_share_outside(numbers, low, high, power),
    )


def _share_outside(numbers: NDArray[np.float64], low: float, high: float, power: float) -> float:
    """Return the share outside of an interval if the numbers are normal after a power transform."""
    moved = boxcox(numbers, power)
    fit = stats.norm(moved.mean(), moved.std(ddof=1))
    return float(fit.cdf(boxcox(low, power)) + fit.sf(boxcox(high, power)))
