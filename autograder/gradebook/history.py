"""All that happened to one student's grade, in the order in which it did, and who or what did it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Literal

from autograder.gradebook.store import Store
from autograder.records import Grade, Job, Refusal

Kind = Literal["hand-in", "grading", "regrading", "override", "refusal", "withdrawal", "return"]


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. What a kind of event does not have is empty, or None.

    Args:
        number: Events are numbered in the order in which they were kept.
        at: When it was kept: UTC, ISO 8601.
        kind: What happened.
        job_id: Which notebook it is about.
        points: What the notebook was worth by this grade, or the item by this decision; None is no grade.
        points_possible: Of how many.
        rubric_sha256: The rubric of the grade.
        baseline_sha256: The baseline of the grade.
        data: `real` or `practice`, which the notebook had run on.
        detail: Where the notebook lay, how its run ended, which item was decided on and why, what was wrong.
        author: The person who decided; empty where a command did.
    """

    number: int
    at: str
    kind: Kind
    job_id: str = ""
    points: float | None = None
    points_possible: float | None = None
    rubric_sha256: str = ""
    baseline_sha256: str = ""
    data: str = ""
    detail: str = ""
    author: str = ""


def history(store: Store, student: str) -> tuple[Event, ...]:
    """Return everything that was kept of a student, oldest first.

    Raises:
        ConfigurationError: Some row was changed.
        EnvironmentFault: The file cannot be read.
    """
    found = [
        *_hand_ins(store, student),
        *_grades(store, student),
        *_overrides(store, student),
        *_refusals(store, student),
        *_withdrawals(store, student),
    ]
    return tuple(sorted(found, key=lambda event: event.number))


def _hand_ins(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, job_id, late FROM hand_ins JOIN events USING (id) WHERE student = ?"
    for number, at, job_id, late in store.rows(query, student):
        row = store.row("SELECT record FROM jobs WHERE id = ?", job_id)
        source = store.read(Job, row[0]).source if row else ""
        yield Event(number, at, "hand-in", job_id, detail=f"{source}{', late' if late else ''}")


def _grades(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, cause FROM grades JOIN events USING (id) WHERE student = ?"
    for number, at, cause in store.rows(query, student):
        row = store.row("SELECT record FROM grades WHERE id = ?", number)
        if row is not None:
            grade = store.read(Grade, row[0])
            yield Event(
                number,
                at,
                cause,
                grade.job_id,
                grade.points,
                grade.points_possible,
                grade.rubric_sha256,
                grade.baseline_sha256,
                grade.data,
                f"{grade.run_verdict.value}{': ' if grade.run_detail else ''}{grade.run_detail}",
            )


def _overrides(store: Store, student: str) -> Iterator[Event]:
    query = (
        "SELECT overrides.id, saved_at, job_id, question, item, points, reason, author FROM overrides"
        " JOIN events USING (id) WHERE student = ?"
    )
    for number, at, job_id, question, item, points, reason, author in store.rows(query, student):
        yield Event(number, at, "override", job_id, points, detail=f"{question}.{item}: {reason}", author=author)


def _refusals(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, student, source, what, remedy FROM refusals JOIN events USING (id) WHERE student = ?"
    for number, at, *refusal in store.rows(query, student):
        yield Event(number, at, "refusal", detail=str(Refusal(*refusal)))


def _withdrawals(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, withdrawn, reason, author FROM withdrawals JOIN events USING (id) WHERE student = ?"
    for number, at, withdrawn, reason, author in store.rows(query, student):
        yield Event(number, at, "withdrawal" if withdrawn else "return", detail=reason, author=author)
