"""Plan a calibration: which runs of the solved notebook are kept, which are stale, and which are still to be made."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.datasets import DataHome
from autograder.errors import ConfigurationError
from autograder.records import Job
from autograder.reference import Recorded, read_runs, tell_stale
from autograder.rubric.paths import split_path
from autograder.solution import Plan


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedRun:
    """A planned run without a result file: its job, and the path of the file."""

    plan: Plan
    job: Job
    path: Path


@dataclasses.dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """The work of a calibration: the number of valid stored runs, and the runs still to be made.

    `renewed` counts the pending runs that replace a stale one. `covered` are the requested seeds that need no run of
    their own, since another run with that seed has all of the requested questions.
    """

    kept: int
    pending: tuple[PlannedRun, ...]
    renewed: int = 0
    covered: tuple[int, ...] = ()


def plan_runs(
    assignment: Assignment, data: DataHome, seeds: Sequence[int], questions: tuple[str, ...], *, renew: bool = False
) -> CalibrationPlan:
    """Plan the run with the notebook's own seed and one per other seed, and determine which are still to be made.

    A question runs at most once with a seed: both runs would give the same numbers, which must not count twice.

    Args:
        assignment: The assignment.
        data: The data sets to run on.
        seeds: The seeds. The notebook's own is skipped among them: it has its run already.
        questions: The questions to run with them; empty for all.
        renew: Make stale runs again, both the planned ones and all other stored ones.

    Raises:
        ConfigurationError: Runs are stale and `renew` is false, a stale run cannot be made again, or two runs would
            have a question and the seed in common.
    """
    solution = assignment.solution()
    own = solution.seed.value if solution.seed else None
    folder = assignment.runs_folder(data.kind)
    kept = [(run, (*changes, *_lacking(assignment, run))) for run, changes in _kept_runs(assignment, data.kind)]
    if not renew:
        _reject_stale(kept, data.kind, folder)
    stale = [Plan(run.seed, run.questions) for run, changes in kept if changes]
    _reject_removed_questions(assignment, stale, folder)
    stored = [Plan(run.seed, run.questions) for run, _ in kept]
    requested = [Plan(seed, questions) for seed in seeds if seed != own]
    covered = [plan for plan in requested if any(_covers(one, plan) for one in stored)]
    plans = list(dict.fromkeys([Plan(None), *(plan for plan in requested if plan not in covered), *stale]))
    _reject_overlaps(list(dict.fromkeys([*stored, *plans])), own, folder)
    pending = tuple(
        PlannedRun(plan, solution.job(plan), folder / plan.file_name)
        for plan in plans
        if plan in stale or not (folder / plan.file_name).exists()
    )
    seeds_covered = tuple(plan.seed for plan in covered if plan.seed is not None)
    return CalibrationPlan(len(kept) - len(stale), pending, len(stale), seeds_covered)


def require_fresh_runs(assignment: Assignment, data: str) -> None:
    """Check that no stored run is stale.

    Raises:
        ConfigurationError: Some are, or a file is not a reference run.
    """
    _reject_stale(_kept_runs(assignment, data), data, assignment.runs_folder(data))


def _kept_runs(assignment: Assignment, data: str) -> list[tuple[Recorded, tuple[str, ...]]]:
    """Return every stored run with the changes since it was made."""
    folder = assignment.runs_folder(data)
    if not any(folder.glob("*.json")):
        return []
    today = assignment.today(data)
    return [(run, today.changes(run)) for run in read_runs(folder)]


def _lacking(assignment: Assignment, run: Recorded) -> tuple[str, ...]:
    """Return, in a clause, the variables that the rubric has asked for since a run was made; empty if there are none.

    A run keeps only what the rubric asked for when it was made.
    """
    executed = run.evidence.executed
    there = {*executed.given, *(split_path(path)[0] for path in executed.faults)}
    names = [
        variable
        for name, question in assignment.specification.questions.items()
        if not run.questions or name in run.questions
        for variable in question.variables
        if variable not in there
    ]
    return (f"the rubric asks for {', '.join(names)}, which they do not have",) if names else ()


def _reject_stale(kept: Iterable[tuple[Recorded, tuple[str, ...]]], data: str, folder: Path) -> None:
    if said := tell_stale((changes for _, changes in kept), data):
        remedy = "`autograder calibrate --renew` makes them again; each file is replaced when its new run has ended"
        raise ConfigurationError(said, str(folder), remedy)


def _reject_removed_questions(assignment: Assignment, stale: Sequence[Plan], folder: Path) -> None:
    """Reject stale runs of questions that the rubric no longer has: they cannot be made again."""
    known = assignment.specification.questions.keys()
    if gone := [plan.file_name for plan in stale if not known >= {*plan.questions}]:
        raise ConfigurationError(
            f"holds runs of questions that the rubric no longer has: {', '.join(gone)}", str(folder), "delete them"
        )


def _covers(one: Plan, other: Plan) -> bool:
    """Return whether a run has all questions of another one with the same seed, and more."""
    more = not one.questions or (other.questions and {*one.questions} >= {*other.questions})
    return one != other and one.seed == other.seed and bool(more)


def _reject_overlaps(plans: Sequence[Plan], own: int | None, folder: Path) -> None:
    """Reject runs that would have a question and the seed in common, before any is made.

    Args:
        plans: Every stored and every planned run, the stored ones first.
        own: The notebook's own seed, None if it sets none.
        folder: The folder of the runs.
    """
    overlaps = [
        (one, other)
        for place, other in enumerate(plans)
        for one in plans[:place]
        if (own if one.seed is None else one.seed) == (own if other.seed is None else other.seed)
        and (not one.questions or not other.questions or {*one.questions} & {*other.questions})
    ]
    if overlaps:
        raise ConfigurationError(
            "two runs with the same seed would have a question in common",
            str(folder),
            "delete one of both files, or name other seeds",
            tuple(f"{one.file_name} and {other.file_name}" for one, other in overlaps),
        )
