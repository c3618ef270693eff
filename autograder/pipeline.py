"""The order of the stages: collect, execute, examine, grade, save. No other module knows it.

    notebooks ─► Job ─► sandbox ─► Run ─► Evidence ─► Grade ─► gradebook ─► results
                          ▲ orders

Executing is slow and dangerous, grading is fast and pure. Between them is the evidence, which the gradebook stores: an
interrupted grading resumes, and a corrected rubric regrades a class without executing anything.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder import __version__
from autograder.assignment import Assignment
from autograder.collect import Collection, Export, collect
from autograder.datasets import DataHome
from autograder.engine import default_workers, execute, failed_by_us
from autograder.evidence import examine
from autograder.gradebook import ClassIdentity, Gradebook, Withdrawal
from autograder.grading import grade
from autograder.installed import installed_versions
from autograder.orders import Desk, OrderStore
from autograder.records import Evidence, Grade, Job, Reason, Run, TrainingMode, folded
from autograder.reference import Baseline
from autograder.remote import NeededData, Unit, conditions_here
from autograder.report import in_english
from autograder.rubric import RunSpec
from autograder.sandbox import Executor, memory_of_machine, open_sandbox, own_folders, thread_limit
from autograder.standing import listed_days_late, standing_grade, with_listed_days

Observe = Callable[[str, int, int], None]
"""Called with a job's id, the number of cells that have ended, and the number of all cells; from any thread."""


