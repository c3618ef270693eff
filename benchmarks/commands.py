"""Run the command that is measured."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from autograder.child_process import listed_environment, run


def timed(command: Sequence[str]) -> float:
    """Run a command to its end and return the seconds that it took; a failure ends the benchmark."""
    began = time.perf_counter()
    done = run(list(command), environment=listed_environment("KERAS_HOME"), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return time.perf_counter() - began
