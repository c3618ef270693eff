"""Measure replay: one submission's Boston Housing trainings replayed, trained, and run by a peer, side by side.

The peer is nbclient, the engine of nbgrader and `otter run`: the same cells in a plain Jupyter kernel without a
sandbox. Each way runs `ROUNDS` times, interleaved, so that a busy machine slows all of them; the median counts, and
only ratios should be compared. Run it by `make bench`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from autograder.assignment import open_assignment
from autograder.collect import read_notebook
from autograder.datasets import locate
from autograder.orders import Desk
from autograder.records import Job, RunVerdict
from autograder.report import in_english
from autograder.sandbox import open_sandbox

ROOT = Path(__file__).parents[1]
ROUNDS = 3
LEFT_OUT = "q10-"
"""Question 10 trains for minutes, and would show the same."""


def submission() -> tuple[Job, nbformat.NotebookNode]:
    """Return the sample class's correct submission without question 10, as a job and as a notebook."""
    path = ROOT / "tests" / "sample_class" / "all_right.ipynb"
    notebook = nbformat.read(path, as_version=4)
    kept = [index for index, cell in enumerate(notebook.cells) if not cell["id"].startswith(LEFT_OUT)]
    job = read_notebook(path, "benchmark")
    job = dataclasses.replace(job, cells=tuple(cell for cell in job.cells if cell.index in kept))
    notebook.cells = [notebook.cells[index] for index in kept]
    return job, notebook


def ways(folder: Path, resources: contextlib.ExitStack) -> dict[str, Callable[[], None]]:
    """Return each way of executing the submission."""
    assignment = open_assignment(ROOT / "grading.yml")
    data = locate(assignment.data, "auto")
    run_spec = assignment.specification.run_spec
    desk = resources.enter_context(Desk(run_spec.limits, assignment.known_trainings(data.kind), None, 1))
    sandbox = open_sandbox("auto", run_spec, data.path, desk)
    desk.engage(sandbox.start_trainer)
    job, notebook = submission()
    os.environ["KERAS_HOME"] = str(data.path)

    def ours(mode: str) -> None:
        run = sandbox.run(dataclasses.replace(job, mode=mode))
        if run.verdict is not RunVerdict.COMPLETE:
            sys.exit(f"the run ended {run.verdict}: {in_english(run.detail)}")

    def peer() -> None:
        # On practice data Keras's own loader refuses the file's hash, as the peer does not support practice data.
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()

    each: dict[str, Callable[[], None]] = {"replayed": lambda: ours("replay"), "trained": lambda: ours("train")}
    return {**each, "nbclient": peer} if data.kind == "real" else each


def main() -> None:
    """Time every way and print medians and ratios."""
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as resources:
        each = ways(Path(name), resources)
        for number in range(ROUNDS):
            for way, execute in each.items():
                began = time.perf_counter()
                execute()
                seconds.setdefault(way, []).append(time.perf_counter() - began)
                sys.stderr.write(f"round {number + 1} of {ROUNDS}, {way}: {seconds[way][-1]:.1f} s\n")
    medians = {way: statistics.median(values) for way, values in seconds.items()}
    for way, median in medians.items():
        low, high = min(seconds[way]), max(seconds[way])
        ratio = median / medians["replayed"]
        sys.stdout.write(f"{way:10} {median:6.1f} s  ({low:.1f} to {high:.1f})  {ratio:5.1f} times the replay\n")


if __name__ == "__main__":
    main()
