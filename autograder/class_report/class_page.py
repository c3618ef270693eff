"""The class report as one file of HTML that needs nothing else: it asks for no address, and only its own script runs.

The script sorts, filters and searches the tables. Without it the page reads the same. The policy in its head names the
script by its hash, so that nothing that came out of a submission could ever run.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from autograder import __version__
from autograder.class_report.charts import Segment, Whisker, columns, stacked, whisker
from autograder.class_report.class_portuguese import PORTUGUESE
from autograder.class_report.failures import Failure
from autograder.class_report.items import ItemRow
from autograder.class_report.report import ClassReport, QuestionRow
from autograder.class_report.report_entries import ReportEntry
from autograder.records import Language, Reason, RunVerdict, Verdict
from autograder.report import refusal_line, short_flag, short_flags
from autograder.report.sentences import sentence
from autograder.report.template import template
from autograder.rubric.checks import MESSAGES
from autograder.statistics import Estimate

_TEMPLATES: Final = Path(__file__).with_name("templates")
STYLE: Final = _TEMPLATES / "class.css"
"""The stylesheet of the instructor's pages, which needs the colours that all pages share."""
_MOST_PAIRS: Final = 200
_MOST_CLUSTERS: Final = 100

_NOTES: Final = {
    "key": "look at the key",
    "cancelled": "cancelled",
    "negative": "negative discrimination",
    "weak": "weak discrimination",
    "hard": "hard",
    "easy": "easy",
}
_KINDS: Final = {
    "file": "the same file",
    "cells": "the same code in every cell",
    "code": "much of their uncommon code",
    "numbers": "numbers that not all of them trained",
    "saved": "saved numbers, though executing gives different ones",
}


