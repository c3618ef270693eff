"""A grade by question: the numbers that pages, tables and files show."""

from __future__ import annotations

import dataclasses
import re

from autograder.records import Detail, Finding, Grade, Language, Reason, RunVerdict, Verdict, total_points
from autograder.report.details import detail_text, field_text

_NUMBERED = re.compile(r"q0*(\d+)")


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionScore:
    """The result of one question. `points` is None if an item of it is undecided because of the grader.

    `pending` are points that wait for a person; they are not part of `points`.
    """

    question: str
    points: float | None
    pending: float
    points_possible: float
    findings: tuple[Finding, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A flag and its place: `question.item`, or empty for the whole run."""

    place: str
    flag: Reason


def question_scores(grade: Grade) -> tuple[QuestionScore, ...]:
    """Group a grade's findings by question, in the order of the rubric."""
    grouped: dict[str, list[Finding]] = {}
    for finding in grade.findings:
        grouped.setdefault(finding.question, []).append(finding)
    return tuple(_score(question, findings) for question, findings in grouped.items())


def question_label(name: str) -> str:
    """Return the number in a question's name, or the name itself if it has another form.

    >>> question_label("q07"), question_label("quality")
    ('7', 'quality')
    """
    numbered = _NUMBERED.fullmatch(name)
    return name if numbered is None else numbered[1]


def raised_flags(grade: Grade) -> tuple[RaisedFlag, ...]:
    """Return all flags of a grade, those of the run first.

    Pending items are included, and items left undecided because of the grader.
    """
    of_items = (
        RaisedFlag(finding.place, flag)
        for finding in grade.findings
        for flag in (*finding.flags, *(finding.reasons[:1] if _is_open(finding, grade) else ()))
    )
    return (*(RaisedFlag("", flag) for flag in grade.flags), *of_items)


def why_no_grade(grade: Grade, language: Language = "en") -> str:
    """Describe for the instructor which fault of the grader prevented a grade; empty if there is a grade."""
    if grade.points is not None:
        return ""
    if grade.run_verdict is RunVerdict.INTERNAL:
        return detail_text(grade.run_detail, language)
    broken = [finding for finding in grade.findings if finding.verdict is Verdict.INTERNAL]
    more = len(broken) - 1
    first = f"{broken[0].place}: {field_text(broken[0].reasons[0].found, language)}"
    return f"{first}, {detail_text(Detail.of('journal.and_more', more=more), language)}" if more else first


def _is_open(finding: Finding, grade: Grade) -> bool:
    """Return whether the item is undecided by itself, not because of the whole run, which has its own verdict."""
    return finding.verdict in {Verdict.INTERNAL, Verdict.REVIEW} and grade.run_verdict is not RunVerdict.INTERNAL


def _score(question: str, findings: list[Finding]) -> QuestionScore:
    open_items = any(finding.verdict is Verdict.INTERNAL for finding in findings)
    return QuestionScore(
        question,
        None if open_items else total_points(finding.points for finding in findings),
        total_points(finding.pending for finding in findings),
        total_points(finding.points_possible for finding in findings),
        tuple(findings),
    )
