"""Dask's settings for our processes: no pages, no talk, certificates from Dask's own configuration."""

from __future__ import annotations

import logging
from typing import Final, Literal

import dask
from distributed import Security

from autograder.errors import UsageError

OWN_PAGES: Final = "127.0.0.1:0"
"""Dask's status pages are off; what is left of their server listens on this machine alone."""

_LONGEST_CAUSE = 200
_LOGGERS = ("distributed", "distributed.client", "distributed.worker", "distributed.scheduler", "tornado", "asyncio")


def quiet() -> None:
    """Switch off Dask's log and its pages in this process; what an operator needs is said by us."""
    dask.config.set({"distributed.worker.http.routes": [], "distributed.scheduler.http.routes": []})
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def security_for(address: str, role: Literal["client", "worker"]) -> Security:
    """Return the certificates for an address, from Dask's configuration.

    Raises:
        UsageError: The address needs certificates, and none are configured or they cannot be read.
    """
    security = Security()
    if address.startswith("tls://"):
        lacking = [key for key in ("ca-file", f"{role}.cert") if not _configured(key)]
        if lacking:
            raise UsageError(
                f"Dask's configuration names no certificate: distributed.comm.tls.{lacking[0]}",
                address,
                f"set ca-file, {role}.cert and {role}.key there, as the guide on many machines shows",
            )
    return security


def root_cause(error: BaseException) -> str:
    """Return in one short line what an error of Dask's came from; its own text names objects in memory."""
    said = type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        said, cause = str(cause) or said, cause.__cause__
    return " ".join(said.split())[:_LONGEST_CAUSE]


def _configured(key: str) -> bool:
    return bool(dask.config.get(f"distributed.comm.tls.{key}", None))
