"""Write the hidden tests that ask our rubric, one Otter test file a question, and the zip that `otter run` takes.

Otter executes a test file twice and lets one broken file zero every question. So a file holds no logic and no
message: each test imports the judge when it is called, and asks it about one item.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from autograder.errors import ConfigurationError
from autograder.otter_bridge.archive import write_zip
from autograder.spec.model import Question, Specification

ASSIGNMENT_FOLDER = "assignment"
"""Where the rubric stands in the autograder zip, which is `../source/assignment` as seen from a running test."""

_HEADER = """\
# Made from grading.yml by `autograder build`: change that, not this.
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
    from autograder.hidden import ask

    ask({question!r}, {item!r}, env)
"""


def write_hidden_tests(folder: Path, specification: Specification) -> tuple[Path, ...]:
    """Write `q01.py` … into `folder` (made when absent), and return their paths.

    Raises:
        ConfigurationError: A question is worth nothing, which Otter's arithmetic does not survive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.py"):
        stale.unlink()
    paths = []
    for name, question in specification.questions.items():
        if not sum(item.points for item in question.items.values()):
            raise ConfigurationError(
                "worth 0 points, by which Otter would divide", f"questions.{name}", "give an item points"
            )
        path = folder / f"{name}.py"
        path.write_text(_test_file(name, question), encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def write_autograder_zip(
    path: Path,
    tests: Path,
    specification: Specification,
    grading_file: Path,
    reference_files: Mapping[str, Path],
    container_files: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write the zip for Gradescope and for `otter run`: configuration, hidden tests, and the rubric that they ask.

    The zip holds the key: it is for the instructor alone.

    Args:
        path: The zip to write; equal content gives equal bytes.
        tests: The folder that `write_hidden_tests` filled.
        specification: What `grading_file` says.
        grading_file: `grading.yml`.
        reference_files: Name in the reference folder → file, for each file that judging reads.
        container_files: Name in the zip → content, for what sets up a container and starts there; `otter run` needs
            none of it.
    """
    configuration = {
        "lang": "python",
        "points_possible": specification.assignment.points,
        "show_hidden": False,
        "show_stdout": False,
    }
    rubric = f"{ASSIGNMENT_FOLDER}/{specification.assignment.reference}"
    members = {"otter_config.json": json.dumps(configuration, indent=2).encode()}
    members |= {f"tests/{file.name}": file.read_bytes() for file in tests.glob("*.py")}
    members[f"{ASSIGNMENT_FOLDER}/grading.yml"] = grading_file.read_bytes()
    members |= {f"{rubric}/{name}": file.read_bytes() for name, file in reference_files.items()}
    write_zip(path, members | dict(container_files))


def _test_file(question: str, content: Question) -> str:
    tests = [
        _TEST.format(title=f"{question}.{name}", points=float(item.points), item=name, question=question)
        for name, item in content.items.items()
    ]
    return _HEADER.format(question=question) + "".join(tests)
