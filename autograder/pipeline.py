"""The order of the stages: collect, execute, examine, grade, keep, report. Nothing else knows it.

    notebooks ─► Job ─► sandbox ─► Run ─► Evidence ─► Grade ─► gradebook ─► pages, csv
                          ▲ known trainings

Executing is slow and dangerous, grading fast and pure; they meet in the evidence, which the gradebook keeps. So a
grading that was cut off goes on where it was, and a corrected rubric regrades a class without running anything.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder import __version__
from autograder.collect import Collection, collect
from autograder.datasets import DataHome
from autograder.decisions import Lapsed, decided, decided_grades, lapsed_decisions
from autograder.engine import default_workers, describe_fault, execute, failed_by_us
from autograder.errors import AutograderError, ConfigurationError
from autograder.evidence import examine
from autograder.gradebook import Gradebook
from autograder.grading import DECIDING_PACKAGES, Baseline, cautions, grade, load_baseline
from autograder.orders import Desk, OrderStore
from autograder.records import Evidence, Grade, Job, Refusal, Run, TrainingMode
from autograder.report import (
    Justifications,
    justified,
    read_justifications,
    write_grade_json,
    write_grades_csv,
    write_student_page,
)
from autograder.sandbox import Sandbox, open_sandbox
from autograder.spec import RunSpec, Specification, load

_MOST_THREADS = 16

Observe = Callable[[str, int, int], None]
"""Called with a job's id, the cells that are done and the cells in all; from any thread."""


@dataclasses.dataclass(frozen=True, slots=True)
class Assignment:
    """A `grading.yml` that was read, and the folders it speaks of."""

    folder: Path
    specification: Specification

    def reference(self, data: str) -> Path:
        """Return the folder with the reference runs, baseline and known trainings on `real` or `practice` data."""
        return self.folder / self.specification.assignment.reference / data

    def runs_folder(self, data: str) -> Path:
        """Return where the reference runs are kept, a file a run."""
        return self.reference(data) / "runs"

    @property
    def secrets(self) -> tuple[Path, ...]:
        """Return the files and folders that hold answers."""
        named = self.specification.assignment
        places = ("grading.yml", named.reference, *named.notebooks.values())
        return tuple(path for path in (self.folder / place for place in places) if path.exists())

    def known_trainings(self, data: str) -> OrderStore:
        """Return the store of trainings that need not be run again."""
        return OrderStore(self.reference(data) / "trainings")

    def baseline(self, data: str) -> Baseline:
        """Return what the reference runs gave.

        Raises:
            ConfigurationError: There is none, or it was changed since `autograder calibrate` wrote it.
        """
        return load_baseline(self.reference(data))

    def justifications(self) -> Justifications:
        """Return why each option is right or wrong, where there is such a file and the policy lets pages say it.

        Raises:
            ConfigurationError: The file is wrong.
        """
        if self.specification.policy.feedback != "full":
            return {}
        return read_justifications(self.folder / self.specification.assignment.reference, self.specification.questions)

    def cautions(self, data: str) -> tuple[str, ...]:
        """Return what a grading by the baseline on this data should not keep to itself.

        Raises:
            ConfigurationError: There is no baseline, or it was changed since it was written.
        """
        running = {name: importlib.metadata.version(name) for name in DECIDING_PACKAGES}
        return tuple(cautions(self.baseline(data), self.specification.key_spec, running))


