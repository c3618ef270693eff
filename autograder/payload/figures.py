"""Collects the lines of the figures that a cell draws with pyplot, then closes the figures as a notebook does."""

from __future__ import annotations

import math
import sys
from types import ModuleType
from typing import Any

MOST_FIGURES = 20
MOST_LINES = 20
MOST_POINTS = 10_000

Line = list[float | None]


class FigureCollector:
    """Reads figures before they are closed: when a cell shows them, closes them, or ends."""

    def __init__(self) -> None:
        # Keep the figure with its lines, so that no other figure gets the same id.
        self._seen: dict[int, tuple[Any, list[Line]]] = {}

    def attach(self, pyplot: ModuleType) -> None:
        """Read all figures whenever the notebook calls `show` or `close` of this pyplot."""
        for name in ("show", "close"):
            setattr(pyplot, name, self._looking_first(getattr(pyplot, name)))

    def take(self) -> list[list[Line]]:
        """Return the lines of every figure of this cell, then drop and close the figures."""
        try:
            self._look()
            pyplot: Any = sys.modules.get("matplotlib.pyplot")
            if pyplot is not None:
                pyplot.close("all")
        except Exception as error:  # noqa: BLE001 (drawing may fail anywhere)
            print(f"autograder: figures are not observed: {error!r}", file=sys.stderr)
        taken = [lines for _, lines in self._seen.values() if lines][:MOST_FIGURES]
        self._seen.clear()
        return taken

    def _looking_first(self, function: Any) -> Any:
        def look_and_call(*arguments: Any, **options: Any) -> Any:
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 (see `take`)
                print(f"autograder: figures are not observed: {error!r}", file=sys.stderr)
            return function(*arguments, **options)

        look_and_call.__name__ = look_and_call.__qualname__ = getattr(function, "__name__", "show")
        look_and_call.__doc__ = function.__doc__
        return look_and_call

    def _look(self) -> None:
        helpers: Any = sys.modules.get("matplotlib._pylab_helpers")
        if helpers is None:
            return
        for manager in helpers.Gcf.get_all_fig_managers():
            figure = manager.canvas.figure
            if id(figure) in self._seen or len(self._seen) < MOST_FIGURES:
                self._seen[id(figure)] = (figure, _lines(figure))


def _lines(figure: Any) -> list[Line]:
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    return [_points(line) for line in lines[:MOST_LINES]]


def _points(line: Any) -> Line:
    points: Line = []
    for value in list(line.get_ydata())[:MOST_POINTS]:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        points.append(number if math.isfinite(number) else None)
    return points
