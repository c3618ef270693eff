"""The class at a glance, as rows of plain data: whoever shows them decides how they look."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterable

from autograder.records import Grade, RunVerdict, Verdict
from autograder.report.scores import RaisedFlag, question_scores, raised_flags
from autograder.rubric import codes


@dataclasses.dataclass(frozen=True, slots=True)
class SummaryRow:
    """One student. `points`, and a question's, are None where there is no grade: never a zero.

    `pending` are points that wait for a person; they are not part of `points`.
    """

    student: str
    points: float | None
    points_possible: float
    pending: float
    questions: dict[str, float | None]
    run_verdict: RunVerdict
    flags: tuple[str, ...]
    """Each as `q07.recipe_a: numbers.untrained` or `cell 3: cell.failed`; the code alone if it is of the whole run."""
    cancelled: tuple[str, ...]
    """Each cancelled item as `q07.recipe_a: cancelled.full_points`."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClassSummary:
    """Every row, the questions that occur in any of them, and the class's mean and median where there is one."""

    rows: tuple[SummaryRow, ...]
    questions: tuple[str, ...]
    mean: float | None
    median: float | None


def summarise(grades: Iterable[Grade]) -> ClassSummary:
    """Make one row of each grade, in the order given."""
    rows = tuple(_row(grade) for grade in grades)
    questions = tuple(dict.fromkeys(question for row in rows for question in row.questions))
    points = [row.points for row in rows if row.points is not None]
    return ClassSummary(
        rows,
        questions,
        statistics.fmean(points) if points else None,
        statistics.median(points) if points else None,
    )


def _row(grade: Grade) -> SummaryRow:
    flags = (": ".join(filter(None, [_place(raised), raised.flag.code])) for raised in raised_flags(grade))
    return SummaryRow(
        student=grade.student,
        points=grade.points,
        points_possible=grade.points_possible,
        pending=grade.pending,
        questions={score.question: score.points for score in question_scores(grade)},
        run_verdict=grade.run_verdict,
        flags=tuple(dict.fromkeys(flags)),
        cancelled=tuple(
            f"{finding.place}: {finding.reasons[0].code}"
            for finding in grade.findings
            if finding.verdict is Verdict.CANCELLED and finding.reasons
        ),
    )


def _place(raised: RaisedFlag) -> str:
    return f"cell {raised.flag.subject}" if raised.flag.code == codes.CELL_FAILED else raised.place
