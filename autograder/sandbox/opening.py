"""Open a sandbox by name, or the strictest that works on this machine; explain why if none works."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.errors import EnvironmentFault, UsageError
from autograder.rubric.run_spec import RunSpec
from autograder.sandbox.bubblewrap import open_bubblewrap
from autograder.sandbox.docker import open_docker
from autograder.sandbox.interfaces import DeskProtocol, Sandbox
from autograder.sandbox.mounts import data_mounts, python_mounts, refuse_to_show, system_mounts
from autograder.sandbox.uid import inside_container, open_uid
from autograder.sandbox.unconfined import Unconfined

BACKENDS = ("bubblewrap", "docker", "uid")
"""The backends that protect, the strictest first."""

_MOST_THREADS = 16

PAYLOAD = Path(__file__).resolve().parent.parent / "payload"
"""The folder of the code that runs inside."""


def open_sandbox(
    name: str,
    run_spec: RunSpec,
    data_home: Path,
    desk: DeskProtocol,
    *,
    payload: Path = PAYLOAD,
    threads: int | None = None,
    secrets: Sequence[Path] = (),
    search: bool = False,
    warm: bool = False,
) -> Sandbox:
    """Open a sandbox, and fail at once if it does not work on this machine.

    Args:
        name: One of `BACKENDS`; `none`, which protects from nothing; or `auto`: the strictest that works here, but
            never `none`.
        run_spec: The variables to watch and the limits.
        data_home: A folder like KERAS_HOME; its `datasets` are exposed to the notebook.
        desk: Handles the notebooks' orders.
        payload: The folder of the code that runs inside.
        threads: The most threads per numerical library, for sandboxes that run side by side.
        secrets: Files that the notebook must not read; a backend that exposes host files does not open if it could.
        search: Such a backend also searches the host for copies of answers, and refuses to open if it finds one.
        warm: Import packages once for all notebooks if the backend can; otherwise `remark` says why not.

    Raises:
        EnvironmentFault: The sandbox does not work on this machine.
        UsageError: There is no sandbox of this name.
    """
    match name:
        case "auto":
            options = {"payload": payload, "threads": threads, "secrets": secrets, "search": search, "warm": warm}
            return _open_tightest(run_spec, data_home, desk, **options)
        case "bubblewrap":
            refuse_to_show(secrets, [*system_mounts(), *python_mounts(), *data_mounts(data_home)])
            return open_bubblewrap(run_spec, data_home, desk, payload, threads, warm=warm)
        case "docker":
            return open_docker(run_spec, data_home, desk, payload, threads)
        case "uid":
            return open_uid(run_spec, data_home, desk, payload, threads, secrets, search=search)
        case "none":
            return Unconfined(run_spec, desk, data_home, payload, threads)
        case _:
            raise UsageError(f"there is no sandbox {name!r}", remedy="auto, bubblewrap, docker, uid or none")


def thread_limit() -> int | None:
    """Return the most threads per numerical library on this machine; None leaves it to the library.

    On a large machine, one thread per processor would exceed the process limit, and gain nothing for such networks.
    """
    return _MOST_THREADS if len(os.sched_getaffinity(0)) > _MOST_THREADS else None


def automatic_backends() -> tuple[str, ...]:
    """Return the backends that `auto` tries here, the strictest first."""
    # Outside containers, far more files are world-readable than a notebook may see.
    return tuple(name for name in BACKENDS if name != "uid" or inside_container())


def _open_tightest(run_spec: RunSpec, data_home: Path, desk: DeskProtocol, **options: Any) -> Sandbox:
    """Try the backends, the strictest first; if none works, the error lists every reason."""
    faults: dict[str, EnvironmentFault] = {}
    for name in automatic_backends():
        try:
            return open_sandbox(name, run_spec, data_home, desk, **options)
        except EnvironmentFault as fault:
            faults[name] = fault
    first, *others = faults.values()
    if not others:
        raise first
    reasons = "; ".join(f"{name}: {fault.what}" for name, fault in faults.items())
    raise EnvironmentFault(f"no sandbox works here: {reasons}", first.where, first.remedy)
