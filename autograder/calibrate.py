"""Run the solved notebook with many seeds in the students' sandbox, and build a baseline from the runs.

The solved master notebook is the reference: its runs give the distribution that trained numbers are compared with, and
the run with the notebook's own seed gives the known trainings. Each run is saved to a file when it ends, so an
interrupted calibration resumes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import statistics
from collections.abc import Iterator, Sequence

from autograder.assignment import Assignment
from autograder.calibration_plan import PlannedRun, require_fresh_runs
from autograder.datasets import DataHome
from autograder.engine import default_workers, execute
from autograder.errors import ConfigurationError
from autograder.evidence import examine
from autograder.grading import summarise
from autograder.orders import Desk, processor
from autograder.pipeline import Observe
from autograder.records import Job, Run, RunVerdict, to_json
from autograder.reference import (
    Baseline,
    Recorded,
    ReferenceRun,
    Way,
    basis_of,
    build_baseline,
    edited,
    read_runs,
    read_ways,
)
from autograder.report import in_english
from autograder.report.files import write_atomically
from autograder.rubric.checks.choice import Choice
from autograder.rubric.model import KeySpec
from autograder.sandbox import Sandbox, open_sandbox
from autograder.solution import Plan


def needs_reference_runs(key_spec: KeySpec) -> bool:
    """Return whether a rubric depends on reference runs: intervals, recipes and claims of options do."""
    items = [item for question in key_spec.questions.values() for item in question.items.values()]
    return key_spec.needs_runs or any(isinstance(item, Choice) and item.claims for item in items)


def expected_seconds(assignment: Assignment, data: str, pending: Sequence[PlannedRun]) -> float:
    """Estimate the seconds that runs take one after another, from stored runs of the same questions; 0 if unknown."""
    folder = assignment.runs_folder(data)
    kept = read_runs(folder) if any(folder.glob("*.json")) else ()
    total = 0.0
    for one in pending:
        alike = [run.seconds for run in kept if run.questions == one.plan.questions]
        total += statistics.median(alike) if alike else 0.0
    return total


def calibrate(
    assignment: Assignment,
    data: DataHome,
    pending: Sequence[PlannedRun],
    sandbox: str,
    workers: int,
    observe: Observe,
) -> Iterator[Recorded]:
    """Execute runs and yield each as it ends, with its file already written.

    The run with the notebook's own seed also records its trainings in the store of known trainings.

    Raises:
        ConfigurationError: A reference run did not complete: correct the solved notebook or the limits.
    """
    threads = _threads(workers)
    waiting = {one.job.id: one for one in pending}
    with _opened(assignment, data, sandbox, workers) as box:
        for job, run in execute(lambda job: box.run(job, observe), [one.job for one in pending], workers, in_english):
            plan = waiting[job.id].plan
            _reject_incomplete(job, run)
            recorded = Recorded(
                seed=plan.seed,
                questions=plan.questions,
                versions=run.versions,
                processor=processor(),
                threads=threads,
                seconds=round(run.usage.wall_seconds, 1),
                evidence=examine(job, run, assignment.specification.run_spec),
                basis=basis_of(job, assignment.data_sums(data.kind)),
            )
            write_atomically(waiting[job.id].path, to_json(recorded) + "\n")
            yield recorded


def ways_of_writing(assignment: Assignment) -> list[tuple[Way, Job]]:
    """Return the known ways of writing the solution, each with the job that records its trainings.

    Raises:
        ConfigurationError: The file of ways is wrong, or does not fit the solved notebook.
    """
    ways = read_ways(assignment.folder / assignment.specification.assignment.reference)
    jobs = []
    for number, way in enumerate(ways, start=1):
        job = edited(assignment.solution().job(Plan(None, way.questions)), way.edits, way.name)
        jobs.append((way, dataclasses.replace(job, id=f"way-{number}")))
    return jobs


def record_ways(
    assignment: Assignment,
    data: DataHome,
    ways: Sequence[tuple[Way, Job]],
    sandbox: str,
    workers: int,
    observe: Observe,
) -> Iterator[tuple[Way, Run]]:
    """Run the solution in its other ways of writing, recording their trainings, and yield each as it ends.

    Known trainings are not repeated.

    Raises:
        ConfigurationError: A way did not complete.
    """
    by_job = {job.id: way for way, job in ways}
    with _opened(assignment, data, sandbox, workers) as box:
        for job, run in execute(lambda job: box.run(job, observe), [job for _, job in ways], workers, in_english):
            _reject_incomplete(job, run, by_job[job.id].name)
            yield by_job[job.id], run


def rebuild_baseline(assignment: Assignment, data: str) -> Baseline:
    """Build the baseline from all stored runs, and write it.

    Raises:
        ConfigurationError: There is no run, a file is invalid, or runs are stale.
    """
    folder = assignment.runs_folder(data)
    runs = read_runs(folder)
    require_fresh_runs(assignment, data)
    baseline = build_baseline(
        data,
        tuple(
            ReferenceRun(
                seed=run.seed,
                versions=run.versions,
                processor=run.processor,
                threads=run.threads,
                seconds=run.seconds,
                summary=summarise(run.evidence, assignment.specification.key_spec),
                questions=run.questions,
                basis=run.basis,
            )
            for run in runs
        ),
    )
    write_atomically(assignment.reference(data) / "baseline.json", baseline.to_json() + "\n")
    return baseline


@contextlib.contextmanager
def _opened(assignment: Assignment, data: DataHome, sandbox: str, workers: int) -> Iterator[Sandbox]:
    """Open the sandbox that students get, with a desk that records what trusted notebooks order."""
    run_spec = assignment.specification.run_spec
    with Desk(run_spec.limits, assignment.known_trainings(data.kind), None, workers or default_workers()) as desk:
        box = open_sandbox(sandbox, run_spec, data.path, desk, threads=_threads(workers))
        desk.engage(box.start_trainer)
        yield box


def _threads(workers: int) -> int:
    """Return the number of threads per library: parallel runs with many threads slow each other down."""
    return max(1, len(os.sched_getaffinity(0)) // (workers or default_workers()))


def _reject_incomplete(job: Job, run: Run, way: str = "") -> None:
    if fault := _fault(run):
        what = f"the reference run did not complete{f' ({way})' if way else ''}: {fault}"
        raise ConfigurationError(what, job.source, "correct the solved notebook or the limits")


def _fault(run: Run) -> str:
    """Return what went wrong in a run, empty if it may serve as a reference."""
    ended = [] if run.verdict is RunVerdict.COMPLETE else [f"{run.verdict}: {in_english(run.detail)}"]
    failed = [f"cell {cell.index}: {cell.error or cell.status}" for cell in run.cells if cell.status != "ok"]
    return "; ".join([*ended, *failed[:1]])
