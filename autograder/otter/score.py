"""Score a values notebook with Otter: in this process in milliseconds, or with the real `otter run` in seconds."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import EnvironmentFault
from autograder.otter.command import run_otter
from autograder.otter.hidden_tests import CONFIGURATION_MEMBER
from autograder.otter.notebooks import read_notebook, write_notebook
from autograder.otter.reproducible_zip import write_zip
from autograder.otter.values_notebook import read_values
from autograder.records import JSON

RUBRIC_NAME = "_rubric"
"""The variable with the rubric's path for tests run in this process. A values notebook never assigns it."""

# The form of Otter's exception reports: place, one line of (our) code, exception. Our messages are one line, so a
# student's text in one cannot imitate a report.
_REPORT = re.compile(r"Error at line \d+ in test \S+:\n[^\n]*\n\s*(\w+):")


@dataclasses.dataclass(frozen=True, slots=True)
class OtterScore:
    """Otter's result.

    `points` is None if a test failed because of the grader or Otter had no results: no grade, never a zero. `questions`
    and `outputs` hold the earned points and Otter's output by question.
    """

    points: float | None
    points_possible: float
    questions: dict[str, float]
    outputs: dict[str, str]


def score_in_process(notebook: NotebookNode, tests: Path, rubric: Path) -> OtterScore:
    """Run Otter's test files on the literals of a values notebook, without a kernel.

    Args:
        notebook: The result of `values_notebook`.
        tests: The folder written by `write_hidden_tests`.
        rubric: The rubric's file.

    Raises:
        UsageError: The notebook contains more than literals.
    """
    from autograder.otter.internals import run_test_files  # noqa: PLC0415 (it imports Otter)

    environment = {**read_values(notebook), RUBRIC_NAME: str(rubric)}
    return _read_results(run_test_files(sorted(tests.glob("*.py")), environment))


def score_with_otter_run(notebook: NotebookNode, autograder_zip: Path, timeout_seconds: float = 300) -> OtterScore:
    """Score a values notebook with the real command `otter run` and its kernel.

    The zip's plugin is left out: it executes a student's notebook, and these values were collected already.

    Raises:
        EnvironmentFault: The zip cannot be read, or the command failed, took too long, or left no results.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-otter-") as name:
        folder = Path(name)
        submission = folder / "values.ipynb"
        write_notebook(notebook, submission)
        archive = folder / "autograder.zip"
        _copy_without_plugins(autograder_zip, archive)
        arguments = ["run", "--no-logo", "-a", str(archive), "-o", name, str(submission)]
        outcome = run_otter(arguments, folder, timeout_seconds)
        results = folder / "results.json"
        if outcome.return_code or not results.is_file():
            raise EnvironmentFault(
                f"otter run left no results: {outcome.last_lines}", remedy="is otter-grader[grading] installed?"
            )
        return _read_results(json.loads(results.read_text(encoding="utf-8")))


def _copy_without_plugins(source: Path, target: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        configuration = json.loads(members[CONFIGURATION_MEMBER])
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise EnvironmentFault(f"is no zip of `autograder build`: {error}", str(source), "build it anew") from error
    configuration.pop("plugins", None)
    write_zip(target, members | {CONFIGURATION_MEMBER: json.dumps(configuration).encode()})


def public_points(tests: Sequence[Path], notebook: Path) -> dict[str, float]:
    """Return the points by question in the students' public tests, from files or embedded in the notebook."""
    from autograder.otter.internals import possible_points  # noqa: PLC0415 (it imports Otter)

    return possible_points(tests, notebook, read_notebook(notebook))


def _read_results(results: Mapping[str, JSON]) -> OtterScore:
    """Read Otter's results in Gradescope's form, where only a question has a `max_score`."""
    tests = [test for test in results["tests"] if "max_score" in test]
    questions = {test["name"]: float(test["score"]) for test in tests}
    outputs = {test["name"]: str(test["output"]) for test in tests}
    possible = sum(float(test["max_score"]) for test in tests)
    ours = any(kind != "AssertionError" for output in outputs.values() for kind in _REPORT.findall(output))
    # Floats that sum to 10 in one order sum to 9.999999999999998 in another.
    points = None if ours or not tests else round(sum(questions.values()), 5)
    return OtterScore(points, round(possible, 5), questions, outputs)
