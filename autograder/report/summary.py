"""The class at a glance, as rows of plain data: whoever shows them decides how they look."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterable

from autograder.records import Grade, RunVerdict
from autograder.report.scores import question_scores, raised_flags


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
    """Each as `q07.recipe_a: numbers.untrained`, or the code alone where it concerns the whole run."""


@dataclasses.dataclass(frozen=True, slots=True)
class Summary:
    """Every row, the questions that occur in any of them, and the class's mean and median where there is one."""

    rows: tuple[SummaryRow, ...]
    questions: tuple[str, ...]
    mean: float | None
    median: float | None


def summarise(grades: Iterable[Grade]) -> Summary:
    """Make one row of each grade, in the order given."""
    rows = tuple(_row(grade) for grade in grades)
    questions = tuple(sorted({question for row in rows for question in row.questions}))
    points = [row.points for row in rows if row.points is not None]
    return Summary(
        rows,
        questions,
        statistics.fmean(points) if points else None,
        statistics.median(points) if points else None,
    )


def _row(grade: Grade) -> SummaryRow:
    flags = (
        f"{raised.place}: {raised.flag.code}" if raised.place else raised.flag.code for raised in raised_flags(grade)
    )
    return SummaryRow(
        student=grade.student,
        points=grade.points,
        points_possible=grade.points_possible,
        pending=grade.pending,
        questions={score.question: score.points for score in question_scores(grade)},
        run_verdict=grade.run_verdict,
        flags=tuple(dict.fromkeys(flags)),
    )