@dataclasses.dataclass(frozen=True, slots=True)
class Graded:
    """The result of one submission.

    `reused` means that stored evidence was graded and nothing executed, `counts` that this is now its notebook's grade.
    `notes` are flags of the submission: late, or worth less than an earlier one.
    """

    grade: Grade
    reused: bool
    counts: bool
    notes: tuple[Reason, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Missing:
    """A student in the gradebook who is not among the given submissions, except perhaps under another spelling."""

    student: str
    perhaps: str


@dataclasses.dataclass(frozen=True, slots=True)
class Intake:
    """The jobs to grade, and the students who need a message.

    `back` are students who were withdrawn and handed in another notebook, `withdrawn` those who handed in only what was
    withdrawn.
    """

    jobs: tuple[Job, ...]
    missing: tuple[Missing, ...]
    back: tuple[str, ...]
    withdrawn: tuple[Withdrawal, ...]


def _one_machine() -> int:
    return 1


@dataclasses.dataclass(frozen=True, slots=True)
class GradingSession:
    """Everything needed to grade a class, opened once: rubric, baseline, sandbox, data.

    `desk` answers orders here; None if notebooks are executed elsewhere. `machines` is how many execute them now.
    """

    assignment: Assignment
    data: DataHome
    baseline: Baseline
    sandbox: Executor
    desk: Desk | None
    mode: TrainingMode = "replay"
    machines: Callable[[], int] = _one_machine

    @property
    def orders_in_flight(self) -> int:
        """The number of orders that are trained here now."""
        return 0 if self.desk is None else self.desk.in_flight

    @property
    def run_key(self) -> str:
        """The key of an execution's conditions: with an equal key, stored evidence can be reused."""
        versions = (f"{name} {version}" for name, version in installed_versions().items())
        parts = (self.assignment.specification.run_spec.digest, self.data.kind, self.mode, __version__, *versions)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def identity(self) -> ClassIdentity:
        """The identity of a class graded in this session."""
        return self.assignment.identity(self.data.kind, self.baseline)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Trainers and what notebooks are forked from stay warm until the last order.
        if self.desk is not None:
            self.desk.close()
        self.sandbox.close()

    def judge(self, evidence: Evidence) -> Grade:
        """Grade one piece of evidence."""
        return grade(evidence, self.assignment.specification.key_spec, self.baseline)


def open_session(
    assignment: Assignment,
    data: DataHome,
    sandbox: str,
    mode: TrainingMode = "replay",
    secrets: Sequence[Path] = (),
    trainings: Path | None = None,
    workers: int = 0,
    *,
    search: bool = True,
    warm: bool = False,
) -> GradingSession:
    """Open what a grading needs, and fail before any notebook runs if something is missing.

    Args:
        assignment: The assignment.
        data: The data sets for the notebooks.
        sandbox: See `open_sandbox`.
        mode: How to answer orders.
        secrets: Files that no notebook may read, besides the assignment's folders and this package's own.
        trainings: The folder for answers to these notebooks' orders; None stores none.
        workers: The number of orders trained at once; 0 means `default_workers`.
        search: See `open_sandbox`.
        warm: See `open_sandbox`.

    Raises:
        ConfigurationError: The baseline is missing or was edited, or the justifications are wrong.
        EnvironmentFault: The sandbox does not work on this machine.
    """
    baseline = assignment.baseline(data.kind)
    assignment.justifications()
    run_spec = assignment.specification.run_spec
    own = None if trainings is None else OrderStore(trainings)
    desk = Desk(run_spec.limits, assignment.known_trainings(data.kind), own, workers or default_workers())
    secrets = (*assignment.secrets, *own_folders(), *secrets)
    threads = thread_limit()
    box = open_sandbox(sandbox, run_spec, data.path, desk, threads=threads, secrets=secrets, search=search, warm=warm)
    desk.engage(box.start_trainer)
    return GradingSession(assignment, data, baseline, box, desk, mode)


def open_elsewhere(
    assignment: Assignment,
    data: DataHome,
    executor: Executor,
    mode: TrainingMode = "replay",
    machines: Callable[[], int] = _one_machine,
) -> GradingSession:
    """Open a grading whose notebooks are executed elsewhere; key and baseline stay here.

    Raises:
        ConfigurationError: See `open_session`.
    """
    assignment.justifications()
    return GradingSession(assignment, data, assignment.baseline(data.kind), executor, None, mode, machines)


def fitting_workers(assignment: Assignment, data: DataHome) -> int:
    """Return how many notebooks this machine can run at once, by its processors, its memory and what is known.

    Each may take as much memory as the rubric allows.
    """
    known = any(assignment.known_trainings(data.kind).files())
    needed_bytes = assignment.specification.run_spec.limits.memory_mebibytes * 2**20
    return max(1, min(default_workers(known=known), memory_of_machine() // needed_bytes))


def units_of(assignment: Assignment, data: DataHome, mode: TrainingMode) -> Callable[[Job], Unit]:
    """Return a function that makes of a job what may leave this machine."""
    needed = NeededData(data.kind, dict(assignment.data))
    conditions = conditions_here(data.path, assignment.data)
    run_spec = assignment.specification.run_spec
    return lambda job: Unit.of(dataclasses.replace(job, mode=mode), run_spec, needed, conditions)


def take_in(collection: Collection, book: Gradebook) -> Intake:
    """Save submissions and refusals in the gradebook, and compare them with the students in it."""
    away = book.withdrawn()
    before = [student for student in book.students() if student not in away]
    given = {job.student for job in collection.jobs} | {refusal.student for refusal in collection.refused}
    jobs = tuple(job for job in collection.jobs if book.add_job(job))
    book.refuse(collection.refused)
    still = book.withdrawn()
    spellings = {folded(student): student for student in given}
    return Intake(
        jobs,
        missing=tuple(
            Missing(student, spellings.get(folded(student), "")) for student in before if student not in given
        ),
        back=tuple(student for student in away if student not in still),
        withdrawn=tuple(one for student, one in still.items() if student in given),
    )


def grade_jobs(
    session: GradingSession, jobs: Sequence[Job], book: Gradebook, workers: int, observe: Observe
) -> Iterator[Graded]:
    """Grade jobs that are in the gradebook and yield each as it ends; stored evidence is not gathered again.

    Raises:
        EngineStopped: Too many runs in a row failed because of the grader.
    """
    listed = listed_days_late(book)
    waiting = []
    for job in jobs:
        evidence = book.evidence_for(job.id, session.run_key)
        if evidence is None:
            waiting.append(job)
        else:
            graded = _keep(session, evidence, book, listed, reused=True)
            # Free one submission's evidence, here and below, before the next one's is created.
            del evidence
            yield graded

    # Jobs that failed earlier because of the grader come last, so that they do not hold up the others again.
    failed = book.failed_jobs()
    waiting.sort(key=lambda job: job.id in failed)

    def run_job(job: Job) -> Run:
        # A job in the gradebook says nothing of how this command answers orders.
        return session.sandbox.run(dataclasses.replace(job, mode=session.mode), observe)

    for job, run in execute(run_job, waiting, workers, in_english):
        graded = _take_run(session, job, run, book, listed)
        del run
        yield graded


def collect_class(assignment: Assignment, paths: Sequence[Path], export: Export = "auto") -> Collection:
    """Find the submissions, those that cannot be graded, and files that are not submissions.

    Args:
        assignment: The assignment.
        paths: The paths of the submissions.
        export: The kind of the paths, unless it is to be detected.

    Raises:
        UsageError: See `collect`.
    """
    specification = assignment.specification
    return collect(paths, specification.assignment.name, specification.run_spec.variables, export)


def _examine(job: Job, run: Run, run_spec: RunSpec) -> tuple[Run, Evidence]:
    """Examine a run. An exception, which would be a bug, becomes a failed run and costs only this job its grade."""
    try:
        return run, examine(job, run, run_spec)
    except Exception as error:  # noqa: BLE001 (the rest of the class must not wait for a correction)
        failed = failed_by_us(job, error)
        return failed, examine(dataclasses.replace(job, claimed=None), failed, run_spec)


def _take_run(session: GradingSession, job: Job, run: Run, book: Gradebook, listed: Mapping[str, int]) -> Graded:
    kept, evidence = _examine(job, run, session.assignment.specification.run_spec)
    book.save_run(kept, evidence, session.run_key, session.data.kind)
    return _keep(session, evidence, book, listed, reused=False)


def _keep(
    session: GradingSession, evidence: Evidence, book: Gradebook, listed: Mapping[str, int], *, reused: bool
) -> Graded:
    given = session.judge(evidence)
    counts = book.save_grade(given)
    submissions = with_listed_days(book.submissions(given.student), listed.get(given.student))
    standing = standing_grade(submissions, (), session.assignment.specification.release)
    notes = tuple(flag for flag in standing.flags if flag not in given.flags)
    return Graded(given, reused, counts, notes)
