"""Keep a class's jobs, runs, evidence and grades, so that a batch can resume and no grade is ever lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.errors import UsageError
from autograder.gradebook.class_identity import ClassIdentity
from autograder.gradebook.database import make_folder
from autograder.gradebook.entries import ClassChange, Examined, HandIn, Objection, Override, Submission, Withdrawal
from autograder.gradebook.given_grades import Grades
from autograder.gradebook.history import Event, history
from autograder.gradebook.hold import Hold
from autograder.gradebook.kept_objections import Objections
from autograder.gradebook.kept_overrides import Overrides
from autograder.gradebook.kept_runs import Runs
from autograder.gradebook.roll import Roll
from autograder.gradebook.store import Store
from autograder.gradebook.taken_back import TakenBack
from autograder.records import Account, Evidence, Grade, Job, Refusal, Roster, Run, to_json

FILE_NAME = "gradebook.sqlite"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Gradebook:
    """The SQLite file of one class; each save is one transaction, durable when the call returns.

    Use it from one thread. Several commands may use one file at once: a writer waits for the other.

    Args:
        path: The file; it and its folder are created if missing.
        alone: Lock its folder, so that no second command executes the same notebooks or writes the same pages.
        busy_seconds: How long to wait for another command's write.
        now: The clock, in UTC.

    Raises:
        ConfigurationError: The file is not a gradebook, has another version, or was changed by another program. Every
            method that reads may raise it for a changed row.
        EnvironmentFault: The file cannot be opened or written to, or another command holds it. Every method may raise
            it.
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
            self._release()
            raise
        self._roll = Roll(self._store)
        self._runs = Runs(self._store)
        self._grades = Grades(self._store)
        self._objections = Objections(self._store)
        self._taken_back = TakenBack(self._store)
        self._overrides = Overrides(self._store)

    @classmethod
    def in_folder(cls, folder: Path, *, must_exist: bool = False, alone: bool = False) -> Self:
        """Open the gradebook of a folder of results, its usual place.

        Raises:
            UsageError: It is missing although `must_exist`. See also `Gradebook`.
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
        """Close the file."""
        self._store.close()
        self._release()

    def _release(self) -> None:
        if self._hold is not None:
            self._hold.let_go()
            self._hold = None

    def identity(self) -> ClassIdentity | None:
        """Return the identity of the class; None if nothing was graded yet."""
        row = self._store.row("SELECT record FROM identities ORDER BY id DESC LIMIT 1")
        return None if row is None else self._store.read(ClassIdentity, row[0])

    def identify(
        self,
        identity: ClassIdentity,
        regraded: Iterable[Grade] = (),
        effect: Callable[[], ClassChange] | None = None,
    ) -> None:
        """Save the new identity of the class, together with every grade that this changes.

        In one transaction, so that all grades always have the same identity.

        Args:
            identity: The new identity.
            regraded: The grades.
            effect: Called after the last grade: what the regrading did to the class, for its history.
        """
        with self._store.writing():
            self._store.write(
                "INSERT INTO identities (id, record) VALUES (?, ?)", self._store.new_event(), to_json(identity)
            )
            for grade in regraded:
                self._grades.put(grade, "regrading")
            if effect is not None:
                self._store.write(
                    "INSERT INTO regradings (id, record) VALUES (?, ?)", self._store.new_event(), to_json(effect())
                )

    def add_job(self, job: Job) -> bool:
        """Save a job as its student's latest submission; return whether it is to be graded.

        A withdrawn student returns by handing in another notebook. A known one stays withdrawn: it may still be in the
        graded folder.
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
        """Save which submissions could not be read; each is valid until its student hands in something else."""
        with self._store.writing():
            self._roll.refuse(refused)

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Take a student out of the class, or back into it; no data are deleted."""
        with self._store.writing():
            self._roll.withdraw(withdrawal)

    def keep_roster(self, roster: Roster) -> None:
        """Keep who is in the course, in place of the list that was given before."""
        with self._store.writing():
            self._roll.keep_roster(roster)

    def add_objection(self, objection: Objection) -> int:
        """Keep a student's objection to an item of a job that is known; return its number."""
        with self._store.writing():
            return self._objections.add(objection)

    def answer_objection(self, number: int, text: str, author: str) -> Objection:
        """Keep what was answered to an objection.

        Raises:
            UsageError: There is no such objection, or it was answered or withdrawn before.
        """
        with self._store.writing():
            return self._objections.answer(number, text, author)

    def override(self, override: Override) -> None:
        """Save a person's decision on a known job; earlier ones are kept."""
        with self._store.writing():
            self._overrides.add(override)

    def override_in_bulk(self, overrides: Sequence[Override]) -> int:
        """Save decisions that can be undone together, in one transaction; return the number of the bulk."""
        with self._store.writing():
            return self._overrides.add_bulk(overrides)

    def undo_bulk(self, bulk: int, reason: str, author: str) -> tuple[str, ...]:
        """Take back all decisions of a bulk, and return whose they were.

        Raises:
            UsageError: There is no such bulk, or it was undone before.
        """
        with self._store.writing():
            return self._overrides.undo_bulk(bulk, reason, author)

    def take_back(self, number: int, reason: str, author: str) -> tuple[str, str]:
        """Take back the decision, objection or answer of one event, and return its student and its item.

        Raises:
            UsageError: The event is none of these, or was taken back before.
        """
        with self._store.writing():
            return self._taken_back.take_back(number, reason, author)

    def save_run(self, run: Run, evidence: Evidence, run_key: str, data: str) -> None:
        """Save a run and its evidence.

        Args:
            run: The sandbox's report.
            evidence: The examined evidence.
            run_key: Identifies everything that decides the run's result: it is not repeated under an equal key.
            data: `real` or `practice`, which decides the baseline for the evidence.
        """
        with self._store.writing():
            self._runs.add(run, evidence, run_key, data)

    def save_grade(self, grade: Grade) -> bool:
        """Save a grade as its notebook's current one, and return whether the notebook is its student's latest.

        Earlier grades are kept. A grade equal to the current one is not added. A run that failed because of the grader
        does not replace a valid grade.
        """
        with self._store.writing():
            return self._grades.put(grade, "grading") and self._grades.last_graded(grade.student) == grade.job_id

    def evidence_for(self, job_id: str, run_key: str) -> Evidence | None:
        """Return the evidence of an equal run, None if there is none; a failure of the grader never counts."""
        return self._runs.evidence_for(job_id, run_key)

    def evidence_of(self, job_id: str) -> Examined:
        """Return the latest evidence of an executed notebook, preferably not from a failure of the grader.

        One at a time, since the evidence of a whole class may not fit into memory.

        Raises:
            ConfigurationError: There is none, so the file was changed. See also `Gradebook`.
        """
        return self._runs.evidence_of(job_id)

    def job(self, job_id: str) -> Job:
        """Return a notebook as it was handed in.

        Raises:
            ConfigurationError: There is none of this name, which no version of ours asks for. And see `Gradebook`.
        """
        row = self._store.row("SELECT record FROM jobs WHERE id = ?", job_id)
        if row is None:
            raise self._store.invalid("a grade of a notebook that is not there")
        return self._store.read(Job, row[0])

    def last_run(self, job_id: str) -> Run | None:
        """Return the latest saved run of a job, whatever its verdict."""
        return self._runs.last(job_id)

    def failed_jobs(self) -> frozenset[str]:
        """Return the jobs whose runs all failed because of the grader."""
        return self._runs.failed_jobs()

    def was_used(self) -> bool:
        """Return whether any notebook was ever executed for this class."""
        return self._runs.were_made()

    def students(self) -> tuple[str, ...]:
        """Return all students with a submission, including withdrawn ones, sorted by name."""
        return self._roll.everybody()

    def accounts(self) -> dict[str, Account]:
        """Return by what the learning platform knows each student who ever handed something in."""
        return self._roll.accounts()

    def roster(self) -> Roster | None:
        """Return who is in the course; None if no list was given."""
        return self._roll.roster()

    def objections(self) -> tuple[Objection, ...]:
        """Return what students object to, oldest first, with what they were answered."""
        return self._objections.all()

    def withdrawn(self) -> dict[str, Withdrawal]:
        """Return the withdrawals by student, with reason and author."""
        return self._roll.withdrawn()

    def graded_students(self) -> tuple[str, ...]:
        """Return the students of the class with a graded notebook, sorted by name."""
        away = self._roll.withdrawn()
        return tuple(student for student in self._grades.students() if student not in away)

    def executed(self, student: str) -> tuple[HandIn, ...]:
        """Return a student's executed notebooks, in the order of their latest submission."""
        return self._grades.executed(student)

    def submissions(self, student: str) -> tuple[Submission, ...]:
        """Return a student's graded notebooks, in the order of their latest submission."""
        return self._grades.submissions(student)

    def current_grades(self) -> Iterator[Grade]:
        """Yield the grade of each student's latest graded notebook, sorted by student name."""
        for student in self.graded_students():
            yield self.submissions(student)[-1].grade

    def grade_history(self, student: str) -> Iterator[Grade]:
        """Yield every grade that a student was ever given, oldest first."""
        return self._grades.history_of(student)

    def history(self, student: str) -> tuple[Event, ...]:
        """Return the events of a student's grade, oldest first."""
        return history(self._store, student)

    def last_event(self) -> int:
        """Return the number of the latest change of any kind; 0 if nothing was saved yet."""
        row = self._store.row("SELECT coalesce(max(id), 0) FROM events")
        return 0 if row is None else int(row[0])

    def class_changes(self) -> tuple[tuple[str, ClassChange], ...]:
        """Return what each regrading did to the class, oldest first, with the time in UTC, ISO 8601."""
        rows = self._store.rows("SELECT saved_at, record FROM regradings JOIN events USING (id) ORDER BY id")
        return tuple((at, self._store.read(ClassChange, record)) for at, record in rows)

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the current refusals, whose students have handed in nothing readable since."""
        return self._roll.refusals()

    def overrides(self) -> dict[str, list[Override]]:
        """Return every decision on items that was not undone by student, oldest first."""
        return self._overrides.all()
