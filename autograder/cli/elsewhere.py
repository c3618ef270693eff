"""Where `grade` has notebooks executed: in a sandbox here, on a cluster, or they were executed before."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.cli.app import say
from autograder.cluster.extra_dask import OwnWorkers, open_cluster
from autograder.datasets import DataHome
from autograder.errors import UsageError
from autograder.gradebook import Gradebook
from autograder.pipeline import GradingSession, fitting_workers, open_elsewhere, open_session, units_of
from autograder.records import Job, TrainingMode
from autograder.remote import ExecutedFolder
from autograder.sandbox import BACKENDS

_MOST_IN_FLIGHT = 128
"""The most notebooks that a cluster has at once unless --workers says otherwise; each takes a thread that waits."""


@dataclasses.dataclass(frozen=True, slots=True)
class Where:
    """What the command line says of where notebooks are executed.

    `cluster` is an address, `local`, or empty; `executed` a folder of results, or None. The rest is for sandboxes on
    this machine: see `open_session`.
    """

    cluster: str
    executed: Path | None
    sandbox: str
    workers: int
    warm: bool
    trainings: Path
    secrets: Sequence[Path]


@contextlib.contextmanager
def opened(
    assignment: Assignment, data: DataHome, mode: TrainingMode, where: Where
) -> Iterator[tuple[GradingSession, int]]:
    """Open a grading, and say how many notebooks may be under way at once.

    Raises:
        UsageError: Both a cluster and results are named. See also `open_session` and `open_cluster`.
    """
    if where.cluster and where.executed is not None:
        raise UsageError("--cluster and --executed exclude each other", remedy="leave one of them out")
    if where.executed is not None:
        if not where.executed.is_dir():
            raise UsageError("there is no such folder", str(where.executed), "name the folder of `autograder execute`")
        folder = ExecutedFolder(where.executed, units_of(assignment, data, mode))
        with open_elsewhere(assignment, data, folder, mode, lambda: 0) as session:
            yield session, 1
    elif where.cluster:
        # A mistake in the rubric's files is said before any machine is asked.
        assignment.baseline(data.kind)
        backends = (*BACKENDS, "none") if where.sandbox == "none" else BACKENDS
        own = OwnWorkers(where.workers or fitting_workers(assignment, data), tuple(_options(assignment, data, where)))
        with (
            open_cluster(
                where.cluster,
                units_of(assignment, data, mode),
                lambda line: say("cluster", line),
                backends,
                own,
            ) as executor,
            open_elsewhere(assignment, data, executor, mode, lambda: executor.machines) as session,
        ):
            yield session, where.workers or _MOST_IN_FLIGHT
    else:
        with open_session(
            assignment,
            data,
            where.sandbox,
            mode,
            secrets=where.secrets,
            trainings=where.trainings,
            workers=where.workers,
            warm=where.warm,
        ) as session:
            yield session, where.workers or fitting_workers(assignment, data)


def without_results(session: GradingSession, jobs: Sequence[Job], book: Gradebook) -> dict[str, str]:
    """Return why jobs cannot be graded from a folder of results, by their ids; empty where notebooks are executed."""
    folder = session.sandbox
    if not isinstance(folder, ExecutedFolder):
        return {}
    waiting = (job for job in jobs if book.evidence_for(job.id, session.run_key) is None)
    return {job.id: why for job in waiting if (why := folder.why_not(job))}


def _options(assignment: Assignment, data: DataHome, where: Where) -> Iterator[str]:
    """Yield the options of workers on this machine, which may know what the command knows."""
    yield from ("--sandbox", where.sandbox, "--warm" if where.warm else "--cold")
    yield from ("--known", str(assignment.known_trainings(data.kind).folder.resolve()))
    yield from ("--trainings", str(where.trainings.resolve()))
    for path in (*assignment.secrets, *where.secrets):
        yield from ("--hide", str(path.resolve()))
