"""Run the `otter` command as a process of its own, away from the user's files and settings."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_LINES_KEPT = 12
_SETTINGS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


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
    # `-I` keeps a folder named `otter` in the working directory, or in PYTHONPATH, from shadowing the real one.
    command = [sys.executable, "-I", "-m", "otter", *arguments]
    aside = folder / ".jupyter"
    settings = dict.fromkeys(_SETTINGS, str(aside))
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
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
    lines = [line for line in printed.splitlines() if line.strip()]
    return Outcome(process.returncode, "\n".join(lines[-_LINES_KEPT:]))
