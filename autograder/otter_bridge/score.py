"""Let Otter score a values notebook: in this process in milliseconds, or by the real `otter run` in seconds."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import EnvironmentFault
from autograder.otter_bridge.command import run_otter
from autograder.otter_bridge.notebooks import read_notebook, write_notebook
from autograder.otter_bridge.values_notebook import read_values
from autograder.records import JSON

ASSIGNMENT_NAME = "_assignment"
"""The variable that tells a test run in this process where the rubric stands. A values notebook never assigns it."""

# How Otter's exception tests report: the place, one line of code (ours), the exception. A message of ours is one
# line, so a student's text in it cannot feign a report.
_REPORT = re.compile(r"Error at line \d+ in test \S+:\n[^\n]*\n\s*(\w+):")


@dataclasses.dataclass(frozen=True, slots=True)
class OtterScore:
    """What Otter counted.

    `points` is None when a test failed by our own fault or Otter had no results at all: no grade, never a zero.
    `questions` and `outputs` hold, by question, the points earned and what Otter prints.
    """

    points: float | None
    points_possible: float
    questions: dict[str, float]
    outputs: dict[str, str]


def score_in_process(notebook: NotebookNode, tests: Path, assignment: Path) -> OtterScore:
    """Run Otter's test files on the literals of a values notebook, without a kernel.

    Args:
        notebook: What `values_notebook` made.
        tests: The folder that `write_hidden_tests` filled.
        assignment: The folder of `grading.yml`.

    Raises:
        UsageError: The notebook holds more than literals.
    """
    from autograder.otter_bridge.internals import run_test_files  # noqa: PLC0415 (it imports Otter)

    environment = {**read_values(notebook), ASSIGNMENT_NAME: str(assignment)}
    return _read_results(run_test_files(sorted(tests.glob("*.py")), environment))


def score_with_otter_run(notebook: NotebookNode, autograder_zip: Path, timeout_seconds: float = 300) -> OtterScore:
    """Score a values notebook with the command `otter run`, kernel and all.

    Raises:
        EnvironmentFault: The command failed, took too long, or left no results.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-otter-") as name:
        folder = Path(name)
        submission = folder / "values.ipynb"
        write_notebook(notebook, submission)
        arguments = ["run", "--no-logo", "-a", str(autograder_zip.resolve()), "-o", name, str(submission)]
        outcome = run_otter(arguments, folder, timeout_seconds)
        results = folder / "results.json"
        if outcome.return_code or not results.is_file():
            raise EnvironmentFault(
                f"otter run left no results: {outcome.last_lines}", remedy="is otter-grader[grading] installed?"
            )
        return _read_results(json.loads(results.read_text(encoding="utf-8")))


def public_points(tests: Sequence[Path], notebook: Path) -> dict[str, float]:
    """Return, by question, the points that a student's own tests name, from files or embedded in the notebook."""
    from autograder.otter_bridge.internals import possible_points  # noqa: PLC0415 (it imports Otter)

    return possible_points(tests, notebook, read_notebook(notebook))


def _read_results(results: Mapping[str, JSON]) -> OtterScore:
    """Read Otter's results in Gradescope's form, where only a question has a `max_score`."""
    tests = [test for test in results["tests"] if "max_score" in test]
    questions = {test["name"]: float(test["score"]) for test in tests}
    outputs = {test["name"]: str(test["output"]) for test in tests}
    possible = sum(float(test["max_score"]) for test in tests)
    ours = any(kind != "AssertionError" for output in outputs.values() for kind in _REPORT.findall(output))
    # Floats that add up to 10 in one order add up to 9.999999999999998 in another.
    points = None if ours or not tests else round(sum(questions.values()), 5)
    return OtterScore(points, round(possible, 5), questions, outputs)
