"""A small assignment of two questions: its rubric, its master notebook, and evidence of several students."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.otter import Assigned, assign
from autograder.records import Evidence, RunVerdict, Values
from autograder.reference import build_baseline
from autograder.rubric.model import Specification

RUBRIC = {
    "assignment": {
        "name": "tiny",
        "points": 2,
        "notebooks": {"en": "tiny.en.ipynb", "pt-BR": "tiny.pt-BR.ipynb"},
        "reference": "reference",
    },
    "limits": {
        "cell_seconds": 10,
        "notebook_seconds": 20,
        "memory_mebibytes": 512,
        "processes": 64,
        "output_mebibytes": 1,
        "files_mebibytes": 1,
        "evidence_mebibytes": 1,
    },
    "policy": {
        "claimed": "review",
        "feedback": "hints",
        "tolerance": {
            "coverage": 0.99,
            "confidence": 0.95,
            "minimum_runs": 8,
            "fallback_log": 0.7,
            "fallback_logit": 1.5,
        },
    },
    "questions": {
        "q01": {
            "variables": {
                "q01_losses": {"type": "map", "keys": ["squared", "hinge"], "of": {"type": "number"}},
                "q01_order": {"type": "words", "words": ["squared", "hinge"], "length": 2},
            },
            "items": {
                "losses": {
                    "points": 0.3,
                    "check": "close",
                    "value": "q01_losses",
                    "expected": {"squared": 0.1421, "hinge": 0.6805},
                    "absolute": 0.002,
                },
                "order": {"points": 0.6, "check": "own_order", "value": "q01_order", "numbers": "q01_losses"},
                # A name that would clash with Otter's decorator if that kept its own.
                "case": {"points": 0.1, "check": "equal", "value": "q01_order", "expected": ["squared", "hinge"]},
            },
        },
        "q02": {
            "variables": {"q02_answer": {"type": "letter", "options": "abcd"}},
            "items": {"answer": {"points": 1, "check": "choice", "value": "q02_answer", "key": "c"}},
        },
    },
}

SOLVED = {"q01_losses": {"squared": 0.1421, "hinge": 0.6805}, "q01_order": ["squared", "hinge"], "q02_answer": "c"}

CONFIGURATION = """\
# ASSIGNMENT CONFIG
name: tiny
init_cell: true
check_all_cell: false
export_cell: false
generate: {points_possible: 2}
tests: {files: true, ok_format: false}
"""
Q01_TEST = 'def test_form(q01_losses):\n    assert isinstance(q01_losses, dict), "q01_losses is to be a dictionary"'
Q02_TEST = 'def test_form(q02_answer):\n    assert q02_answer in ("a", "b", "c", "d"), "one letter"'


def master_cells(**changes: str) -> list[nbformat.NotebookNode]:
    """Make the cells of the master notebook; `changes` replaces the text of one by its name."""
    texts = {
        "configuration": CONFIGURATION,
        "statement": "Compute the **mean losses**. A network that knows nothing has $1.609$.",
        "given": "import math\n\nprobabilities = [0.133, 0.843]",
        "q01": "# BEGIN QUESTION\nname: q01\npoints: 1",
        "solution": (
            "def mean_squared(values):\n    # BEGIN SOLUTION\n    total = math.fsum(v**2 for v in values)\n"
            "    return total / len(values)\n    # END SOLUTION\n"
            'q01_losses = {"squared": 0.1421, "hinge": 0.6805}  # SOLUTION\n'
            "q01_order = sorted(q01_losses, key=q01_losses.get)  # SOLUTION"
        ),
        "q01_test": Q01_TEST,
        "q02": "# BEGIN QUESTION\nname: q02\npoints: 1",
        "choice": 'q02_answer = "c"  # SOLUTION',
        "justification": "The third option holds, as the gradient of a saturated unit vanishes.",
        "q02_test": Q02_TEST,
    } | changes
    return [
        new_raw_cell(texts["configuration"]),
        new_markdown_cell(texts["statement"]),
        new_code_cell(texts["given"]),
        new_raw_cell(texts["q01"]),
        new_markdown_cell("Fill `q01_losses` and `q01_order`."),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(texts["solution"]),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        new_code_cell(texts["q01_test"]),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
        new_raw_cell(texts["q02"]),
        new_markdown_cell("Choose a letter."),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(texts["choice"]),
        new_markdown_cell(texts["justification"]),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        new_code_cell(texts["q02_test"]),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
    ]


def write_master(folder: Path, **changes: str) -> Path:
    """Write the master notebook, as `master_cells` makes it, into a new folder."""
    folder.mkdir(parents=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=master_cells(**changes), metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "tiny.en.ipynb")
    return folder / "tiny.en.ipynb"


@pytest.fixture(scope="session")
def specification() -> Specification:
    """The rubric of the small assignment."""
    return Specification.model_validate(RUBRIC)


@pytest.fixture(scope="session")
def make_master() -> Callable[..., Path]:
    """Write a master notebook with some of its cells changed."""
    return write_master


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The master notebook as it should be."""
    return write_master(tmp_path_factory.mktemp("tiny") / "master")


@pytest.fixture(scope="session")
def assigned(master: Path, specification: Specification, tmp_path_factory: pytest.TempPathFactory) -> Assigned:
    """The output of the real Otter Assign for the master notebook."""
    return assign(master, tmp_path_factory.mktemp("dist") / "en", "en", specification.run_spec.variables)


@pytest.fixture
def make_evidence() -> Callable[..., Evidence]:
    """Make evidence of a notebook that ran to its end and left `given`."""

    def make(student: str = "ana", faults: dict[str, str] | None = None, **given: object) -> Evidence:
        return Evidence(
            job_id="job",
            student=student,
            language="en",
            notebook_sha256="0" * 64,
            run_verdict=RunVerdict.COMPLETE,
            run_detail=None,
            executed=Values(given, faults or {}),
            claimed=Values({}, {}),
            trainings=(),
            evaluations=(),
            figures=(),
            cells=(),
            faults=(),
        )

    return make


@pytest.fixture
def solved(make_evidence: Callable[..., Evidence]) -> Evidence:
    """Evidence of a notebook with every answer right."""
    return make_evidence(**SOLVED)


@pytest.fixture(scope="session")
def rubric(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rubric beside a baseline, which is empty as no item needs one, and beside another file of the usual name."""
    folder = tmp_path_factory.mktemp("assignment")
    baseline = folder / "reference" / "real" / "baseline.json"
    baseline.parent.mkdir(parents=True)
    baseline.write_text(build_baseline("real", []).to_json(), encoding="utf-8")
    (folder / "grading.yml").write_text("this is another assignment's", encoding="utf-8")
    (folder / "notas.yml").write_text(yaml.safe_dump(RUBRIC, sort_keys=False), encoding="utf-8")
    return folder / "notas.yml"
