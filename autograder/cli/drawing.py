"""Tables on a terminal besides the class's own: histories, changes, what is pending, and checks that hold or do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.audit import MARKS, Mark
from autograder.bulk_overrides import PlannedOverride
from autograder.cli.class_table import points_text
from autograder.cli.reader_language import reader_language
from autograder.gradebook import ClassChange, Event, Objection
from autograder.records import Grade, Verdict
from autograder.regrade_effect import Change, Effect
from autograder.report import in_english, refusal_words, sentence, why_no_grade
from autograder.reviews import PendingItem

CheckMark = Mark | Literal["spare"]
"""A mark of a check, or that it does not hold and need not."""

_DIGITS = 8
"""So much of a digest tells two apart."""


def draw_history(console: Console, events: Sequence[Event]) -> None:
    """Print one line per event: when, what, the points, and then who did it, to which notebook, under which rules."""
    for event in events:
        graded = event.kind in {"grading", "regrading"}
        points = "no grade" if graded and event.points is None else "" if event.points is None else f"{event.points:g}"
        about = [
            ": ".join(filter(None, [event.detail, _why(event)])),
            f"{event.days_late} days late" if event.days_late else "",
            f"bulk override {event.bulk}" if event.bulk else "",
            f"takes back event {event.undone}" if event.undone else "",
            f"by {event.author}" if event.author else "",
            f"notebook {event.job_id[:_DIGITS]}" if event.job_id else "",
            f"rubric {event.rubric_sha256[:_DIGITS]}" if graded else "",
            f"baseline {event.baseline_sha256[:_DIGITS]}" if graded else "",
            f"{event.data} data" if graded else "",
        ]
        line = f"{event.number:>5}  {event.at}  {event.kind:10}  {points:>8}  {', '.join(filter(None, about))}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _why(event: Event) -> str:
    """Return why a run ended, or why a submission is refused; the latter in the reader's language."""
    if event.fault is None:
        return in_english(event.ended)
    what, remedy = refusal_words(event.fault, reader_language())
    return f"{what} ({remedy})" if remedy else what


def draw_class_history(console: Console, changes: Sequence[tuple[str, ClassChange]]) -> None:
    """Print one line per regrading of a class: when, how its mean and median moved, and under which rules."""
    for at, one in changes:
        about = [
            f"mean {moved_text(one.mean_before, one.mean_after)}",
            f"median {moved_text(one.median_before, one.median_after)}",
            f"{one.changed} of {one.students} grades changed",
            f"cancelled {', '.join(one.cancelled)}" if one.cancelled else "",
            f"rubric {one.rubric_sha256[:_DIGITS]}",
            f"baseline {one.baseline_sha256[:_DIGITS]}",
        ]
        line = f"{at}  regrading  {', '.join(filter(None, about))}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def points_or_why(given: Grade) -> str:
    """Say what a grade is worth and what of it is pending, or which fault of ours left none."""
    return f"no grade ({why_no_grade(given)})" if given.points is None else points_text(given)


def draw_effect(console: Console, effect: Effect, points_possible: float) -> None:
    """Print what regrading changes: the class's mean and median, the items that differ, and each student's points."""
    console.print(f"class: {level_text(effect)} (of {points_possible:g})", highlight=False)
    if effect.items:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("item", overflow="fold")
        for name in ("mean before", "mean after", "students up", "students down"):
            table.add_column(name, justify="right", no_wrap=True)
        for one in effect.items:
            means = ("–" if mean is None else f"{mean:.3f}" for mean in (one.mean_before, one.mean_after))  # noqa: RUF001
            table.add_row(one.place, *means, str(one.gain), str(one.lose))
        console.print(table)
    if effect.changes:
        _draw_changes(console, effect.changes)


def level_text(effect: Effect) -> str:
    """Say how regrading moves the mean and the median of a class."""
    pairs = (
        ("mean", effect.before.mean, effect.after.mean),
        ("median", effect.before.median, effect.after.median),
    )
    return ", ".join(f"{name} {moved_text(before, after)}" for name, before, after in pairs)


def moved_text(before: float | None, after: float | None) -> str:
    """Write a number of points before and after; a dash where there is none.

    >>> moved_text(7.0, 7.456)
    '7.00 → 7.46'
    """
    return " → ".join("–" if points is None else f"{points:.2f}" for points in (before, after))  # noqa: RUF001


def _draw_changes(console: Console, changes: Sequence[Change]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", overflow="fold")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    table.add_column("items that differ", overflow="fold")
    for change in changes:
        difference = "" if change.difference is None else f"{change.difference:+.2f}"
        old = {one.place: one for one in change.before.findings} if change.before else {}
        items = [
            f"{new.place}: {before.verdict.value if before else 'none'} → {new.verdict.value}"
            for new in change.after.findings
            if (before := old.get(new.place)) is None or (before.verdict, before.points) != (new.verdict, new.points)
        ]
        points = [points_text(change.before), points_text(change.after), difference]
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


def draw_planned(console: Console, planned: Sequence[PlannedOverride]) -> None:
    """Print one row per student whom a bulk override concerns: what the item has, and what it is to have."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", overflow="fold")
    for name in ("verdict", "before", "after"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in planned:
        before = "" if one.finding.verdict in {Verdict.REVIEW, Verdict.INTERNAL} else f"{one.finding.points:g}"
        verdict = one.finding.verdict.value
        table.add_row(escape(one.override.student), verdict, before, f"{one.override.points:g}")
    console.print(table)


def draw_objections(console: Console, objections: Sequence[Objection]) -> None:
    """Print one row per objection: its number, whose it is, to which item, what it says and what it was answered."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("no.", justify="right", no_wrap=True)
    for name in ("student", "item", "objection", "answer"):
        table.add_column(name, overflow="fold")
    for one in objections:
        answer = "withdrawn" if one.withdrawn else f"{one.answer} ({one.author})" if one.answer else ""
        table.add_row(str(one.number), *map(escape, (one.student, one.place, one.text, answer)))
    console.print(table)


def drawn(mark: CheckMark) -> str:
    """Return a mark in its colour: ✓ holds, ⚠ holds with a warning, ✗ fails, a dash: it need not hold."""
    colour = {"holds": "green", "weak": "yellow", "fails": "red", "spare": "dim"}[mark]
    return f"[{colour}]{'–' if mark == 'spare' else MARKS[mark]}[/]"  # noqa: RUF001 (a dash)


def draw_checks(console: Console, rows: Sequence[tuple[CheckMark, str, str, str]]) -> None:
    """Print checks that hold or do not: name, detail and, where one does not hold, the remedy.

    What does not hold and need not (`spare`) is told as such, in no colour of alarm.
    """
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for mark, name, detail, remedy in rows:
        text = escape(detail)
        if mark == "spare":
            text = f"[dim]{escape(f'{detail} ({remedy})' if remedy else detail)}[/]"
        elif mark != "holds" and remedy:
            text += f" [yellow]({escape(remedy)})[/]"
        table.add_row(drawn(mark), f"[dim]{escape(name)}[/]" if mark == "spare" else escape(name), text)
    console.print(table)
    if any(mark == "spare" for mark, *_ in rows):
        console.print(f"{drawn('spare')} [dim]grading does not need it here[/]", highlight=False)
