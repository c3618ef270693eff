"""Classical item analysis: how well an item discriminates, and how reliable the total is.

Rows are students, columns items, entries points. The formulas are those of Moodle's quiz statistics and of any textbook
of classical test theory; the interval of alpha is Feldt's (1965), as pingouin has it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import fdtri

from autograder.statistics.estimates import CONFIDENCE, Estimate, Numbers, correlation

_FEWEST_STUDENTS: Final = 3
_FEWEST_ITEMS: Final = 2
_NO_SPREAD: Final = 1e-12


@dataclasses.dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability of a total.

    `error` is the standard error of measurement in points. `without` is alpha if one item is left out, by column. Each
    is None where it is undefined: fewer than three students or two items, or totals without spread.
    """

    alpha: Estimate | None
    error: float | None
    without: tuple[float | None, ...]


def item_rest(points: Sequence[Sequence[float]] | Numbers, item: int) -> Estimate | None:
    """Return the correlation of an item with the sum of all other items; None where it is undefined."""
    table = _table(points)
    if not _suffices(table):
        return None
    column = table[:, item]
    return correlation(column, table.sum(axis=1) - column)


def reliability(points: Sequence[Sequence[float]] | Numbers) -> Reliability:
    """Return Cronbach's alpha, the standard error of measurement, and alpha without each item."""
    table = _table(points)
    alpha = _alpha(table)
    if alpha is None:
        return Reliability(None, None, (None,) * (table.shape[1] if table.ndim > 1 else 0))
    error = math.sqrt(float(table.sum(axis=1).var(ddof=1)) * max(0.0, 1 - alpha))
    without = tuple(_alpha(np.delete(table, item, axis=1)) for item in range(table.shape[1]))
    return Reliability(_with_interval(alpha, *table.shape), error, without)


def _table(points: Sequence[Sequence[float]] | Numbers) -> Numbers:
    return np.asarray(points, dtype=float)


def _suffices(table: Numbers) -> bool:
    return table.ndim > 1 and table.shape[0] >= _FEWEST_STUDENTS and table.shape[1] >= _FEWEST_ITEMS


def _alpha(table: Numbers) -> float | None:
    if not _suffices(table):
        return None
    of_total = float(table.sum(axis=1).var(ddof=1))
    if of_total < _NO_SPREAD:
        return None
    items = table.shape[1]
    of_items = float(table.var(axis=0, ddof=1).sum())
    return float(items / (items - 1) * (1 - of_items / of_total))


def _with_interval(alpha: float, students: int, items: int) -> Estimate:
    tail = (1 - CONFIDENCE) / 2
    freedom = students - 1, (students - 1) * (items - 1)
    low, high = (1 - (1 - alpha) * float(fdtri(*freedom, 1 - share)) for share in (tail, 1 - tail))
    return Estimate(alpha, low, high)
