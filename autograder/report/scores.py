"""A grade seen question by question: the numbers that pages, tables and files all show."""

from __future__ import annotations

import dataclasses

from autograder.records import Finding, Grade, Reason, RunVerdict, Verdict, total_points


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionScore:
    """What one question gave. `points` is None while an item of it is undecided by our own fault.

    `pending` are points that wait for a person; they are not part of `points`.
    """

    question: str
    points: float | None
    pending: float
    points_possible: float
    findings: tuple[Finding, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A flag and where it was raised: at `question.item`, or at the run as a whole where that is empty."""

    place: str
    flag: Reason


def question_scores(grade: Grade) -> tuple[QuestionScore, ...]:
    """Gather the findings of a grade by question, in the order of the rubric."""
    grouped: dict[str, list[Finding]] = {}
    for finding in grade.findings:
        grouped.setdefault(finding.question, []).append(finding)
    return tuple(_score(question, findings) for question, findings in grouped.items())


def raised_flags(grade: Grade) -> tuple[RaisedFlag, ...]:
    """Return all flags of a grade, those of the run first.

    What waits for a person is one as well, and so is an item that a fault of ours left open.
    """
    of_items = (
        RaisedFlag(finding.place, flag)
        for finding in grade.findings
        for flag in (*finding.flags, *(finding.reasons[:1] if _is_open(finding, grade) else ()))
    )
    return (*(RaisedFlag("", flag) for flag in grade.flags), *of_items)


def why_no_grade(grade: Grade) -> str:
    """Say in the instructor's words which fault of ours left a submission without a grade; empty if it has one."""
    if grade.points is not None:
        return ""
    if grade.run_verdict is RunVerdict.INTERNAL:
        return grade.run_detail
    broken = [finding for finding in grade.findings if finding.verdict is Verdict.INTERNAL]
    more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"{broken[0].place}: {broken[0].reasons[0].found}{more}"


def _is_open(finding: Finding, grade: Grade) -> bool:
    """Tell whether the item is undecided, and not the whole run, which its own verdict tells."""
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
