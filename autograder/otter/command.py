"""Run the `otter` command in a separate process, isolated from the user's files and settings."""

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
class CommandOutcome:
    """The command's exit status and last lines of output."""

    return_code: int
    last_lines: str


def run_otter(arguments: Sequence[str], folder: Path, timeout_seconds: float) -> CommandOutcome:
    """Run `otter` with `arguments` in `folder`; kill it with all its children after `timeout_seconds`.

    Args:
        arguments: The subcommand and what follows it.
        folder: The working directory, which also receives files from Jupyter and IPython.
        timeout_seconds: The time limit; beyond it, the outcome has a non-zero return code.
    """
    # The folder may contain another `otter`; Jupyter's and IPython's settings are code, so the user's are excluded.
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
            return CommandOutcome(-signal.SIGKILL, f"ended after {timeout_seconds:g} seconds")
        finally:
            # Also on an interrupt. A kernel has its own session and ends when its parent is gone.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    lines = [line for line in printed.decode(errors="replace").splitlines() if line.strip()]
    return CommandOutcome(process.returncode, "\n".join(lines[-_LINES_KEPT:]))
