"""A grade seen question by question: the numbers that pages, tables and files all show."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from autograder.records import Finding, Grade, Reason, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionScore:
    """What one question gave. `points` is None while an item of it is undecided by our own fault."""

    question: str
    points: float | None
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
    """Return all flags of a grade, those of the run first."""
    of_items = (RaisedFlag(place(finding), flag) for finding in grade.findings for flag in finding.flags)
    return (*(RaisedFlag("", flag) for flag in grade.flags), *of_items)


def place(finding: Finding) -> str:
    """Name an item within the whole rubric: `q07.recipe_a`."""
    return f"{finding.question}.{finding.item.removeprefix(finding.question + '.')}"


def _score(question: str, findings: list[Finding]) -> QuestionScore:
    open_items = any(finding.verdict is Verdict.INTERNAL for finding in findings)
    return QuestionScore(
        question,
        None if open_items else _sum(finding.points for finding in findings),
        _sum(finding.points_possible for finding in findings),
        tuple(findings),
    )


def _sum(points: Iterable[float]) -> float:
    # As the grade's own total is made: exact, and then free of the last bits that decimal points leave behind.
    return round(math.fsum(points), 6)
