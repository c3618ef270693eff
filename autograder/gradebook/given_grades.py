"""Every grade ever given, the current one of each notebook, and each student's latest notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from autograder.gradebook.entries import HandIn, Submission
from autograder.gradebook.store import Store
from autograder.records import Grade, RunVerdict, collation_key, to_json

Cause = Literal["grading", "regrading"]


class Grades:
    """The grades of a gradebook; methods that write must be called within a transaction of its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, grade: Grade, cause: Cause) -> bool:
        """Save a grade; return whether it is now the current one of its notebook."""
        record = to_json(grade)
        current = self._store.row(
            "SELECT id, record, points IS NOT NULL FROM grades WHERE job_id = ? AND current = 1", grade.job_id
        )
        if current is not None and current[1] == record:
            return True
        counts = current is None or not (current[2] and grade.run_verdict is RunVerdict.INTERNAL)
        if current is not None and counts:
            self._store.write("UPDATE grades SET current = 0 WHERE id = ?", current[0])
        self._store.write(
            "INSERT INTO grades (id, job_id, student, points, points_possible, cause, current, record)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(self._store.new_event(), grade.job_id, grade.student, grade.points, grade.points_possible, cause),
            *(int(counts), record),
        )
        return counts

    def last_graded(self, student: str) -> str:
        """Return a student's latest graded notebook; empty if there is none."""
        row = self._store.row(
            "SELECT job_id FROM hand_ins JOIN grades USING (job_id) WHERE hand_ins.student = ? AND current = 1"
            " ORDER BY hand_ins.id DESC LIMIT 1",
            student,
        )
        return "" if row is None else str(row[0])

    def students(self) -> tuple[str, ...]:
        """Return all students with a graded notebook, including withdrawn ones, sorted by name."""
        names = set(self._store.column("SELECT DISTINCT student FROM grades"))
        return tuple(sorted(map(self._store.check_name, names), key=collation_key))

    def executed(self, student: str) -> tuple[HandIn, ...]:
        """Return a student's executed notebooks, in the order of their latest submission."""
        rows = self._store.rows(
            "SELECT job_id, days_late, max(id) FROM hand_ins WHERE student = ? AND EXISTS (SELECT 1 FROM runs"
            " WHERE runs.job_id = hand_ins.job_id) GROUP BY job_id ORDER BY max(id)",
            student,
        )
        return tuple(HandIn(row[0], row[1]) for row in rows)

    def submissions(self, student: str) -> tuple[Submission, ...]:
        """Return a student's graded notebooks, in the order of their latest submission."""
        rows = self._store.rows(
            "SELECT record, job_id, student, points, days_late, max(hand_ins.id) FROM hand_ins"
            " JOIN grades USING (job_id, student) WHERE student = ? AND current = 1"
            " GROUP BY job_id ORDER BY max(hand_ins.id)",
            student,
        )
        return tuple(Submission(self._grade(row), row[4]) for row in rows)

    def history_of(self, student: str) -> Iterator[Grade]:
        """Yield every grade that a student was ever given, oldest first."""
        numbers = self._store.column("SELECT id FROM grades WHERE student = ? ORDER BY id", student)
        for number in numbers:
            row = self._store.row("SELECT record, job_id, student, points FROM grades WHERE id = ?", number)
            if row is not None:
                yield self._grade(row)

    def _grade(self, row: tuple[Any, ...]) -> Grade:
        """Parse a grade, and check that record and columns agree, since one may have been changed by hand."""
        record, job_id, student, points = row[:4]
        grade = self._store.read(Grade, record)
        agree = (grade.job_id, grade.student, grade.points) == (job_id, student, points)
        self._store.check(sound=agree, what="a grade whose record and columns differ")
        return grade
