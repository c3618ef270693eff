"""Joint outliers: the region expected to contain one more run of several numbers, by Hotelling's T².

Separate intervals admit combinations of numbers that never occur together; the ellipsoid does not.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import fdtri

from autograder.statistics.estimates import Numbers

_MOST_CONDITION: Final = 1e10
"""Beyond this the numbers are so strongly correlated that the estimated shape is rounding error."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ellipsoid:
    """The region that contains another observation with probability `coverage`, on the scale of the runs.

    `limit` is the largest squared Mahalanobis distance within it.
    """

    center: Numbers
    inverse: Numbers
    limit: float
    runs: int

    def distance(self, numbers: Sequence[float]) -> float:
        """Return the squared distance of some numbers from the center, as a share of the limit: above 1 is outside."""
        away = np.asarray(numbers, dtype=float) - self.center
        return float(away @ self.inverse @ away) / self.limit


def prediction_ellipsoid(runs: Sequence[Sequence[float]], coverage: float) -> Ellipsoid | None:
    """Return the prediction region of normal observations; None if the runs are too few or too similar.

    The limit is p(n + 1)(n - 1) / (n(n - p)) · F(coverage; p, n - p) for n runs of p numbers.
    """
    table = np.asarray(runs, dtype=float)
    if table.ndim != 2 or table.shape[0] < table.shape[1] + 2:  # noqa: PLR2004 (rows and columns)
        return None
    count, numbers = table.shape
    spread = np.atleast_2d(np.cov(table, rowvar=False))
    if not np.isfinite(spread).all() or np.linalg.cond(spread) > _MOST_CONDITION:
        return None
    quantile = float(fdtri(numbers, count - numbers, coverage))
    limit = numbers * (count + 1) * (count - 1) / (count * (count - numbers)) * quantile
    return Ellipsoid(table.mean(axis=0), np.linalg.inv(spread), limit, count)
