"""Keep a class's jobs, runs, evidence and grades, so that a batch can resume and no grade is ever lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.errors import UsageError
from autograder.gradebook.database import make_folder
from autograder.gradebook.entries import Examined, HandIn, Override, Submission, Withdrawal
from autograder.gradebook.grades import Grades
from autograder.gradebook.history import Event, history
from autograder.gradebook.hold import Hold
from autograder.gradebook.identity import DATA_KINDS, ClassIdentity
from autograder.gradebook.roll import Roll
from autograder.gradebook.store import Store
from autograder.records import Evidence, Grade, Job, Refusal, Run, RunVerdict, to_json

FILE_NAME = "gradebook.sqlite"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Gradebook:
    """The SQLite file of one class; each save is one transaction, on the disk when the call returns.

    Use it from one thread. Several commands may use one file at once: a writer waits for the other.

    Args:
        path: The file; it and its folder are made where they are missing.
        alone: Hold its folder, so that no second command executes the same notebooks or writes the same pages.
        busy_seconds: How long to wait for another command's write.
        now: The clock, in UTC.

    Raises:
        ConfigurationError: The file is no gradebook, one of another version, or one that somebody changed. Every method
            that reads may find a row that was changed.
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
        make_folder(path.parent)
        self._hold = Hold(path.parent) if alone else None
        try:
            self._store = Store(path, busy_seconds, now)
        except BaseException:
            self._let_go()
            raise
        self._roll = Roll(self._store)
        self._grades = Grades(self._store)

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
        self._store.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._hold is not None:
            self._hold.let_go()
            self._hold = None

    def identity(self) -> ClassIdentity | None:
        """Return under what the class is graded; None if nothing was graded yet."""
        row = self._store.row("SELECT record FROM identities ORDER BY id DESC LIMIT 1")
        return None if row is None else self._store.read(ClassIdentity, row[0])

    def identify(self, identity: ClassIdentity, regraded: Iterable[Grade] = ()) -> None:
        """Keep under what the class is graded from now on, together with every grade that this changes.

        All of it or nothing: whenever the command is stopped, the class is under one identity.
        """
        with self._store.writing():
            self._store.write(
                "INSERT INTO identities (id, record) VALUES (?, ?)", self._store.new_event(), to_json(identity)
            )
            for grade in regraded:
                self._grades.put(grade, "regrading")

    def add_job(self, job: Job) -> bool:
        """Keep a job as what its student handed in last; tell whether it is to be graded.

        A withdrawn student comes back by handing in another notebook. The one that was known stays withdrawn with
        them: it may still lie in the folder that is graded.
        """
        with self._store.writing():
            known = self._store.row("SELECT 1 FROM jobs WHERE id = ?", job.id) is not None
            if not self._roll.takes(job.student, known=known):
                return False
            self._store.write(
                "INSERT INTO jobs (id, student, notebook_sha256, record) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET record = excluded.record",
                job.id,
                job.student,
                job.notebook_sha256,
                to_json(job),
            )
            self._roll.hand_in(job)
        return True

    def refuse(self, refused: Sequence[Refusal]) -> None:
        """Keep which submissions could not be read; each stands until its student hands in something else."""
        with self._store.writing():
            self._roll.refuse(refused)

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Take a student out of the class, or back into it; nothing of theirs is deleted."""
        with self._store.writing():
            self._roll.withdraw(withdrawal)

    def override(self, override: Override) -> None:
        """Keep a person's decision on a job that is known; the earlier ones stay."""
        with self._store.writing():
            self._store.write(
                "INSERT INTO overrides (id, job_id, student, question, item, points, reason, author)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                self._store.new_event(),
                *dataclasses.astuple(override),
            )

    def save_run(self, run: Run, evidence: Evidence, run_key: str, data: str) -> None:
        """Keep a run and the evidence that came of it.

        Args:
            run: What the sandbox said.
            evidence: What was found to be sound in it.
            run_key: Names all that decides what the run gives: under an equal key it need not happen again.
            data: `real` or `practice`, which decides the baseline that the evidence may be held against.
        """
        with self._store.writing():
            number = self._store.write(
                "INSERT INTO runs (job_id, run_key, data, verdict, record, saved_at) VALUES (?, ?, ?, ?, ?, ?)",
                *(run.job_id, run_key, data, run.verdict.value, to_json(run), self._store.now()),
            )
            self._store.write("INSERT INTO evidence VALUES (?, ?)", number, to_json(evidence))

    def save_grade(self, grade: Grade) -> bool:
        """Keep a grade, make it the one that counts for its notebook, and tell whether it is its student's last.

        The earlier ones stay. A grade equal to the one that counts adds nothing. A run that failed by our own fault
        takes no points away from the notebook that had them.
        """
        with self._store.writing():
            return self._grades.put(grade, "grading") and self._grades.last_graded(grade.student) == grade.job_id

    def evidence_for(self, job_id: str, run_key: str) -> Evidence | None:
        """Return what an equal run gave, or None if none is kept. A run that failed by our own fault never counts."""
        row = self._store.row(
            "SELECT evidence.record FROM runs JOIN evidence ON evidence.run_id = runs.id"
            " WHERE job_id = ? AND run_key = ? AND verdict <> ? ORDER BY runs.id DESC LIMIT 1",
            *(job_id, run_key, RunVerdict.INTERNAL.value),
        )
        return None if row is None else self._evidence(row[0], job_id)

    def evidence_of(self, job_id: str) -> Examined:
        """Return the last evidence of a notebook that was executed; a run that failed by our fault only if all did.

        One at a time: the evidence of a whole class may not fit the memory.

        Raises:
            ConfigurationError: There is none, which no version of ours leaves so. And see `Gradebook`.
        """
        row = self._store.row(
            "SELECT evidence.record, data, run_key FROM runs JOIN evidence ON evidence.run_id = runs.id"
            " WHERE job_id = ? ORDER BY runs.verdict = ?, runs.id DESC LIMIT 1",
            *(job_id, RunVerdict.INTERNAL.value),
        )
        if row is None:
            raise self._store.nonsense("a notebook without evidence")
        self._store.check(sound=row[1] in DATA_KINDS, what="a run on data of an unknown kind")
        return Examined(self._evidence(row[0], job_id), row[1], row[2])

    def last_run(self, job_id: str) -> Run | None:
        """Return the run of a job that was kept last, whatever came of it."""
        row = self._store.row("SELECT record FROM runs WHERE job_id = ? ORDER BY id DESC LIMIT 1", job_id)
        return None if row is None else self._store.read(Run, row[0])

    def failed_jobs(self) -> frozenset[str]:
        """Return the jobs of which every run failed by our own fault."""
        query = "SELECT job_id FROM runs GROUP BY job_id HAVING min(verdict = ?)"
        return frozenset(self._store.column(query, RunVerdict.INTERNAL.value))

    def was_used(self) -> bool:
        """Tell whether any notebook was ever executed for this class."""
        return self._store.row("SELECT 1 FROM runs LIMIT 1") is not None

    def students(self) -> tuple[str, ...]:
        """Return everybody who ever handed something in, in the order of names; the withdrawn ones as well."""
        return self._roll.everybody()

    def withdrawn(self) -> dict[str, Withdrawal]:
        """Return who is withdrawn, by name, with why and by whom."""
        return self._roll.withdrawn()

    def graded_students(self) -> tuple[str, ...]:
        """Return everybody in the class who has a notebook that was graded, in the order of names."""
        away = self._roll.withdrawn()
        return tuple(student for student in self._grades.students() if student not in away)

    def executed(self, student: str) -> tuple[HandIn, ...]:
        """Return the notebooks of a student that were executed, in the order in which they were handed in last."""
        return self._grades.executed(student)

    def submissions(self, student: str) -> tuple[Submission, ...]:
        """Return a student's graded notebooks, in the order in which they were handed in last."""
        return self._grades.submissions(student)

    def current_grades(self) -> Iterator[Grade]:
        """Yield the grade of each student's last graded notebook, in the order of the students' names."""
        for student in self.graded_students():
            yield self.submissions(student)[-1].grade

    def grade_history(self, student: str) -> Iterator[Grade]:
        """Yield every grade that a student was ever given, oldest first."""
        return self._grades.history_of(student)

    def history(self, student: str) -> tuple[Event, ...]:
        """Return all that happened to a student's grade, oldest first."""
        return history(self._store, student)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the refusals that stand: their students have handed in nothing readable since."""
        return self._roll.refusals()

    def overrides(self) -> dict[str, list[Override]]:
        """Return every decision that a person made on items, by student, oldest first."""
        rows = self._store.rows(
            "SELECT job_id, student, question, item, points, reason, author FROM overrides ORDER BY id"
        )
        found: dict[str, list[Override]] = {}
        for row in rows:
            one = Override(*row)
            self._store.check(sound=0 <= one.points < float("inf"), what="points given by hand that are no points")
            found.setdefault(one.student, []).append(one)
        return found

    def _evidence(self, text: str, job_id: str) -> Evidence:
        evidence = self._store.read(Evidence, text)
        self._store.check(sound=evidence.job_id == job_id, what="evidence that is of another notebook than its run")
        return evidence
