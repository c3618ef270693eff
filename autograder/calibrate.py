"""Run the solved notebook for many seeds, through the sandbox that students get, and make a baseline of it.

The solved master notebook is the reference: its runs give the distribution that trained numbers are held against,
and the run with the notebook's own seed gives the known trainings. Each run is kept as a file of its own as soon
as it ends, so a calibration that is cut off goes on where it was.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment
from autograder.collect import read_notebook
from autograder.datasets import DataHome
from autograder.engine import default_workers, execute
from autograder.errors import ConfigurationError
from autograder.evidence import examine
from autograder.grading import Baseline, ReferenceRun, build_baseline, summarise
from autograder.orders import Desk, processor
from autograder.pipeline import Observe
from autograder.records import Job, Run, RunVerdict, to_json
from autograder.reference_runs import Recorded, read_runs
from autograder.report.files import write_atomically
from autograder.sandbox import Sandbox, open_sandbox
from autograder.ways import Way, edited, read_ways

_QUESTION = re.compile(r"^#\s*BEGIN QUESTION\s*$.*?^name:\s*(\w+)", re.MULTILINE | re.DOTALL)
_SEED = re.compile(r"^SEED\s*=\s*(\d+)", re.MULTILINE)
_END = re.compile(r"^#\s*END QUESTION\s*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """One reference run: the notebook's own seed (None) or another, and which questions (empty: all)."""

    seed: int | None
    questions: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name the run's file, so that the same plan always meets the same file."""
        seed = "own" if self.seed is None else f"{self.seed:04d}"
        return f"seed-{seed}{''.join(f'-{name}' for name in self.questions)}.json"


@dataclasses.dataclass(frozen=True, slots=True)
class Pending:
    """A run that no file tells of yet: the job that carries it out, and the file that will hold it."""

    plan: Plan
    job: Job
    path: Path


def own_seed(assignment: Assignment) -> int | None:
    """Return the seed that the solved notebook sets itself, by its cell of parameters; None if that names none.

    Raises:
        ConfigurationError: `grading.yml` names no master notebook.
    """
    job = reference_job(assignment, Plan(None))
    sources = (cell.source for cell in job.cells if cell.index == job.parameters_cell)
    found = next(filter(None, map(_SEED.search, sources)), None)
    return int(found[1]) if found else None


def pending_plans(assignment: Assignment, data: DataHome, plans: Sequence[Plan]) -> list[Pending]:
    """Return the plans that no file tells of yet, each with the job that carries it out."""
    folder = assignment.runs_folder(data.kind)
    return [
        Pending(plan, reference_job(assignment, plan), folder / plan.file_name)
        for plan in plans
        if not (folder / plan.file_name).exists()
    ]


def expected_seconds(assignment: Assignment, data: str, pending: Sequence[Pending]) -> float:
    """Return how long runs will take, one after another, by the kept runs of the same questions; 0 if none tells."""
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
    pending: Sequence[Pending],
    sandbox: str,
    workers: int,
    observe: Observe,
) -> Iterator[Recorded]:
    """Carry out runs and yield each as it ends, its file already written.

    The run with the notebook's own seed also records its trainings in the store of known trainings.

    Raises:
        ConfigurationError: A reference run did not complete: the solved notebook or the limits need mending.
    """
    threads = _threads(workers)
    waiting = {one.job.id: one for one in pending}
    with _opened(assignment, data, sandbox, workers) as box:
        for job, run in execute(lambda job: box.run(job, observe), [one.job for one in pending], workers):
            plan = waiting[job.id].plan
            _refuse_incomplete(job, run)
            recorded = Recorded(
                seed=plan.seed,
                questions=plan.questions,
                versions=run.versions,
                processor=processor(),
                threads=threads,
                seconds=round(run.usage.wall_seconds, 1),
                evidence=examine(job, run, assignment.specification.run_spec),
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
        job = edited(reference_job(assignment, Plan(None, way.questions)), way.edits, way.name)
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
    """Run the solution in other ways of writing, and yield each as it ends: its trainings are known from then on.

    What is known already is not trained again.

    Raises:
        ConfigurationError: A way did not complete.
    """
    by_job = {job.id: way for way, job in ways}
    with _opened(assignment, data, sandbox, workers) as box:
        for job, run in execute(lambda job: box.run(job, observe), [job for _, job in ways], workers):
            _refuse_incomplete(job, run, by_job[job.id].name)
            yield by_job[job.id], run


def rebuild_baseline(assignment: Assignment, data: str) -> Baseline:
    """Make the baseline anew from every run that is kept, and write it.

    Raises:
        ConfigurationError: There is no run, or a file does not hold one.
    """
    runs = read_runs(assignment.runs_folder(data))
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
            )
            for run in runs
        ),
    )
    write_atomically(assignment.reference(data) / "baseline.json", baseline.to_json() + "\n")
    return baseline


def reference_job(assignment: Assignment, plan: Plan) -> Job:
    """Return the job that runs the solved notebook, or the questions of it that are asked for, with the plan's seed.

    Raises:
        ConfigurationError: `grading.yml` names no master notebook.
    """
    notebooks = assignment.specification.assignment.notebooks
    if not notebooks:
        raise ConfigurationError("names no master notebook", "assignment.notebooks", "the first one is the reference")
    master = assignment.folder / next(iter(notebooks.values()))
    job = read_notebook(master, "reference")
    kept = _cells_of(master, plan.questions)
    return dataclasses.replace(
        job,
        id=f"reference-{plan.file_name}",
        cells=tuple(cell for cell in job.cells if cell.index in kept),
        parameters={} if plan.seed is None else {"SEED": plan.seed},
        mode="record" if plan.seed is None else "train",
    )


def _cells_of(master: Path, questions: Sequence[str]) -> set[int]:
    """Return the indices of the cells that belong to no question, or to one of `questions` (empty: to any).

    Otter Assign's format marks where a question begins and ends by raw cells.
    """
    cells: list[dict[str, Any]] = json.loads(master.read_text(encoding="utf-8"))["cells"]
    kept, current = set(), None
    for index, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "raw":
            if begins := _QUESTION.search(source):
                current = begins.group(1)
            elif _END.search(source):
                current = None
        if current is None or not questions or current in questions:
            kept.add(index)
    return kept


@contextlib.contextmanager
def _opened(assignment: Assignment, data: DataHome, sandbox: str, workers: int) -> Iterator[Sandbox]:
    """Open the sandbox that students get, with a desk that records what trusted notebooks order."""
    run_spec = assignment.specification.run_spec
    with Desk(run_spec.limits, assignment.known_trainings(data.kind), None, workers or default_workers()) as desk:
        box = open_sandbox(sandbox, run_spec, data.path, desk, threads=_threads(workers))
        desk.engage(box.start_trainer)
        yield box


def _threads(workers: int) -> int:
    """Return how many threads a library gets: side by side they hinder one another more than they help."""
    return max(1, len(os.sched_getaffinity(0)) // (workers or default_workers()))


def _refuse_incomplete(job: Job, run: Run, way: str = "") -> None:
    if fault := _fault(run):
        what = f"the reference run did not complete{f' ({way})' if way else ''}: {fault}"
        raise ConfigurationError(what, job.source, "mend the solved notebook or the limits")


def _fault(run: Run) -> str:
    """Say what went wrong in a run, or nothing if it may stand as a reference."""
    ended = [] if run.verdict is RunVerdict.COMPLETE else [f"{run.verdict}: {run.detail}"]
    failed = [f"cell {cell.index}: {cell.error or cell.status}" for cell in run.cells if cell.status != "ok"]
    return "; ".join([*ended, *failed[:1]])
