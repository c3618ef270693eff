"""Keep a class's jobs, runs, evidence and grades, so that a batch can resume and no grade is ever lost."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import pydantic

from autograder.errors import ConfigurationError, UsageError
from autograder.gradebook.database import make_folder, open_database, transaction, translated_faults
from autograder.gradebook.hold import Hold
from autograder.records import Evidence, Grade, Job, Refusal, Run, RunVerdict, from_json, to_json

FILE_NAME = "gradebook.sqlite"

Record = TypeVar("Record")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Examined:
    """Evidence as it was kept, with the kind of data that its run saw (`real` or `practice`) and its run's key."""

    evidence: Evidence
    data: str
    run_key: str


@dataclasses.dataclass(frozen=True, slots=True)
class Override:
    """Points that a person gave to an item of one notebook in place of what its check had given."""

    job_id: str
    student: str
    question: str
    item: str
    points: float
    reason: str
    author: str


class Gradebook:
    """The SQLite file of one class; each save is one transaction, on the disk when the call returns.

    Use it from one thread. Several commands may use one file at once: a writer waits for the other.

    Args:
        path: The file; it and its folder are made where they are missing.
        alone: Hold its folder, so that no second command executes the same notebooks or writes the same pages.
        busy_seconds: How long to wait for another command's write.
        now: The clock, in UTC.

    Raises:
        ConfigurationError: The file is no gradebook, or one of another version.
        EnvironmentFault: The file cannot be opened or written to; so may every method. Or another command holds it.
    """

    def __init__(
        self,
        path: Path,
        *,
        alone: bool = False,
        busy_seconds: float = 30.0,
        now: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._path = path
        self._now = now
        make_folder(path.parent)
        self._hold = Hold(path.parent) if alone else None
        try:
            self._connection = open_database(path, busy_seconds)
        except BaseException:
            self._let_go()
            raise

    @classmethod
    def in_folder(cls, folder: Path, *, must_exist: bool = False, alone: bool = False) -> Self:
        """Open the gradebook of a folder of results, its usual place.

        Raises:
            UsageError: `must_exist`, and there is none yet. And see `Gradebook`.
        """
        path = folder / FILE_NAME
        if must_exist and not path.is_file():
            raise UsageError("there is no gradebook", str(path), "grade the class first: autograder grade PATH…")
        return cls(path, alone=alone)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._hold is not None:
            self._hold.let_go()
            self._hold = None

    def add_job(self, job: Job) -> None:
        """Keep a job; the one added last, even if it was known before, is what its student handed in."""
        with self._writing() as saved_at:
            self._connection.execute(
                "INSERT INTO jobs (id, student, notebook_sha256, turn, record, saved_at)"
                " VALUES (?, ?, ?, (SELECT coalesce(max(turn), 0) + 1 FROM jobs), ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET turn = excluded.turn, record = excluded.record",
                (job.id, _text(job.student), job.notebook_sha256, to_json(job), saved_at),
            )
            self._connection.execute("UPDATE refusals SET open = 0 WHERE student = ?", (_text(job.student),))

    def save_run(self, run: Run, evidence: Evidence, run_key: str, data: str) -> None:
        """Keep a run and the evidence that came of it.

        Args:
            run: What the sandbox said.
            evidence: What was found to be sound in it.
            run_key: Names all that decides what the run gives: under an equal key it need not happen again.
            data: `real` or `practice`, which decides the baseline that the evidence may be held against.
        """
        with self._writing() as saved_at:
            cursor = self._connection.execute(
                "INSERT INTO runs (job_id, run_key, data, verdict, record, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
                (run.job_id, run_key, data, run.verdict.value, to_json(run), saved_at),
            )
            self._connection.execute("INSERT INTO evidence VALUES (?, ?)", (cursor.lastrowid, to_json(evidence)))

    def save_grade(self, grade: Grade) -> bool:
        """Keep a grade, make it the student's current one, and tell whether it is.

        The earlier ones stay. A grade equal to the current one adds nothing. A grade of an earlier submission never
        displaces that of a later one, and a run that failed by our own fault takes no points away from the submission
        that had them.
        """
        record = to_json(grade)
        student = _text(grade.student)
        with self._writing() as saved_at:
            current = self._connection.execute(
                "SELECT grades.id, grades.record, jobs.turn > (SELECT turn FROM jobs WHERE id = ?),"
                " grades.job_id = ? AND grades.points IS NOT NULL"
                " FROM grades JOIN jobs ON jobs.id = grades.job_id WHERE grades.student = ? AND current = 1",
                (grade.job_id, grade.job_id, student),
            ).fetchone()
            if current is not None and current[1] == record:
                return True
            failed = grade.run_verdict is RunVerdict.INTERNAL
            counts = current is None or not (current[2] or (current[3] and failed))
            if current is not None and counts:
                self._connection.execute("UPDATE grades SET current = 0 WHERE id = ?", (current[0],))
            self._connection.execute(
                "INSERT INTO grades (job_id, student, points, points_possible, current, record, saved_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (grade.job_id, student, grade.points, grade.points_possible, int(counts), record, saved_at),
            )
        return counts

    def refuse(self, refused: Sequence[Refusal]) -> None:
        """Keep which submissions could not be read; each stands until its student hands in something else."""
        with self._writing() as saved_at:
            for student in {_text(refusal.student) for refusal in refused}:
                self._connection.execute("UPDATE refusals SET open = 0 WHERE student = ?", (student,))
            for refusal in refused:
                self._connection.execute(
                    "INSERT INTO refusals VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (student, source, what)"
                    " DO UPDATE SET remedy = excluded.remedy, open = 1, saved_at = excluded.saved_at",
                    (*map(_text, (refusal.student, refusal.source, refusal.what, refusal.remedy)), saved_at),
                )

    def override(self, override: Override) -> None:
        """Keep a person's decision on a job that is known; the earlier ones stay."""
        values = [_text(value) if isinstance(value, str) else value for value in dataclasses.astuple(override)]
        with self._writing() as saved_at:
            self._connection.execute(
                "INSERT INTO overrides (job_id, student, question, item, points, reason, author, saved_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, saved_at),
            )

    def evidence_for(self, job_id: str, run_key: str) -> Evidence | None:
        """Return what an equal run gave, or None if none is kept. A run that failed by our own fault never counts."""
        row = self._row(
            "SELECT evidence.record FROM runs JOIN evidence ON evidence.run_id = runs.id"
            " WHERE job_id = ? AND run_key = ? AND verdict <> ? ORDER BY runs.id DESC LIMIT 1",
            job_id,
            run_key,
            RunVerdict.INTERNAL.value,
        )
        return None if row is None else self._read(Evidence, row[0])

    def last_run(self, job_id: str) -> Run | None:
        """Return the run of a job that was kept last, whatever came of it."""
        row = self._row("SELECT record FROM runs WHERE job_id = ? ORDER BY id DESC LIMIT 1", job_id)
        return None if row is None else self._read(Run, row[0])

    def all_evidence(self) -> Iterator[Examined]:
        """Yield what is to be graded again: for each student the last evidence of the last submission that ran.

        Evidence of a run that failed by our own fault stands in only where the submission has no other.
        """
        numbers = self._column(
            "SELECT id FROM (SELECT runs.id, jobs.student, row_number() OVER (PARTITION BY jobs.student"
            " ORDER BY jobs.turn DESC, runs.verdict = ?, runs.id DESC) AS place"
            " FROM runs JOIN jobs ON jobs.id = runs.job_id) WHERE place = 1 ORDER BY student",
            RunVerdict.INTERNAL.value,
        )
        for number in numbers:
            row = self._row(
                "SELECT evidence.record, data, run_key FROM runs JOIN evidence ON evidence.run_id = runs.id"
                " WHERE runs.id = ?",
                number,
            )
            if row is not None:
                yield Examined(self._read(Evidence, row[0]), row[1], row[2])

    def current_grades(self) -> Iterator[Grade]:
        """Yield each student's current grade, in the order of the students' names."""
        yield from self._grades("SELECT id FROM grades WHERE current = 1 ORDER BY student")

    def grade_history(self, student: str) -> Iterator[Grade]:
        """Yield every grade that a student was ever given, oldest first."""
        yield from self._grades("SELECT id FROM grades WHERE student = ? ORDER BY id", _text(student))

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the refusals that stand: their students have handed in nothing readable since."""
        rows = self._rows("SELECT student, source, what, remedy FROM refusals WHERE open = 1 ORDER BY student, source")
        return tuple(Refusal(*row) for row in rows)

    def overrides(self) -> tuple[Override, ...]:
        """Return every decision that a person made, oldest first."""
        rows = self._rows("SELECT job_id, student, question, item, points, reason, author FROM overrides ORDER BY id")
        return tuple(Override(*row) for row in rows)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[str]:
        with translated_faults(self._path), transaction(self._connection):
            yield self._now().isoformat(timespec="seconds")

    def _grades(self, query: str, *values: object) -> Iterator[Grade]:
        for number in self._column(query, *values):
            row = self._row("SELECT record FROM grades WHERE id = ?", number)
            if row is not None:
                yield self._read(Grade, row[0])

    # Queries are read to their end before anything is yielded: the caller may save while it walks, and SQLite does
    # not say which rows an open query sees then.
    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with translated_faults(self._path):
            return self._connection.execute(query, values).fetchall()

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        rows = self._rows(query, *values)
        return rows[0] if rows else None

    def _column(self, query: str, *values: object) -> list[Any]:
        return [row[0] for row in self._rows(query, *values)]

    def _read(self, kind: type[Record], text: str) -> Record:
        try:
            return from_json(kind, text)
        except pydantic.ValidationError as error:
            raise ConfigurationError(
                f"the gradebook holds a record that is no {kind.__name__} of this version",
                str(self._path),
                "use the version that wrote it, or grade into a new gradebook",
            ) from error


def _text(name: str) -> str:
    """Say a name as `records.to_json` does: a file name that is not UTF-8 has no other form in the database."""
    return name.encode("utf-8", "replace").decode()