@dataclasses.dataclass(frozen=True, slots=True)
class Graded:
    """One submission is done. `reused`: its evidence was there, nothing was executed. `counts`: it is the grade now."""

    grade: Grade
    evidence: Evidence
    reused: bool
    counts: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What regrading would change for one student, as people decided it; `before` is None if there was no grade."""

    before: Grade | None
    after: Grade


@dataclasses.dataclass(frozen=True, slots=True)
class Results:
    """A class as it stands: each student's grade as people decided it, and what keeps a grade from being the last word.

    `refused` are the submissions that cannot be graded, `lapsed` the decisions that no longer apply.
    """

    grades: tuple[Grade, ...]
    refused: tuple[Refusal, ...]
    lapsed: tuple[Lapsed, ...]

    @property
    def some_lacking(self) -> bool:
        """Whether some student has no grade by a fault of ours."""
        return any(given.points is None for given in self.grades)


def open_assignment(path: Path) -> Assignment:
    """Read `grading.yml`.

    Raises:
        ConfigurationError: It is not there or wrong; every fault is named.
    """
    if not path.is_file():
        raise ConfigurationError("there is no such file", where=str(path), remedy="name it with --config grading.yml")
    return Assignment(path.resolve().parent, load(path))


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
        versions = (f"{name} {importlib.metadata.version(name)}" for name in DECIDING_PACKAGES)
        parts = (self.assignment.specification.run_spec.digest, self.data.kind, self.mode, __version__, *versions)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def close(self) -> None:
        """End the trainers."""
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
) -> GradingSession:
    """Open what a grading needs, so that whatever is lacking is said before the first notebook runs.

    Args:
        assignment: What is graded.
        data: The data sets that notebooks run on.
        sandbox: See `open_sandbox`.
        mode: What to do with trainings.
        secrets: What no notebook may read besides the rubric, the reference and the master notebooks.
        trainings: Where the answers to what these notebooks order are kept, and looked for; None keeps none.
        workers: How many orders are trained at once; 0 leaves it to `default_workers`.

    Raises:
        ConfigurationError: The baseline is missing or was edited, or the justifications are wrong.
        EnvironmentFault: The sandbox cannot work on this machine.
    """
    baseline = assignment.baseline(data.kind)
    assignment.justifications()
    run_spec = assignment.specification.run_spec
    own = None if trainings is None else OrderStore(trainings)
    desk = Desk(run_spec.limits, assignment.known_trainings(data.kind), own, workers or default_workers())
    secrets = (*assignment.secrets, *secrets)
    # A pool of threads as wide as a large machine would be taken for a bomb, and helps no network of this size.
    threads = _MOST_THREADS if len(os.sched_getaffinity(0)) > _MOST_THREADS else None
    box = open_sandbox(sandbox, run_spec, data.path, desk, threads=threads, secrets=secrets)
    desk.engage(box.start_trainer)
    return GradingSession(assignment, data, baseline, box, desk, mode)


def grade_jobs(
    session: GradingSession, jobs: Sequence[Job], book: Gradebook, workers: int, observe: Observe
) -> Iterator[Graded]:
    """Grade jobs as they come; what the gradebook already holds evidence for is not executed again."""
    waiting = []
    for job in jobs:
        book.add_job(job)
        evidence = book.evidence_for(job.id, session.run_key)
        if evidence is None:
            waiting.append(job)
        else:
            yield _keep(session, evidence, book, reused=True)

    for job, run in execute(lambda job: session.sandbox.run(job, observe), waiting, workers):
        believed, evidence = _examine(job, run, session.assignment.specification.run_spec)
        book.save_run(believed, evidence, session.run_key, session.data.kind)
        yield _keep(session, evidence, book, reused=False)


def collect_class(assignment: Assignment, paths: Sequence[Path]) -> Collection:
    """Find the submissions, and those that cannot be graded.

    Raises:
        UsageError: A path does not exist, or a folder holds no notebook at all.
    """
    return collect(paths, assignment.specification.assignment.name)


def regrade_class(assignment: Assignment, book: Gradebook, *, apply: bool) -> tuple[Change, ...]:
    """Grade every kept evidence under today's rubric and baseline, and return what differs.

    Args:
        assignment: Today's rubric.
        book: Where the evidence is.
        apply: Keep the new grades. The old ones stay in the gradebook's history.
    """
    overrides = book.overrides()
    current = {given.student: given for given in book.current_grades()}
    baselines: dict[str, Baseline] = {}
    changes = []
    for examined in list(book.all_evidence()):
        if examined.data not in baselines:
            baselines[examined.data] = assignment.baseline(examined.data)
        after = grade(examined.evidence, assignment.specification.key_spec, baselines[examined.data])
        before = current.get(after.student)
        if after == before:
            continue
        change = Change(None if before is None else decided(before, overrides), decided(after, overrides))
        if change.before != change.after:
            changes.append(change)
        if apply:
            book.save_grade(after)
    return tuple(changes)


def write_results(assignment: Assignment, book: Gradebook, folder: Path) -> Results:
    """Write what people read, from the gradebook alone: a table, and a JSON file and a page a student.

    Raises:
        ConfigurationError: The justifications are wrong; nothing was written.
        EnvironmentFault: The folder cannot be written to.
        AutograderError: A page could not be made, by a fault of ours. The table, the JSON files and every other page
            are there.
    """
    justifications, questions = assignment.justifications(), assignment.specification.questions
    results = Results(decided_grades(book), book.refusals(), lapsed_decisions(book))
    grades = results.grades
    evidence = {examined.evidence.job_id: examined.evidence for examined in book.all_evidence()}
    feedback = assignment.specification.policy.feedback
    write_grades_csv(folder / "grades.csv", grades, results.refused)
    for given in grades:
        write_grade_json(folder / "json", given)
    faults = []
    for given in grades:
        titles = assignment.specification.titles.get(given.language, {})
        examined = evidence.get(given.job_id)
        try:
            why = justified(justifications, questions, given.language, examined)
            write_student_page(folder / "pages", given, examined, feedback, titles, why)
        except AutograderError:
            raise
        except Exception as error:  # noqa: BLE001 (one student's page must not cost the others theirs)
            faults.append(f"{given.student} ({describe_fault(error)})")
    if faults:
        raise AutograderError(
            f"a fault of ours keeps these pages from being made: {', '.join(faults)}",
            where=str(folder / "pages"),
            remedy="the table and the JSON files are right; `autograder report` makes the pages once it is mended",
        )
    return results


def _examine(job: Job, run: Run, run_spec: RunSpec) -> tuple[Run, Evidence]:
    """Examine a run; what raises here, as nothing should, is our own fault and costs this job alone its grade."""
    try:
        return run, examine(job, run, run_spec)
    except Exception as error:  # noqa: BLE001 (the rest of the class must not wait for it to be mended)
        failed = failed_by_us(job, error)
        return failed, examine(dataclasses.replace(job, claimed=None), failed, run_spec)


def _keep(session: GradingSession, evidence: Evidence, book: Gradebook, *, reused: bool) -> Graded:
    given = session.judge(evidence)
    counts = book.save_grade(given)
    return Graded(given, evidence, reused, counts)
