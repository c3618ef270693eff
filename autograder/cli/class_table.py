"""The class on a terminal: a row per student with the mark of every item, and below it what the flags are and of whom.

Where the window is too narrow for names beside the marks, each name has a line of its own: no name is broken.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.segment import Segment, Segments
from rich.table import Table

from autograder.class_results import Results
from autograder.records import Grade, RunVerdict, Verdict, collation_key
from autograder.report import ABSENT, REFUSED, question_label, short_flags

_SYMBOLS: Final = {
    Verdict.PASS: "[green]✓[/]",
    Verdict.FAIL: "[red]✗[/]",
    Verdict.MISSING: "[yellow]·[/]",
    Verdict.MALFORMED: "[yellow]?[/]",
    Verdict.REVIEW: "[cyan]○[/]",
    Verdict.CANCELLED: "[dim]–[/]",  # noqa: RUF001 (a dash)
    Verdict.INTERNAL: "[magenta]![/]",
}
_ANY_WIDTH: Final = 10_000
_MOST_NAMED: Final = 5
_LEGEND: Final = "✓ pass  ✗ fail  · missing  ? wrong form  ○ pending  – cancelled  ! our fault"  # noqa: RUF001 (a dash)


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    """One student's cells, as markup; `ending` says how the run ended where that is not as it should."""

    points: str
    pending: str
    marks: tuple[str, ...]
    flags: str
    ending: str


def draw_grades(console: Console, results: Results, missing: Collection[str]) -> None:
    """Print one row per student: points, the items of each question as symbols, flags, and how it ended.

    Refused and absent students have a row as well, and those who are `missing` from what was given now say so.
    """
    questions = list(dict.fromkeys(finding.question for grade in results.grades for finding in grade.findings))
    rows = _rows(results, questions, missing)
    ordered = [(student, rows[student]) for student in sorted(rows, key=collation_key)]
    beside = _table("student", questions, "run")
    for student, row in ordered:
        points = ", ".join(filter(None, [row.points, row.pending]))
        beside.add_row(escape(student), points, *row.marks, row.flags, row.ending)
    if Measurement.get(console, console.options.update(width=_ANY_WIDTH), beside).maximum <= console.width:
        console.print(beside)
    else:
        _draw_below(console, questions, ordered)
    console.print(f"[dim]{_LEGEND}[/]", highlight=False)
    for line in flag_lines(results.grades):
        console.print(line, highlight=False, markup=False)


def points_text(grade: Grade | None) -> str:
    """Write points, and what of them is pending; `no grade` where there is none."""
    if grade is None or grade.points is None:
        return "no grade"
    return f"{grade.points:.2f}" + (f", {grade.pending:g} pending" if grade.pending else "")


def flag_lines(grades: Iterable[Grade]) -> list[str]:
    """Say each flag in words, with how many students have it and who they are, the most frequent first."""
    raised: dict[str, list[str]] = {}
    for grade in grades:
        for words in short_flags(grade):
            raised.setdefault(words, []).append(grade.student)
    ordered = sorted(raised.items(), key=lambda one: -len(one[1]))
    return [f"flag: {words}: {named_students(students)}" for words, students in ordered]


def named_students(students: Sequence[str]) -> str:
    """Name some students, and say how many more there are."""
    more = len(students) - _MOST_NAMED
    return ", ".join(students[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _rows(results: Results, questions: Sequence[str], missing: Collection[str]) -> dict[str, _Row]:
    refused = {refusal.student for refusal in results.refused}
    without_grade = dict.fromkeys(results.absent, ABSENT) | dict.fromkeys(refused, REFUSED)
    rows = {
        student: _Row("", "", ("",) * len(questions), "", _ending(student, [why], missing))
        for student, why in without_grade.items()
    }
    for grade in results.grades:
        flags = len(grade.flags) + sum(len(finding.flags) for finding in grade.findings)
        # A run that ended as it should is the rule, and says nothing.
        run = "" if grade.run_verdict is RunVerdict.COMPLETE else grade.run_verdict.value
        rows[grade.student] = _Row(
            points="no grade" if grade.points is None else f"{grade.points:.2f}",
            pending=f"{grade.pending:g} pending" if grade.points is not None and grade.pending else "",
            marks=tuple(
                "".join(_SYMBOLS[finding.verdict] for finding in grade.findings if finding.question == name)
                for name in questions
            ),
            flags=str(flags or ""),
            # Beside a grade of before, it is what was handed in last that is refused.
            ending=_ending(grade.student, [run, REFUSED if grade.student in refused else ""], missing),
        )
    return rows


def _ending(student: str, parts: Sequence[str], missing: Collection[str]) -> str:
    said = ", ".join(filter(None, [*parts, "not given now" if student in missing else ""]))
    return f"[yellow]{said}[/]" if said else ""


def _table(first: str, questions: Sequence[str], last: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    if first:
        table.add_column(first, no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    for name in (*map(question_label, questions), "flags"):
        table.add_column(name, no_wrap=True)
    if last:
        table.add_column(last, no_wrap=True)
    return table


def _draw_below(console: Console, questions: Sequence[str], ordered: Sequence[tuple[str, _Row]]) -> None:
    """Print each name in a line, and the rest of its row in the next, in columns that all rows share."""
    table = _table("", questions, "")
    for _, row in ordered:
        table.add_row(row.points, *row.marks, row.flags)
    head, *lines = console.render_lines(table, pad=False)
    console.print(Segments([*head, Segment.line()]), end="")
    for (student, row), line in zip(ordered, lines, strict=True):
        beside = ", ".join(filter(None, [f"[cyan]{row.pending}[/]" if row.pending else "", row.ending]))
        console.print(f"[bold]{escape(student)}[/]{'  ' if beside else ''}{beside}", highlight=False)
        console.print(Segments([*line, Segment.line()]), end="")
