"""The interval of each trained number, the number of runs behind it, and the share of the class within it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Literal

from autograder.class_report.report_entries import ReportEntry
from autograder.reference import Baseline
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec


@dataclasses.dataclass(frozen=True, slots=True)
class ToleranceRow:
    """One trained number: its interval, and how many of the class's `given` numbers are `inside`."""

    place: str
    path: str
    lower: float
    upper: float
    runs: int
    dead: int
    source: Literal["tolerance interval", "fallback"]
    given: int
    inside: int


def tolerance_rows(entries: Sequence[ReportEntry], key_spec: KeySpec, baseline: Baseline) -> Iterator[ToleranceRow]:
    """Yield a row per trained number in the order of the rubric, except for numbers that no run gave."""
    measured = {path for run in baseline.runs for path in run.summary.values if path not in run.summary.dead}
    for question_name, question in key_spec.questions.items():
        for item_name, item in question.items.items():
            if not isinstance(item, Interval):
                continue
            for path in item.values:
                if path not in measured:
                    continue
                bounds = baseline.interval(path, item, key_spec.policy.tolerance)
                numbers = [entry.obtained[path] for entry in entries if path in entry.obtained]
                inside = sum(bounds.lower <= number <= bounds.upper for number in numbers)
                yield ToleranceRow(
                    f"{question_name}.{item_name}",
                    path,
                    *(*item.natural(bounds), bounds.runs, bounds.dead, bounds.source),
                    *(len(numbers), inside),
                )
