"""Measure a class with shared trainings: ten correct ways of writing and fourteen known mistakes, graded twice.

The notebooks are the solved one, edited by `validity/bank.yml`, without question 10, all with the students' seed. Only
the command is used, so an earlier version can be measured with the same notebooks: pass its command with `--autograder`
and its rubric with `--config`. Each class is graded into a new results folder; the second one may use the trainings of
the first (`--trainings`, if the command has it). Run it by `make bench-class`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

import nbformat
import yaml
from commands import timed

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "tests" / "sample_class" / "all_right.ipynb"
BANK = Path(__file__).parent / "validity" / "bank.yml"
WAYS = 10
MISTAKES = 14
LEFT_OUT = "q10-"
"""Question 10 trains for minutes in each of its ways, and would show the same."""

_DECAYS = (
    "return rate if epoch < 10 else rate * math.exp(-0.05)",
    "return rate if epoch < 6 else rate * math.exp(-0.1)",
)


def solutions() -> list[dict[str, object]]:
    """Return the class: the ways, then the mistakes, each with its edits of the solved notebook.

    Most students round each rate to four digits, as the exercises' source does; the master solution does not.
    """
    bank = yaml.safe_load(BANK.read_text(encoding="utf-8"))
    styles = bank["styles"]
    ways = [*map(_rounded, styles), *styles][:WAYS]
    trained = [mutant for mutant in bank["mutants"] if {"q07", "q08"} & set(mutant["questions"])]
    step = len(trained) / MISTAKES
    return [*ways, *(_rounded(trained[int(number * step)]) for number in range(MISTAKES))]


def _rounded(solution: dict[str, object]) -> dict[str, object]:
    """Return a solution with rounded rates, unless its own edits change the schedules."""
    edits: list[dict[str, str]] = solution["edits"]  # type: ignore[assignment]
    rounding = [
        {"find": decay, "put": decay.replace("rate * math", "round(rate * math") + ", 4)"}
        for decay in _DECAYS
        if not any(edit["find"] in decay for edit in edits)
    ]
    return {"name": f"{solution['name']}, rates rounded", "edits": [*edits, *rounding]}


def write_class(folder: Path) -> list[str]:
    """Write the class, one notebook per student, and return their names."""
    names = []
    for number, solution in enumerate(solutions()):
        notebook = nbformat.read(SOLUTION, as_version=4)
        notebook.cells = [
            cell for cell in notebook.cells if cell.cell_type == "code" and not cell["id"].startswith(LEFT_OUT)
        ]
        for edit in solution["edits"]:
            [cell] = [cell for cell in notebook.cells if edit["find"] in cell.source]
            cell.source = cell.source.replace(edit["find"], edit["put"])
        name = f"{'right' if number < WAYS else 'mistaken'}-{number:02}"
        nbformat.write(notebook, folder / f"{name}.ipynb")
        names.append(f"{name}: {solution['name']}")
    return names


def grade(command: list[str], out: Path) -> dict[str, float]:
    """Grade the class and return its cost in seconds, and how many questions a store answered."""
    seconds = timed([*command, "--out", str(out)])
    with sqlite3.connect(out / "gradebook.sqlite") as book:
        rows = book.execute("SELECT jobs.student, runs.record FROM runs JOIN jobs ON jobs.id = runs.job_id").fetchall()
    usages = [json.loads(record)["usage"] for _, record in rows]
    of_right = [usage for usage, (student, _) in zip(usages, rows, strict=True) if student.startswith("right")]
    return {
        "wall": seconds,
        # As measured by the sandboxes: the notebooks and, where they exist, their trainers.
        "processor": sum(usage["cpu_seconds"] + usage.get("training_cpu_seconds", 0.0) for usage in usages),
        "answered": sum(usage["replayed"] for usage in usages),
        "unknown": sum(usage["unknown"] for usage in usages),
        "answered of right": sum(usage["replayed"] for usage in of_right),
        "unknown of right": sum(usage["unknown"] for usage in of_right),
    }


def main() -> None:
    """Grade the class twice and print the cost of each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--autograder", default=str(Path(sys.executable).with_name("autograder")), metavar="COMMAND")
    parser.add_argument("--config", default=str(ROOT / "grading.yml"), metavar="FILE")
    parser.add_argument("--workers", default="2")
    parser.add_argument("--no-trainings", action="store_true", help="the command has no --trainings")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the results there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "class").mkdir()
        sys.stderr.write("\n".join(write_class(folder / "class")) + "\n")
        command = [options.autograder, "grade", str(folder / "class"), "--config", options.config]
        command += ["--workers", options.workers]
        if not options.no_trainings:
            command += ["--trainings", str(folder / "trainings")]
        for number in ("first", "second"):
            cost = grade(command, folder / number)
            share = cost["answered"] / max(1.0, cost["answered"] + cost["unknown"])
            right = cost["answered of right"] / max(1.0, cost["answered of right"] + cost["unknown of right"])
            sys.stdout.write(
                f"{number:6}  {cost['wall']:7.0f} s  {cost['processor']:7.0f} s of processor time  "
                f"{share:4.0%} answered by a store ({cost['answered']:.0f}; {cost['unknown']:.0f} not), "
                f"{right:.0%} of the right ways'\n"
            )
            sys.stdout.flush()
        if options.keep:
            shutil.copytree(folder, options.keep, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
