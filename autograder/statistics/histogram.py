"""Histograms over a fixed range, with the same bars for all classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """The count of numbers from `low` (included) to `high` (excluded, except in the last bar)."""

    low: float
    high: float
    count: int


def histogram(numbers: Iterable[float], top: float, bars: int) -> tuple[Bar, ...]:
    """Count numbers from 0 to `top` in bars of equal width; numbers outside count in the first or last bar.

    >>> [bar.count for bar in histogram([0, 4.9, 5, 10], top=10, bars=2)]
    [2, 2]
    """
    counts = [0] * bars
    for number in numbers:
        counts[min(bars - 1, max(0, int(number / top * bars)))] += 1
    width = top / bars
    return tuple(Bar(index * width, (index + 1) * width, count) for index, count in enumerate(counts))
