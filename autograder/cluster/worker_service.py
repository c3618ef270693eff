"""One machine of a cluster: a Dask worker that executes units in this machine's sandbox until it is told to stop."""

from __future__ import annotations

import asyncio
import tempfile
import urllib.parse
from collections.abc import Callable

from distributed import Worker
from distributed.comm.core import connect

from autograder.cluster.addresses import is_loopback
from autograder.cluster.quiet_dask import OWN_PAGES, quiet, root_cause, security_for
from autograder.cluster.unit_functions import offer
from autograder.errors import EnvironmentFault
from autograder.remote import Workplace

_JOINING_SECONDS = 60
_LEAVING_SECONDS = 2


def serve(address: str, workplace: Workplace, places: int, joined: Callable[[str], None]) -> None:
    """Work for a scheduler until it ends, or until this process is asked to stop.

    Args:
        address: The scheduler's, see `check_address`.
        workplace: Where units are executed.
        places: How many units are executed at once.
        joined: Called with this worker's address once the scheduler has it.

    Raises:
        EnvironmentFault: No scheduler answers there, or it does not accept the certificates.
    """
    quiet()
    offer(workplace)
    try:
        asyncio.run(_serve(address, places, joined))
    finally:
        offer(None)


async def _serve(address: str, places: int, joined: Callable[[str], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="autograder-worker-") as scratch:
        security = security_for(address, "worker")
        try:
            # A worker itself would try for as long, and then not say why it failed.
            trial = await connect(address, timeout=_JOINING_SECONDS, **security.get_connection_args("worker"))
            await trial.close()
        except (OSError, TimeoutError) as error:
            raise EnvironmentFault(
                f"no scheduler answers there: {root_cause(error)}",
                address,
                "start `dask scheduler`, with certificates of the same authority",
            ) from error
        worker = Worker(
            address,
            nthreads=places,
            # Notebooks are limited in their sandbox; what is here is small.
            memory_limit=0,
            security=security,
            host=urllib.parse.urlsplit(address).hostname if is_loopback(address) else None,
            dashboard_address=OWN_PAGES,
            local_directory=scratch,
            death_timeout=_JOINING_SECONDS,
        )
        try:
            await worker
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            raise EnvironmentFault(f"the scheduler does not take this worker: {root_cause(error)}", address) from error
        try:
            joined(worker.address)
            await worker.finished()
        finally:
            # A notebook that is still running ends with this process; the grader has it executed elsewhere.
            await worker.close(timeout=_LEAVING_SECONDS, executor_wait=False)
