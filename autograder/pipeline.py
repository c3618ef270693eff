"""The order of the stages: collect, execute, examine, grade, keep. No other module knows it.

    notebooks ─► Job ─► sandbox ─► Run ─► Evidence ─► Grade ─► gradebook ─► results
                          ▲ orders

Executing is slow and dangerous, grading fast and pure; they meet in the evidence, which the gradebook keeps. So a
grading that was cut off goes on where it was, and a corrected rubric regrades a class without running anything.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder import __version__
from autograder.assignment import Assignment, installed_versions
from autograder.collect import Collection, Export, collect
from autograder.datasets import DataHome
from autograder.engine import default_workers, execute, failed_by_us
from autograder.evidence import examine
from autograder.gradebook import ClassIdentity, Gradebook, Withdrawal
from autograder.grading import Baseline, grade
from autograder.orders import Desk, OrderStore
from autograder.records import Evidence, Grade, Job, Reason, Run, TrainingMode, folded
from autograder.sandbox import Sandbox, open_sandbox, own_folders
from autograder.spec import RunSpec
from autograder.standing import standing_grade

_MOST_THREADS = 16

Observe = Callable[[str, int, int], None]
"""Called with a job's id, the cells that are done and the cells in all; from any thread."""


@dataclasses.dataclass(frozen=True, slots=True)
class Graded:
    """One submission is done.

    `reused`: its evidence was there, nothing was executed. `counts`: it is the grade of its notebook now. `notes`: what
    is to be said of the hand-in: late, or worth less than one before.
    """

    grade: Grade
    reused: bool
    counts: bool
    notes: tuple[Reason, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Missing:
    """A student who stands in the gradebook and is not in what was given now, save perhaps under another spelling."""

    student: str
    perhaps: str


@dataclasses.dataclass(frozen=True, slots=True)
class Intake:
    """Whose notebooks are graded, and what is to be said of everybody else in the class.

    `back` were withdrawn and handed in something else; `withdrawn` are so still: what was given of them is what was
    withdrawn.
    """

    jobs: tuple[Job, ...]
    missing: tuple[Missing, ...]
    back: tuple[str, ...]
    withdrawn: tuple[Withdrawal, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class GradingSession:
    """All that grading a class needs, opened once: rubric, baseline, sandbox, data."""

    assignment: Assignment
    data: DataHome
    baseline: Baseline
    sandbox: Sandbox
    desk: Desk
    mode: TrainingMode = "replay"

    @property
    def run_key(self) -> str:
        """Name the conditions of an execution: evidence under the same key need not be gathered again."""
        versions = (f"{name} {version}" for name, version in installed_versions().items())
        parts = (self.assignment.specification.run_spec.digest, self.data.kind, self.mode, __version__, *versions)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def identity(self) -> ClassIdentity:
        """Say under what a class is graded in this session."""
        return self.assignment.identity(self.data.kind, self.baseline)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Trainers stay warm until the last order.
        self.desk.close()

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
) -> GradingSession:
    """Open what a grading needs, and fail before any notebook runs if something is missing.

    Args:
        assignment: What is graded.
        data: The data sets that notebooks run on.
        sandbox: See `open_sandbox`.
        mode: What to do with trainings.
        secrets: What no notebook may read besides the assignment's folder and this package's own.
        trainings: Where the answers to what these notebooks order are kept, and looked for; None keeps none.
        workers: How many orders are trained at once; 0 leaves it to `default_workers`.
        search: See `open_sandbox`.

    Raises:
        ConfigurationError: The baseline is missing or was edited, or the justifications are wrong.
        EnvironmentFault: The sandbox cannot work on this machine.
    """
    baseline = assignment.baseline(data.kind)
    assignment.justifications()
    run_spec = assignment.specification.run_spec
    own = None if trainings is None else OrderStore(trainings)
    desk = Desk(run_spec.limits, assignment.known_trainings(data.kind), own, workers or default_workers())
    secrets = (*assignment.secrets, *own_folders(), *secrets)
    # A pool of threads as wide as a large machine would be taken for a bomb, and helps no network of this size.
    threads = _MOST_THREADS if len(os.sched_getaffinity(0)) > _MOST_THREADS else None
    box = open_sandbox(sandbox, run_spec, data.path, desk, threads=threads, secrets=secrets, search=search)
    desk.engage(box.start_trainer)
    return GradingSession(assignment, data, baseline, box, desk, mode)


def take_in(collection: Collection, book: Gradebook) -> Intake:
    """Keep what was given in the gradebook, refusals as well, and compare it with who stands there."""
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
    """Grade jobs that the gradebook knows as they come; what it already holds evidence for is not executed again.

    Raises:
        EngineStopped: Too many runs in a row failed by our own fault.
    """
    waiting = []
    for job in jobs:
        evidence = book.evidence_for(job.id, session.run_key)
        if evidence is None:
            waiting.append(job)
        else:
            graded = _keep(session, evidence, book, reused=True)
            # Here and below, what one submission weighs is let go of before the next one's is made.
            del evidence
            yield graded

    # What failed by our fault in an earlier command comes last: it must not keep the rest from its turn again.
    failed = book.failed_jobs()
    waiting.sort(key=lambda job: job.id in failed)
    for job, run in execute(lambda job: session.sandbox.run(job, observe), waiting, workers):
        graded = _take_run(session, job, run, book)
        del run
        yield graded


def collect_class(assignment: Assignment, paths: Sequence[Path], export: Export = "auto") -> Collection:
    """Find the submissions, those that cannot be graded, and what is no submission.

    Args:
        assignment: What is graded.
        paths: Where the submissions are.
        export: What the paths are, where it should not be found out.

    Raises:
        UsageError: See `collect`.
    """
    specification = assignment.specification
    return collect(paths, specification.assignment.name, specification.run_spec.variables, export)


def _examine(job: Job, run: Run, run_spec: RunSpec) -> tuple[Run, Evidence]:
    """Examine a run; what raises here, as nothing should, is our own fault and costs this job alone its grade."""
    try:
        return run, examine(job, run, run_spec)
    except Exception as error:  # noqa: BLE001 (the rest of the class must not wait for it to be mended)
        failed = failed_by_us(job, error)
        return failed, examine(dataclasses.replace(job, claimed=None), failed, run_spec)


def _take_run(session: GradingSession, job: Job, run: Run, book: Gradebook) -> Graded:
    believed, evidence = _examine(job, run, session.assignment.specification.run_spec)
    book.save_run(believed, evidence, session.run_key, session.data.kind)
    return _keep(session, evidence, book, reused=False)


def _keep(session: GradingSession, evidence: Evidence, book: Gradebook, *, reused: bool) -> Graded:
    given = session.judge(evidence)
    counts = book.save_grade(given)
    standing = standing_grade(book.submissions(given.student), (), session.assignment.specification.release)
    notes = tuple(flag for flag in standing.flags if flag not in given.flags)
    return Graded(given, reused, counts, notes)
