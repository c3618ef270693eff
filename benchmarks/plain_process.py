"""Trains what a notebook's cells say in a plain process without any of our code: the measure of what orders give."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.child_process import listed_environment, python_command, run
from autograder.records import Job


def threads_of(number: int) -> dict[str, str]:
    """Return the variables that give numerical libraries so many threads."""
    return dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"), str(number))


def train(job: Job, variables: Mapping[str, str], data_home: Path, *, last: str, first: str = "") -> Any:
    """Run a notebook's cells, and return what they print last.

    Args:
        job: The notebook.
        variables: The environment's settings of the libraries.
        data_home: The data sets.
        last: Code after the cells, which prints a line of JSON.
        first: Code before them.
    """
    lines = [line for cell in job.cells for line in (*cell.source.splitlines(), "") if "grader." not in line]
    with tempfile.TemporaryDirectory() as folder:
        done = run(
            python_command("-c", "\n".join([first, *lines, last])),
            environment=listed_environment()
            | {"KERAS_HOME": str(data_home), "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "agg", "HOME": folder}
            | dict(variables),
            folder=folder,
            capture_output=True,
            text=True,
        )
    if done.returncode != 0:
        sys.exit(f"trained by itself, it ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
