"""Executes notebooks of people who may mean harm, and always comes back with a Run.

open_sandbox ──► bubblewrap │ unconfined          how a process is started, who it is, what it can see
                      └──► supervise ──► Run      what it may use, what it said, how it ended
                              ├ conversation      frames → the state of a Run
                              ├ limits            when it is too much
                              └ enclosure         all its processes: measure them, kill them
"""

from __future__ import annotations

from pathlib import Path

from autograder.errors import UsageError
from autograder.sandbox.bubblewrap import open_bubblewrap
from autograder.sandbox.interfaces import KnownTrainings, Observe, Sandbox
from autograder.sandbox.protections import Protection, examine_protections
from autograder.sandbox.unconfined import Unconfined
from autograder.spec.model import RunSpec

__all__ = ["PAYLOAD", "KnownTrainings", "Observe", "Protection", "Sandbox", "examine_protections", "open_sandbox"]

PAYLOAD = Path(__file__).resolve().parent.parent / "payload"
"""The folder that runs inside."""


def open_sandbox(
    name: str,
    run_spec: RunSpec,
    data_home: Path,
    known: KnownTrainings,
    *,
    payload: Path = PAYLOAD,
    threads: int | None = None,
) -> Sandbox:
    """Open a sandbox, and say at once if this machine cannot have it.

    Args:
        name: `bubblewrap`; `none`, which protects from nothing; or `auto`, which is never `none`.
        run_spec: The variables to watch and the limits.
        data_home: A folder as KERAS_HOME has it; its `datasets` are shown to the notebook.
        known: Answers the payload's questions for trainings that need not be run again.
        payload: What runs inside.
        threads: How many threads a numerical library may use, where sandboxes run side by side.

    Raises:
        EnvironmentFault: The sandbox cannot work on this machine.
        UsageError: There is no sandbox of that name.
    """
    match name:
        case "auto" | "bubblewrap":
            return open_bubblewrap(run_spec, data_home, known, payload, threads)
        case "none":
            return Unconfined(run_spec, known, data_home, payload, threads)
        case _:
            raise UsageError(f"there is no sandbox {name!r}", remedy="auto, bubblewrap or none")
