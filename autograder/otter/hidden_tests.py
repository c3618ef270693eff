"""Write the hidden tests that apply our rubric, one Otter test file per question, and the zip for `otter run`.

Otter executes a test file twice, and one broken file makes it score every question as zero. So a file contains no logic
and no messages: each test imports the judge when called, and passes it one item.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from autograder.errors import ConfigurationError
from autograder.otter.reproducible_zip import write_zip
from autograder.rubric.cancellation import worth
from autograder.rubric.model import Question, Specification

_FOLDER = "assignment"
RUBRIC_MEMBER = f"{_FOLDER}/grading.yml"
"""The rubric's path in the autograder zip, whatever its original name; a running test finds it below `../source`."""

CONFIGURATION_MEMBER = "otter_config.json"
_PLUGIN = "autograder.otter.plugin.Sandboxed"

_HEADER = """\
# Made from the rubric by `autograder build`: change that, not this.
from otter.test_files import test_case as judged

OK_FORMAT = False
name = {question!r}
points = None
"""

# The decorator has another name than Otter's own, as an item called "case" would take `test_case` away from
# the tests after it.
_TEST = """

@judged(name={title!r}, points={points!r}, hidden=True)
def test_{item}(env):
    from autograder.otter.judge_item import ask

    ask({question!r}, {item!r}, env)
"""


def write_hidden_tests(folder: Path, specification: Specification) -> tuple[Path, ...]:
    """Write `q01.py` … into `folder` (made when absent), and return their paths.

    Raises:
        ConfigurationError: A question that is not excluded is worth 0 points, by which Otter would divide.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.py"):
        stale.unlink()
    paths = []
    points = worth(specification.questions)
    for name, question in specification.questions.items():
        if not any(points[f"{name}.{item}"] for item in question.items):
            if all(question.cancellation_of(item) == "excluded" for item in question.items.values()):
                continue
            raise ConfigurationError(
                "worth 0 points, by which Otter would divide", f"questions.{name}", "give an item points"
            )
        path = folder / f"{name}.py"
        path.write_text(_test_file(name, question, points), encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def write_autograder_zip(
    path: Path,
    tests: Path,
    specification: Specification,
    rubric: Path,
    data: str,
    reference_files: Mapping[str, Path],
    container_files: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write the zip for Gradescope and for `otter run`: configuration, hidden tests, and rubric.

    The zip contains the key: it is for the instructor only.

    Args:
        path: The zip to write; equal content gives equal bytes.
        tests: The folder written by `write_hidden_tests`.
        specification: The parsed rubric.
        rubric: The rubric's file; in the zip, its name is fixed.
        data: `real` or `practice`: the data sets that notebooks run on under `otter run`.
        reference_files: Name in the reference folder → file, for each file that judging reads.
        container_files: Name in the zip → content, for files that set up a container; `otter run` needs none of them.
    """
    configuration = {
        "lang": "python",
        "points_possible": specification.assignment.points,
        "show_hidden": False,
        "show_stdout": False,
        # Without it, Otter would execute a student's code beside the key, and score variables that prove nothing.
        "plugins": [{_PLUGIN: {"data": data}}],
    }
    reference = _reference_folder(specification.assignment.reference)
    members = {CONFIGURATION_MEMBER: json.dumps(configuration, indent=2).encode()}
    members |= {f"tests/{file.name}": file.read_bytes() for file in tests.glob("*.py")}
    members[RUBRIC_MEMBER] = rubric.read_bytes()
    members |= {f"{reference}/{name}": file.read_bytes() for name, file in reference_files.items()}
    write_zip(path, members | dict(container_files))


def _reference_folder(reference: str) -> str:
    """Return the reference folder's path in the zip that the rubric's relative path leads to.

    Raises:
        ConfigurationError: It would be outside the zip.
    """
    place = posixpath.normpath(f"{_FOLDER}/{reference}")
    if posixpath.isabs(reference) or place.startswith(".."):
        raise ConfigurationError(
            "too far from the rubric to be packed with it", "assignment.reference", "move it into the rubric's folder"
        )
    return place


def _test_file(question: str, content: Question, points: Mapping[str, float]) -> str:
    tests = [
        _TEST.format(title=place, points=points[place], item=name, question=question)
        for name in content.items
        if points[place := f"{question}.{name}"] or content.cancellation_of(content.items[name]) != "excluded"
    ]
    return _HEADER.format(question=question) + "".join(tests)
