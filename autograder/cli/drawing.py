"""What people see while a class is graded and when it is done: progress with an estimate, and a table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from autograder.cli.app import stderr
from autograder.gradebook import Event
from autograder.records import Grade, RunVerdict, Verdict, collation_key
from autograder.regrading import Change
from autograder.report import REFUSED, sentence, why_no_grade
from autograder.results import Results
from autograder.reviews import PendingItem

_SYMBOLS = {
    Verdict.PASS: "[green]✓[/]",
    Verdict.FAIL: "[red]✗[/]",
    Verdict.MISSING: "[yellow]·[/]",
    Verdict.MALFORMED: "[yellow]?[/]",
    Verdict.REVIEW: "[cyan]⧖[/]",
    Verdict.INTERNAL: "[magenta]![/]",
}

_DIGITS = 8
"""So much of a digest tells two apart."""

_ANY_WIDTH = 10_000
_NARROW = 9
"""Where a class is wider than the terminal, points and endings are broken at this width: the rest is the names'."""


class CellProgress:
    """Count cells over all notebooks: notebooks differ in length, and a bar by notebooks would jump."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=total)
        self._done: dict[str, int] = {}
        self._lock = threading.Lock()

    def observe(self, job_id: str, done: int, _total: int) -> None:
        """Take a notebook's progress, from any thread."""
        with self._lock:
            self._done[job_id] = max(done, self._done.get(job_id, 0))
            self._progress.update(self._task, completed=sum(self._done.values()))

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(escape(line), highlight=False, soft_wrap=True)


@contextmanager
def cell_progress(what: str, total: int) -> Iterator[CellProgress]:
    """Show a bar on stderr that counts cells, with the time that is left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("cells"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr, transient=True) as progress:
        yield CellProgress(progress, what, total)


@contextmanager
def download_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Provide what shows a bar per file on stderr, from the first byte on."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(*columns, console=stderr, transient=True)
    tasks: dict[str, TaskID] = {}

    def observe(name: str, done: int, total: int) -> None:
        if name not in tasks:
            progress.start()
            tasks[name] = progress.add_task(f"fetching {name}")
        progress.update(tasks[name], completed=done, total=total or None)

    try:
        yield observe
    finally:
        if tasks:
            progress.stop()


def draw_grades(console: Console, results: Results, missing: Collection[str]) -> None:
    """Print one row per student: points, the items of each question as symbols, flags, and how it ended.

    Those whose submission was refused have a row as well, and those who are `missing` from what was given now say so.
    """
    grades = results.grades
    questions = list(dict.fromkeys(finding.question for grade in grades for finding in grade.findings))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("student", overflow="fold")
    table.add_column("points", justify="right")
    for name in questions:
        table.add_column(name.removeprefix("q0").removeprefix("q"), no_wrap=True)
    table.add_column("flags", justify="right", no_wrap=True)
    table.add_column("run")
    refused = {refusal.student for refusal in results.refused}
    rows = {student: ["", *("" for _ in questions), "", ""] for student in refused}
    for grade in grades:
        marks = [
            "".join(_SYMBOLS[finding.verdict] for finding in grade.findings if finding.question == name)
            for name in questions
        ]
        # A run that ended as it should is the rule, and says nothing.
        run = "" if grade.run_verdict is RunVerdict.COMPLETE else grade.run_verdict.value
        flags = len(grade.flags) + sum(len(finding.flags) for finding in grade.findings)
        rows[grade.student] = [_points(grade), *marks, str(flags or ""), run]
    for student in sorted(rows, key=collation_key):
        *cells, run = rows[student]
        # Beside a grade of before, it is what was handed in last that is refused.
        parts = [run, REFUSED if student in refused else "", "not given now" if student in missing else ""]
        table.add_row(escape(student), *cells, f"[yellow]{', '.join(filter(None, parts))}[/]")
    if Measurement.get(console, console.options.update(width=_ANY_WIDTH), table).maximum > console.width:
        for column in (table.columns[1], table.columns[-1]):
            column.max_width = _NARROW
    console.print(table)
    legend = "✓ pass  ✗ fail  · missing  ? malformed  ⧖ pending  ! internal: one mark per item"
    console.print(f"[dim]{legend}[/]", highlight=False)


def draw_history(console: Console, events: Sequence[Event]) -> None:
    """Print one line per event: when, what, the points, and then who did it, to which notebook, under which rules."""
    for event in events:
        graded = event.kind in {"grading", "regrading"}
        points = "no grade" if graded and event.points is None else "" if event.points is None else f"{event.points:g}"
        about = [
            event.detail,
            f"by {event.author}" if event.author else "",
            f"notebook {event.job_id[:_DIGITS]}" if event.job_id else "",
            f"rubric {event.rubric_sha256[:_DIGITS]}" if graded else "",
            f"baseline {event.baseline_sha256[:_DIGITS]}" if graded else "",
            f"{event.data} data" if graded else "",
        ]
        line = f"{event.at}  {event.kind:10}  {points:>8}  {', '.join(filter(None, about))}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def points_or_why(given: Grade) -> str:
    """Say what a grade is worth and what of it is pending, or which fault of ours left none."""
    return f"no grade ({why_no_grade(given)})" if given.points is None else _points(given)


def draw_changes(console: Console, changes: Sequence[Change]) -> None:
    """Print what regrading changes: each student's points before and after, and the items that differ."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("student", "before", "after", "items that differ"):
        table.add_column(name, overflow="fold")
    for change in changes:
        old = {one.place: one for one in change.before.findings} if change.before else {}
        items = [
            f"{new.place}: {before.verdict.value if before else 'none'} → {new.verdict.value}"
            for new in change.after.findings
            if (before := old.get(new.place)) is None or (before.verdict, before.points) != (new.verdict, new.points)
        ]
        points = [_points(change.before), _points(change.after)]
        table.add_row(escape(change.after.student), *points, "\n".join(items) or "the reasons alone")
    console.print(table)


def draw_pending(console: Console, items: Sequence[PendingItem]) -> None:
    """Print one row per item that waits for a person: whose, which, how many points, and why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", overflow="fold", max_width=console.width // 4)
    table.add_column("item", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("why")
    for one in items:
        found = one.finding
        why = sentence(found.reasons[0], "en", reveal=True) if found.reasons else ""
        table.add_row(escape(one.grade.student), found.place, f"{found.pending:g}", escape(why))
    console.print(table)


def draw_checks(console: Console, rows: Sequence[tuple[bool, str, str, str]]) -> None:
    """Print checks that hold or do not: name, detail and, where one does not hold, the remedy."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for holds, name, detail, remedy in rows:
        text = escape(detail) if holds or not remedy else f"{escape(detail)} [yellow]({escape(remedy)})[/]"
        table.add_row("[green]✓[/]" if holds else "[red]✗[/]", escape(name), text)
    console.print(table)


def _points(grade: Grade | None) -> str:
    if grade is None or grade.points is None:
        return "no grade"
    return f"{grade.points:.2f}" + (f", {grade.pending:g} pending" if grade.pending else "")
