"""The ways into this package, which import Dask only when they are called: it comes with the extra `cluster`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from autograder.cluster.addresses import LOCAL, check_address
from autograder.errors import UsageError
from autograder.records import Job
from autograder.remote import Unit, Workplace

if TYPE_CHECKING:
    from autograder.cluster.dask_executor import DaskExecutor

_SAMPLE = Job("0" * 16, "", "", "", "en", ())
"""Machines are examined with a job without cells."""


@dataclasses.dataclass(frozen=True, slots=True)
class OwnWorkers:
    """How workers on this machine are started for `--cluster local`: how many, and with which options."""

    count: int
    options: tuple[str, ...]


@contextlib.contextmanager
def open_cluster(
    address: str,
    unit_of: Callable[[Job], Unit],
    say: Callable[[str], None],
    backends: tuple[str, ...],
    own: OwnWorkers,
) -> Iterator[DaskExecutor]:
    """Join a cluster, or start one on this machine; at the end leave it, or end it.

    Args:
        address: A scheduler's address, or `LOCAL`.
        unit_of: Returns what may leave this machine of a job.
        say: Called with a line when a machine comes, goes or is left out, from any thread.
        backends: The sandboxes in which machines may execute.
        own: For `LOCAL`.

    Raises:
        UsageError: The address may not be used, lacks certificates, or Dask is not installed.
        EnvironmentFault: No scheduler answers there.
    """
    if address != LOCAL:
        check_address(address)
    with contextlib.ExitStack() as resources:
        with _dask_needed():
            from autograder.cluster.dask_executor import DaskExecutor  # noqa: PLC0415 (of the extra `cluster`)
            from autograder.cluster.local_cluster import OwnCluster  # noqa: PLC0415 (likewise)
        security = None
        if address == LOCAL:
            cluster = resources.enter_context(OwnCluster(own.count, own.options))
            address, security = cluster.address, cluster.security
        executor = DaskExecutor(address, unit_of, unit_of(_SAMPLE), say, backends, security)
        resources.callback(executor.close)
        yield executor


def join_cluster(address: str, workplace: Workplace, places: int, joined: Callable[[str], None]) -> None:
    """Work for a scheduler until it ends, see `serve`.

    Raises:
        UsageError: The address may not be used, lacks certificates, or Dask is not installed.
        EnvironmentFault: No scheduler takes this worker.
    """
    check_address(address)
    with _dask_needed():
        from autograder.cluster.worker_service import serve  # noqa: PLC0415 (of the extra `cluster`)
    serve(address, workplace, places, joined)


@contextlib.contextmanager
def _dask_needed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        what = f"the package {error.name} is missing"
        raise UsageError(what, remedy="pip install 'cnn-autograder[cluster]'") from error
