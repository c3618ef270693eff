"""What people see while a class is graded and when it is done: progress with an estimate, and a table."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from autograder.cli.app import stderr
from autograder.pipeline import Change
from autograder.records import Grade, RunVerdict, Verdict
from autograder.report import sentence
from autograder.reviews import PendingItem

_SYMBOLS = {
    Verdict.PASS: "[green]✓[/]",
    Verdict.FAIL: "[red]✗[/]",
    Verdict.MISSING: "[yellow]·[/]",
    Verdict.MALFORMED: "[yellow]?[/]",
    Verdict.REVIEW: "[cyan]⧖[/]",
    Verdict.INTERNAL: "[magenta]![/]",
}


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


def draw_grades(console: Console, grades: Sequence[Grade]) -> None:
    """Print one row a student: points, the items of each question as symbols, how the run ended, flags."""
    questions = list(dict.fromkeys(finding.question for grade in grades for finding in grade.findings))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("student", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    for name in questions:
        table.add_column(name.removeprefix("q0").removeprefix("q"), no_wrap=True)
    table.add_column("flags", justify="right", no_wrap=True)
    table.add_column("run", no_wrap=True)
    for grade in grades:
        marks = [
            "".join(_SYMBOLS[finding.verdict] for finding in grade.findings if finding.question == name)
            for name in questions
        ]
        # A run that ended as it should is the rule, and says nothing.
        run = "" if grade.run_verdict is RunVerdict.COMPLETE else f"[yellow]{grade.run_verdict.value}[/]"
        flags = len(grade.flags) + sum(len(finding.flags) for finding in grade.findings)
        table.add_row(escape(grade.student), _points(grade), *marks, str(flags or ""), run)
    console.print(table)
    legend = "✓ pass  ✗ fail  · missing  ? malformed  ⧖ pending  ! internal: one mark an item"
    console.print(f"[dim]{legend}[/]", highlight=False)


def draw_changes(console: Console, changes: Sequence[Change]) -> None:
    """Print what regrading changes: each student's points before and after, and the items that differ."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("student", "before", "after", "items that differ"):
        table.add_column(name, overflow="fold")
    for change in changes:
        old = {(one.question, one.item): one for one in change.before.findings} if change.before else {}
        items = [
            f"{new.question}.{new.item}: {before.verdict.value if before else 'none'} → {new.verdict.value}"
            for new in change.after.findings
            if (before := old.get((new.question, new.item))) is None
            or (before.verdict, before.points) != (new.verdict, new.points)
        ]
        points = [_points(change.before), _points(change.after)]
        table.add_row(escape(change.after.student), *points, "\n".join(items) or "the reasons alone")
    console.print(table)


def draw_pending(console: Console, items: Sequence[PendingItem]) -> None:
    """Print one row per item that waits for a person: whose, which, how many points, and why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("student", "item", "points", "why"):
        table.add_column(name, overflow="fold", justify="right" if name == "points" else "left")
    for one in items:
        why = sentence(one.reasons[0], "en", reveal=True) if one.reasons else ""
        table.add_row(escape(one.grade.student), one.place, f"{one.points:g}", escape(why))
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
