"""The charts of the class page as coordinates, from which the template draws inline SVG with the numbers beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from autograder.statistics import Bar, Estimate

HEIGHT: Final = 100.0
WIDTH: Final = 600.0


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One bar of the histogram: where it stands, and how many lie from `low` to `high`."""

    x: float
    y: float
    width: float
    height: float
    low: float
    high: float
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """One part of a stacked bar, in percent of its length; `kind` selects its colour."""

    kind: str
    x: float
    width: float
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Whisker:
    """A correlation and its interval on an axis from -1 to 1, in percent of its length."""

    value: float
    low: float | None
    high: float | None


def columns(bars: Sequence[Bar]) -> tuple[Column, ...]:
    """Place the bars of a histogram side by side, the highest as high as the chart."""
    highest = max((bar.count for bar in bars), default=0) or 1
    width = WIDTH / len(bars)
    return tuple(
        Column(
            x=round(index * width + 1, 2),
            y=round(HEIGHT - HEIGHT * bar.count / highest, 2),
            width=round(width - 2, 2),
            height=round(HEIGHT * bar.count / highest, 2),
            low=bar.low,
            high=bar.high,
            count=bar.count,
        )
        for index, bar in enumerate(bars)
    )


def stacked(parts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    """Place counts end to end, leaving out zeros."""
    total = sum(count for _, count in parts) or 1
    found, x = [], 0.0
    for kind, count in parts:
        width = 100 * count / total
        if count:
            found.append(Segment(kind, round(x, 2), round(width, 2), count))
        x += width
    return tuple(found)


def whisker(estimate: Estimate | None) -> Whisker | None:
    """Place a correlation; None where it is undefined."""
    if estimate is None:
        return None
    low, high = (None if bound is None else _place(bound) for bound in (estimate.low, estimate.high))
    return Whisker(_place(estimate.value), low, high)


def _place(correlation: float) -> float:
    return round(50 + 50 * min(1.0, max(-1.0, correlation)), 1)
