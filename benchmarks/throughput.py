"""Publish submissions an hour: a class whose trainings are known, graded warm and cold, beside a peer.

The class is the sample class's correct notebook, whole (question 10 too), once per student and with a comment of each
student's own. `autograder grade` grades it with every worker of this machine, from the command's start to its last
page. The peer is nbclient, the engine of nbgrader and `otter run`: the same cells in a plain Jupyter kernel without a
sandbox, one notebook after another. One of its notebooks takes minutes, so it gets `--peer` of them (0: none), and its
rate is taken from those. Run it by `make bench-throughput`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from commands import timed
from nbclient import NotebookClient

from autograder.assignment import open_assignment
from autograder.datasets import locate

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "tests" / "sample_class" / "all_right.ipynb"
AN_HOUR = 3600.0


def write_class(folder: Path, students: int) -> None:
    """Write a notebook per student."""
    for number in range(students):
        notebook = nbformat.read(SOLUTION, as_version=4)
        notebook.cells[-1].source += f"\n# {number}"
        nbformat.write(notebook, folder / f"student-{number:03}.ipynb")


def graded(folder: Path, out: Path, start: str) -> float:
    """Grade the class by the command and return the seconds that it took."""
    command = [Path(sys.executable).with_name("autograder"), "grade", folder, "--out", out, start]
    command += ["--config", ROOT / "grading.yml", "--data", "real"]
    return timed(list(map(str, command)))


def executed(folder: Path, notebooks: int) -> float:
    """Execute some notebooks with the peer, one after another, and return the seconds that they took."""
    data = locate(open_assignment(ROOT / "grading.yml").data, "real")
    os.environ["KERAS_HOME"] = str(data.path)
    began = time.perf_counter()
    for path in sorted(folder.glob("*.ipynb"))[:notebooks]:
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=3600, resources={"metadata": {"path": str(folder)}}).execute()
    return time.perf_counter() - began


def main() -> None:
    """Print each rate, and how many times the peer's it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=40, metavar="N")
    parser.add_argument("--peer", type=int, default=1, metavar="N", help="how many notebooks the peer executes")
    options = parser.parse_args()
    rates = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "class"
        folder.mkdir()
        write_class(folder, options.students)
        for start in ("--warm", "--cold"):
            seconds = graded(folder, Path(name) / start, start)
            rates[f"autograder grade {start}"] = options.students / seconds * AN_HOUR
            sys.stderr.write(f"{start}: {options.students} notebooks in {seconds:.0f} s\n")
        if options.peer:
            seconds = executed(folder, options.peer)
            rates["nbclient"] = options.peer / seconds * AN_HOUR
            sys.stderr.write(f"nbclient: {options.peer} notebooks in {seconds:.0f} s\n")
    sys.stdout.write(f"{os.cpu_count()} cores\n")
    for way, rate in rates.items():
        ratio = f"  {rate / rates['nbclient']:6.0f} times the peer" if "nbclient" in rates else ""
        sys.stdout.write(f"{way:24} {rate:7.0f} submissions an hour{ratio}\n")


if __name__ == "__main__":
    main()
