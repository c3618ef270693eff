"""The events of one student's grade, in order, with their authors and causes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Literal

from autograder.gradebook.store import Store
from autograder.records import Detail, Grade, Job

Kind = Literal[
    "hand-in", "grading", "regrading", "override", "refusal", "withdrawal", "return", "objection", "answer", "undo"
]

_UNDOABLE = frozenset({"override", "objection", "answer"})


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One event. Fields that do not apply to its kind are empty or None.

    Args:
        number: The event's number, in the order of saving.
        at: When it was saved, in UTC, ISO 8601.
        kind: The kind of event.
        job_id: The notebook's job.
        points: The notebook's points by this grade, or the item's by this decision; None means no grade.
        points_possible: The maximum points.
        rubric_sha256: The rubric of the grade.
        baseline_sha256: The baseline of the grade.
        data: `real` or `practice`, which the notebook had run on.
        detail: The notebook's path, how its run ended and, of a regrading, the items that changed; or the decision's
            item and reason.
        author: The person who decided; empty for a command.
        ended: Why the run of the grade ended as it did.
        fault: Why the submission is refused.
        days_late: How late a notebook was handed in.
        bulk: The number of the bulk override that a decision belongs to, or that was undone; 0 if there is none.
        undone: The number of the event that this one takes back; 0 if it does not.
        undoable: Whether it can be taken back by itself.
        place: The item that a decision, an objection or an answer is about: `q07.recipe_a`.
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
    ended: Detail | None = None
    fault: Detail | None = None
    days_late: int = 0
    bulk: int = 0
    undone: int = 0
    undoable: bool = False
    place: str = ""


def history(store: Store, student: str) -> tuple[Event, ...]:
    """Return all events of a student, oldest first.

    Raises:
        ConfigurationError: Some row was changed.
        EnvironmentFault: The file cannot be read.
    """
    found = [
        *_hand_ins(store, student),
        *_grades(store, student),
        *_overrides(store, student),
        *_undone_bulks(store, student),
        *_taken_back(store, student),
        *_refusals(store, student),
        *_withdrawals(store, student),
        *_objections(store, student),
    ]
    gone = {event.undone for event in found}
    return tuple(
        dataclasses.replace(event, undoable=event.kind in _UNDOABLE and not event.bulk and event.number not in gone)
        for event in sorted(found, key=lambda event: event.number)
    )


def _hand_ins(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, job_id, days_late FROM hand_ins JOIN events USING (id) WHERE student = ?"
    for number, at, job_id, days_late in store.rows(query, student):
        row = store.row("SELECT record FROM jobs WHERE id = ?", job_id)
        source = store.read(Job, row[0]).source if row else ""
        yield Event(number, at, "hand-in", job_id, detail=source, days_late=days_late)


def _grades(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, cause FROM grades JOIN events USING (id) WHERE student = ? ORDER BY id"
    last: dict[str, Grade] = {}
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
                "; ".join([grade.run_verdict.value, *changed_items(last.get(grade.job_id), grade)]),
                ended=grade.run_detail,
            )
            last[grade.job_id] = grade


def changed_items(before: Grade | None, after: Grade) -> tuple[str, ...]:
    """Say which items of a notebook another grade found differently: `q02.answer FAIL → CANCELLED`."""
    old = {} if before is None else {finding.place: finding for finding in before.findings}
    return tuple(
        f"{new.place} {one.verdict.value} → {new.verdict.value}"
        for new in after.findings
        if (one := old.get(new.place)) is not None and (one.verdict, one.points) != (new.verdict, new.points)
    )


def _overrides(store: Store, student: str) -> Iterator[Event]:
    query = (
        "SELECT overrides.id, saved_at, job_id, question, item, points, reason, author, bulk_id FROM overrides"
        " JOIN events USING (id) LEFT JOIN bulk_overrides ON override_id = overrides.id WHERE student = ?"
    )
    for number, at, job_id, question, item, points, reason, author, bulk in store.rows(query, student):
        decided = Event(number, at, "override", job_id, points, author=author, bulk=bulk or 0)
        yield _of_item(decided, question, item, reason)


def _undone_bulks(store: Store, student: str) -> Iterator[Event]:
    query = (
        "SELECT undone_bulks.id, saved_at, undone_bulks.bulk_id, undone_bulks.reason, undone_bulks.author"
        " FROM undone_bulks JOIN events USING (id) WHERE bulk_id IN (SELECT bulk_id FROM bulk_overrides"
        " JOIN overrides ON override_id = overrides.id WHERE student = ?)"
    )
    for number, at, bulk, reason, author in store.rows(query, student):
        yield Event(number, at, "undo", detail=reason, author=author, bulk=bulk)


def _taken_back(store: Store, student: str) -> Iterator[Event]:
    answers = "objections JOIN answers ON objection_id = objections.id"
    for kept, tables in (("overrides", "overrides"), ("objections", "objections"), ("answers", answers)):
        query = (
            "SELECT undone.id, saved_at, undone_id, undone.reason, undone.author, question, item"  # noqa: S608 (ours)
            f" FROM {tables} JOIN undone ON undone_id = {kept}.id JOIN events ON events.id = undone.id"
            " WHERE student = ?"
        )
        for number, at, undone, reason, author, question, item in store.rows(query, student):
            yield _of_item(Event(number, at, "undo", author=author, undone=undone), question, item, reason)


def _refusals(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, source, fault FROM refusals JOIN events USING (id) WHERE student = ?"
    for number, at, source, fault in store.rows(query, student):
        yield Event(number, at, "refusal", detail=source, fault=store.read(Detail, fault))


def _withdrawals(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, withdrawn, reason, author FROM withdrawals JOIN events USING (id) WHERE student = ?"
    for number, at, withdrawn, reason, author in store.rows(query, student):
        yield Event(number, at, "withdrawal" if withdrawn else "return", detail=reason, author=author)


def _objections(store: Store, student: str) -> Iterator[Event]:
    query = "SELECT id, saved_at, job_id, question, item, text FROM objections JOIN events USING (id) WHERE student = ?"
    for number, at, job_id, question, item, text in store.rows(query, student):
        yield _of_item(Event(number, at, "objection", job_id), question, item, text)
    query = (
        "SELECT answers.id, saved_at, job_id, question, item, answers.text, author FROM answers"
        " JOIN events ON events.id = answers.id JOIN objections ON objections.id = objection_id WHERE student = ?"
    )
    for number, at, job_id, question, item, text, author in store.rows(query, student):
        yield _of_item(Event(number, at, "answer", job_id, author=author), question, item, text)


def _of_item(event: Event, question: str, item: str, text: str) -> Event:
    place = f"{question}.{item}"
    return dataclasses.replace(event, place=place, detail=f"{place}: {text}")
