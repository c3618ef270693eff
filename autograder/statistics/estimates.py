"""A correlation with its confidence interval: Fisher's from thirty pairs on, a bootstrap's below."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

CONFIDENCE: Final = 0.95
ENOUGH_FOR_FISHER: Final = 30
"""With fewer pairs Fisher's interval relies too much on normality, which points of items do not have."""

_FEWEST: Final = 3
_RESAMPLES: Final = 4000
_SEED: Final = 20261126
_FEWEST_DEFINED: Final = 0.5
"""If a larger share of the resamples has no correlation, their quantiles are meaningless."""

_NO_SPREAD: Final = 1e-12

Numbers = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the bounds of its 95 % confidence interval; the bounds are None where they are undefined."""

    value: float
    low: float | None
    high: float | None


def correlation(one: Sequence[float] | Numbers, other: Sequence[float] | Numbers) -> Estimate | None:
    """Return Pearson's correlation of pairs; None where it is undefined: fewer than three, or one side is constant.

    >>> correlation([1, 2, 3], [1, 1, 1]) is None
    True
    """
    x, y = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    count = len(x)
    if count < _FEWEST or _is_constant(x) or _is_constant(y):
        return None
    value = float(_correlations(x[None, :], y[None, :])[0])
    low, high = _fisher(value, count) if count >= ENOUGH_FOR_FISHER else _bootstrap(x, y)
    return Estimate(value, low, high)


def _fisher(value: float, count: int) -> tuple[float | None, float | None]:
    if abs(value) >= 1 - _NO_SPREAD:
        return None, None
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) / math.sqrt(count - 3)
    middle = math.atanh(value)
    return math.tanh(middle - reach), math.tanh(middle + reach)


def _bootstrap(x: Numbers, y: Numbers) -> tuple[float | None, float | None]:
    """Return the percentile interval; the same pairs always give the same one."""
    chosen = np.random.default_rng(_SEED).integers(0, len(x), size=(_RESAMPLES, len(x)))
    found = _correlations(x[chosen], y[chosen])
    defined = found[np.isfinite(found)]
    if len(defined) < _FEWEST_DEFINED * _RESAMPLES:
        return None, None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, (tail, 1 - tail))
    return float(low), float(high)


def _correlations(x: Numbers, y: Numbers) -> Numbers:
    """Return the correlation of each row of `x` with the same row of `y`; NaN where a row is constant."""
    x = x - x.mean(axis=1, keepdims=True)
    y = y - y.mean(axis=1, keepdims=True)
    size = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    size[size < _NO_SPREAD] = np.nan
    found: Numbers = np.clip((x * y).sum(axis=1) / size, -1.0, 1.0)
    return found


def _is_constant(numbers: Numbers) -> bool:
    return float(np.ptp(numbers)) < _NO_SPREAD
