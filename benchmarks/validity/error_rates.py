"""Print both error rates of each item of numbers as tables, with 95 % confidence intervals."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from autograder.audit import Mistake, NumbersAlone, RightRuns
from autograder.statistics import proportion


def print_error_rates(items: Sequence[NumbersAlone]) -> None:
    """Print tables of the items, of narrower intervals, of single numbers and of mistakes, the nearest first."""
    sys.stdout.write("\nnumbers alone, without recipe and proof of training (with 95 % Clopper-Pearson intervals)\n")
    _print_table(
        ["item", "references rejected", "honest rejected", "mistakes accepted", "nearest mistake accepted"],
        [
            [item.place, _rejected(item.left_out), _rejected(item.honest), _accepted(item), _nearest(item)]
            for item in items
        ],
    )
    sys.stdout.write("\nnarrower intervals: right runs rejected (references and honest), mistakes accepted\n")
    _print_table(
        ["item", "as they are", "half as wide", "a quarter as wide"],
        [[item.place, *(_within(item, width) for width in (1.0, 0.5, 0.25))] for item in items],
    )
    sys.stdout.write("\neach number alone\n")
    _print_table(
        ["number", "interval", "mistakes accepted"],
        [
            [path, f"{lower:.3g} to {upper:.3g}", f"{item.accepted_by(path)} of {item.mistaken_runs}"]
            for item in items
            for path, (lower, upper) in item.intervals.items()
        ],
    )
    sys.stdout.write("\ndistance of each mistake's farthest number: 0 in the middle of its interval, 1 at a bound\n")
    for item in items:
        sys.stdout.write(f"{item.place}: {'; '.join(map(_distance, item.mistakes))}\n")


def _share(count: int, trials: int) -> str:
    """Return a share with its interval: `9 of 18, 50.0% (26.0% to 74.0%)`."""
    found = proportion(count, trials)
    return (
        "no run" if found is None else f"{count} of {trials}, {found.value:.1%} ({found.low:.1%} to {found.high:.1%})"
    )


def _rejected(found: RightRuns) -> str:
    return _share(found.rejected(), found.runs) + (f", {found.dead} dead" if found.dead else "")


def _accepted(item: NumbersAlone) -> str:
    return _share(item.accepted(), item.mistaken_runs)


def _nearest(item: NumbersAlone) -> str:
    if not item.mistakes:
        return "no run"
    nearest = item.mistakes[0]
    return f"{nearest.name}: {_share(nearest.accepted(), nearest.runs)}"


def _within(item: NumbersAlone, width: float) -> str:
    rejected = item.left_out.rejected(width) + item.honest.rejected(width)
    right = item.left_out.runs + item.honest.runs
    return f"{rejected} of {right}, {item.accepted(width)} of {item.mistaken_runs}"


def _distance(mistake: Mistake) -> str:
    far = mistake.farthest
    return f"{mistake.name}: {'no valid number' if math.isinf(far) else format(far, '.2f')}"


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        sys.stdout.write("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() + "\n")
