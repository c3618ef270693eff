"""Run the `otter` command as a process of its own, away from the user's files and settings."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from autograder.child_process import listed_environment, python_command, start

_LINES_KEPT = 12
_SETTINGS = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """How the command ended, and the last lines that it printed."""

    return_code: int
    last_lines: str


def run_otter(arguments: Sequence[str], folder: Path, timeout_seconds: float) -> Outcome:
    """Run `otter` with `arguments` in `folder`, and end it with all its children after `timeout_seconds`.

    Args:
        arguments: The subcommand and what follows it.
        folder: The working directory, which also takes what Jupyter and IPython write.
        timeout_seconds: The most that it may take; past it, the outcome has a return code other than 0.
    """
    # Otter's folder may hold another `otter`; settings of Jupyter's and IPython's are code, and the user's stay out.
    settings = dict.fromkeys(_SETTINGS, str(folder / ".jupyter"))
    with start(
        python_command("-m", "otter", *arguments),
        folder=folder,
        environment=listed_environment() | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            return Outcome(-signal.SIGKILL, f"ended after {timeout_seconds:g} seconds")
        finally:
            # Also when we are interrupted. A kernel has a session of its own, and ends once its parent is gone.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    lines = [line for line in printed.decode(errors="replace").splitlines() if line.strip()]
    return Outcome(process.returncode, "\n".join(lines[-_LINES_KEPT:]))
