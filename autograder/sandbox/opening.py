"""Open a sandbox by its name, or the tightest that works on this machine; where none does, say why and open none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.errors import EnvironmentFault, UsageError
from autograder.sandbox.bubblewrap import open_bubblewrap
from autograder.sandbox.docker import open_docker
from autograder.sandbox.interfaces import Desk, Sandbox
from autograder.sandbox.mounts import data_mounts, python_mounts, refuse_to_show, system_mounts
from autograder.sandbox.uid import inside_container, open_uid
from autograder.sandbox.unconfined import Unconfined
from autograder.spec.run_spec import RunSpec

BACKENDS = ("bubblewrap", "docker", "uid")
"""What protects, the tightest first."""

PAYLOAD = Path(__file__).resolve().parent.parent / "payload"
"""The folder that runs inside."""


def open_sandbox(
    name: str,
    run_spec: RunSpec,
    data_home: Path,
    desk: Desk,
    *,
    payload: Path = PAYLOAD,
    threads: int | None = None,
    secrets: Sequence[Path] = (),
    search: bool = False,
) -> Sandbox:
    """Open a sandbox, and say at once if this machine cannot have it.

    Args:
        name: One of `BACKENDS`; `none`, which protects from nothing; or `auto`: the tightest that works here, never
            `none`.
        run_spec: The variables to watch and the limits.
        data_home: A folder as KERAS_HOME has it; its `datasets` are shown to the notebook.
        desk: Takes the notebooks' orders.
        payload: What runs inside.
        threads: How many threads a numerical library may use, where sandboxes run side by side.
        secrets: What the notebook may not read; a backend that shows the machine's files opens only if it cannot.
        search: Such a backend opens only if it finds no copy of answers anywhere either.

    Raises:
        EnvironmentFault: The sandbox cannot work on this machine.
        UsageError: There is no sandbox of that name.
    """
    match name:
        case "auto":
            options = {"payload": payload, "threads": threads, "secrets": secrets, "search": search}
            return _open_tightest(run_spec, data_home, desk, **options)
        case "bubblewrap":
            refuse_to_show(secrets, [*system_mounts(), *python_mounts(), *data_mounts(data_home)])
            return open_bubblewrap(run_spec, data_home, desk, payload, threads)
        case "docker":
            return open_docker(run_spec, data_home, desk, payload, threads)
        case "uid":
            return open_uid(run_spec, data_home, desk, payload, threads, secrets, search=search)
        case "none":
            return Unconfined(run_spec, desk, data_home, payload, threads)
        case _:
            raise UsageError(f"there is no sandbox {name!r}", remedy="auto, bubblewrap, docker, uid or none")


def automatic_backends() -> tuple[str, ...]:
    """Return what `auto` tries here, the tightest first."""
    # Outside a container everybody may read far more than what a container was given.
    return tuple(name for name in BACKENDS if name != "uid" or inside_container())


def _open_tightest(run_spec: RunSpec, data_home: Path, desk: Desk, **options: Any) -> Sandbox:
    """Try the backends from the tightest on; where none works, each one's reason is said."""
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
