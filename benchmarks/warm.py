"""Measure warm starts: one submission with known trainings only, executed cold and warm, side by side.

All processor time of a notebook counts: ours, bubblewrap's, the fork server's, the jail's first process's and the
notebook's own; a fork server's imports, once per class, are in the row of the first round. The unit is the imports
alone in a plain process. A notebook without imports shows the cost of the sandbox itself. The ways alternate `ROUNDS`
times, so that a busy machine slows all of them; the median counts. Run it by `make bench-warm`.
"""

from __future__ import annotations

import dataclasses
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from autograder.assignment import open_assignment
from autograder.child_process import listed_environment, python_command, run
from autograder.collect import read_notebook
from autograder.datasets import locate
from autograder.orders import Desk
from autograder.records import Cell, Job, RunVerdict
from autograder.report import in_english
from autograder.sandbox import ControlGroup, Sandbox, open_sandbox
from autograder.sandbox.bubblewrap import Bubblewrap

ROOT = Path(__file__).parents[1]
ROUNDS = 5
IMPORTS = "import numpy, sklearn.metrics, matplotlib.pyplot, tensorflow, keras"
_MEASURE = "the imports alone"
_WAYS = {"plain": ("none", False), "cold": ("bubblewrap", False), "warm": ("bubblewrap", True)}


class Meter:
    """Counts the processor time of this process and its children, in a control group that it moves to."""

    def __enter__(self) -> Self:
        before = ControlGroup.of_process("self")
        if before is None:
            sys.exit("no control group is to be seen here")
        self._before = before.cpu
        self._folder = before.cpu / f"benchmark-{os.getpid()}"
        try:
            self._folder.mkdir()
            self._move_to(self._folder)
        except OSError as error:
            sys.exit(f"processor time is counted in a control group, which only root can make: {error}")
        return self

    def __exit__(self, *_: object) -> None:
        self._move_to(self._before)
        self._folder.rmdir()

    def seconds(self) -> float:
        """Return the processor time so far."""
        return ControlGroup(self._folder, self._folder, self._folder).measure().cpu_seconds

    @staticmethod
    def _move_to(folder: Path) -> None:
        (folder / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")


def open_sandboxes(resources: ExitStack) -> dict[str, Sandbox]:
    """Return the sandbox of each way."""
    assignment = open_assignment(ROOT / "grading.yml")
    data = locate(assignment.data, "auto")
    run_spec = assignment.specification.run_spec
    desk = resources.enter_context(Desk(run_spec.limits, assignment.known_trainings(data.kind), None, 1))
    found: dict[str, Sandbox] = {}
    for way, (backend, warm) in _WAYS.items():
        box = open_sandbox(backend, run_spec, data.path, desk, warm=warm)
        resources.callback(box.close)
        # In cgroup v2 a jail's own group would be outside of ours.
        found[way] = dataclasses.replace(box, groups=None) if isinstance(box, Bubblewrap) else box
    desk.engage(found["cold"].start_trainer)
    sys.stderr.write(f"{data.kind} data\n")
    return found


def jobs() -> dict[str, Job]:
    """Return the notebooks: the sample class's correct one, and one without imports."""
    known = read_notebook(ROOT / "tests" / "sample_class" / "all_right.ipynb", "benchmark")
    small = dataclasses.replace(known, cells=(Cell(0, "q02_answer = 'a'"),), parameters_cell=None)
    return {"all known": known, "imports nothing": small}


def execute(sandbox: Sandbox, job: Job) -> None:
    """Execute a notebook whose trainings must be known."""
    done = sandbox.run(job)
    if done.verdict is not RunVerdict.COMPLETE or done.usage.unknown:
        sys.exit(f"the run ended {done.verdict}, {done.usage.unknown} unknown: {in_english(done.detail)}")
    if sandbox.remark:
        sys.exit(sandbox.remark)


def import_alone() -> None:
    """Import the notebook's packages in a plain process."""
    environment = listed_environment() | {"CUDA_VISIBLE_DEVICES": "-1", "MPLBACKEND": "agg", "PYTHONHASHSEED": "0"}
    run(python_command("-c", IMPORTS), environment=environment, capture_output=True, check=True)


def main() -> None:
    """Measure each way and print medians and ratios."""
    with Meter() as meter, ExitStack() as resources:
        boxes = open_sandboxes(resources)
        ways: dict[str, Callable[[], None]] = {_MEASURE: import_alone}
        for notebook, job in jobs().items():
            for way, box in boxes.items():
                ways[f"{notebook}, {way}"] = lambda box=box, job=job: execute(box, job)  # type: ignore[misc]
        found: dict[str, list[tuple[float, float]]] = {}
        for number in range(ROUNDS + 1):
            for way, act in ways.items():
                before, began = meter.seconds(), time.perf_counter()
                act()
                taken = meter.seconds() - before, time.perf_counter() - began
                # Fork servers import in the first round, which is left out of the median.
                found.setdefault(way if number else f"{way}, the first", []).append(taken)
                sys.stderr.write(f"round {number} of {ROUNDS}, {way}: {taken[0]:.2f} s of processor time\n")
    _print(found)


def _print(found: dict[str, list[tuple[float, float]]]) -> None:
    measure = statistics.median(processor for processor, _ in found[_MEASURE])
    sys.stdout.write("| | processor s | lowest to highest | of the imports | s |\n|---|---:|---:|---:|---:|\n")
    for way, taken in found.items():
        processor, wall = (statistics.median(column) for column in zip(*taken, strict=True))
        lowest, highest = min(taken)[0], max(taken)[0]
        row = f"| {way} | {processor:.2f} | {lowest:.2f} to {highest:.2f} | {processor / measure:.2f} | {wall:.2f} |\n"
        sys.stdout.write(row)


if __name__ == "__main__":
    main()