@dataclasses.dataclass(frozen=True, slots=True)
class _StudentRow:
    student: str
    anchor: str
    points: float | None
    pending: float
    questions: tuple[float | None, ...]
    flags: tuple[str, ...]
    state: str
    run: str
    seconds: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class _ItemView:
    row: ItemRow
    question: str
    title: str
    verdicts: tuple[Segment, ...]
    whisker: Whisker | None
    notes: tuple[str, ...]
    failures: tuple[tuple[Failure, str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _QuestionView:
    row: QuestionRow
    title: str
    segments: tuple[Segment, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _FlagView:
    words: str
    meaning: str
    students: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Writing:
    """How texts and numbers are written in one language."""

    language: Language

    def text(self, english: str, **fields: object) -> Markup:
        """Return a text of the page, its fields escaped; whatever is no text of ours stands as it is, escaped."""
        if english not in PORTUGUESE:
            return escape(english)
        return Markup(PORTUGUESE[english] if self.language == "pt-BR" else english).format(**fields)  # noqa: S704 (ours)

    def number(self, value: float | None, decimals: int = 2) -> str:
        """Write a number; what rounds to zero has no sign, and a minus sign is one, not a hyphen."""
        if value is None:
            return self.text("undefined")
        return self._local(f"{round(value, decimals) + 0.0:.{decimals}f}")

    def short(self, value: float, digits: int = 6) -> str:
        """Write a number without trailing zeros."""
        return self._local(f"{value:.{digits}g}")

    def percent(self, share: float | None) -> str:
        """Write a share as whole per cent."""
        return self.text("undefined") if share is None else f"{100 * share:.0f} %"

    def estimate(self, found: Estimate | None) -> str:
        """Write a value with its interval."""
        if found is None:
            return self.text("undefined")
        bounds: str = self.text("no interval")
        if found.low is not None and found.high is not None:
            bounds = self.text("{low} to {high}", low=self.number(found.low), high=self.number(found.high))
        return f"{self.number(found.value)} ({bounds})"

    def duration(self, seconds: float | None) -> str:
        """Write a duration in the largest unit of which there is at least one and a half.

        >>> _Writing("en").duration(5400), _Writing("pt-BR").duration(5400), _Writing("en").duration(89)
        ('1.5 h', '1,5 h', '89 s')
        """
        if seconds is None:
            return self.text("unknown")
        for unit, size in (("h", 3600), ("min", 60)):
            if seconds >= 1.5 * size:
                return self._local(f"{seconds / size:.1f} {unit}")
        return self._local(f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s")  # noqa: PLR2004 (digits that matter)

    def _local(self, number: str) -> str:
        number = number.replace("-", "\u2212")
        return number.replace(".", ",") if self.language == "pt-BR" else number


def class_page(report: ClassReport, language: Language = "en") -> str:
    """Return the page of a class.

    It holds names, marks, the key and what was expected: it is the instructor's alone.
    """
    writing = _Writing(language)
    script = (_TEMPLATES / "class.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page: str = template(
        _TEMPLATES / "class.html"
    ).render(
        report=report,
        language=language,
        refusal=refusal_line,
        _=writing.text,
        assignment=report.specification.assignment,
        version=__version__,
        script=Markup(script),  # noqa: S704 (a file of ours)
        script_digest=digest,
        columns=columns(report.bars),
        questions=[_question(report, row, language) for row in report.questions],
        items=[_item(report, row, language) for row in report.analysis.items],
        students=[_student(report, number, entry) for number, entry in enumerate(report.entries)],
        anchors={entry.student: f"s{number}" for number, entry in enumerate(report.entries)},
        flags=_flags(report, language),
        clusters=report.findings_alike[:_MOST_CLUSTERS],
        values_alike=report.evidence_alike[:_MOST_CLUSTERS],
        pairs=[(pair, _KINDS[pair.kind]) for pair in report.pairs[:_MOST_PAIRS]],
        more_pairs=max(0, len(report.pairs) - _MOST_PAIRS),
        number=writing.number,
        short=writing.short,
        percent=writing.percent,
        estimate=writing.estimate,
        duration=writing.duration,
    )
    return page


def _title(report: ClassReport, name: str, language: Language) -> str:
    return report.specification.titles.get(language, {}).get(name, name.rpartition(".")[2].replace("_", " "))


def _question(report: ClassReport, row: QuestionRow, language: Language) -> _QuestionView:
    parts = (("full", row.full), ("part", row.part), ("none", row.none), ("open", row.open))
    return _QuestionView(row, _title(report, row.question, language), stacked(parts))


def _item(report: ClassReport, row: ItemRow, language: Language) -> _ItemView:
    failures = tuple(
        (
            failure,
            *_said(failure.code, failure.example, language),
        )
        for failure in report.failures.get(row.place, ())
    )
    verdicts = stacked([(verdict.value.lower(), row.verdicts.get(verdict, 0)) for verdict in Verdict])
    notes = tuple(_NOTES[note] for note in row.notes)
    question = _title(report, row.place.partition(".")[0], language)
    title = _title(report, row.place, language)
    return _ItemView(row, question, title, verdicts, whisker(row.discrimination), notes, failures)


def _said(code: str, example: Reason | None, language: Language) -> tuple[str, str]:
    """Return what a code means, and the sentence of an example; in Portuguese the sentence alone."""
    example_text = "" if example is None else sentence(example, language, reveal=True)
    if language == "pt-BR":
        return example_text or code or PORTUGUESE["no reason is kept"], ""
    message = MESSAGES.get(code)
    return message.meaning if message else code or "no reason is kept", example_text


def _student(report: ClassReport, number: int, entry: ReportEntry) -> _StudentRow:
    given = entry.grade
    scores = {row.question: entry.score(row.question) for row in report.questions}
    flags = short_flags(given)
    state = "no grade" if given.points is None else "pending" if given.pending else "flagged" if flags else "graded"
    return _StudentRow(
        student=entry.student,
        anchor=f"s{number}",
        points=given.points,
        pending=given.pending,
        questions=tuple(None if score is None else score.points for score in scores.values()),
        flags=flags,
        state=state,
        run="" if given.run_verdict is RunVerdict.COMPLETE else given.run_verdict.value,
        seconds=entry.processor_seconds,
    )


def _flags(report: ClassReport, language: Language) -> list[_FlagView]:
    """Return each flag that was raised with whom, the most frequent first."""
    raised: dict[str, tuple[Reason, list[str]]] = {}
    for entry in report.entries:
        of_items = (flag for finding in entry.grade.findings for flag in finding.flags)
        for code, flag in {flag.code: flag for flag in (*entry.grade.flags, *of_items)}.items():
            raised.setdefault(code, (flag, []))[1].append(entry.student)
    views = (
        _FlagView(short_flag(code), _said(code, flag, language)[0], tuple(students))
        for code, (flag, students) in raised.items()
    )
    return sorted(views, key=lambda view: -len(view.students))
