"""Turn one master notebook into what students get and what solves it, with Otter Assign."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import BuildError
from autograder.otter_bridge.archive import write_zip
from autograder.otter_bridge.command import run_otter
from autograder.otter_bridge.notebooks import read_notebook, write_notebook
from autograder.records import Language

_TIMEOUT_SECONDS = 300.0
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist")


@dataclasses.dataclass(frozen=True, slots=True)
class Assigned:
    """What came of one master: `student/`, which may be handed out, and `autograder/`, which may not.

    `public_tests` is empty when the tests are embedded in the notebook. `solution` is the solved notebook
    with Otter's directives taken out.
    """

    student_folder: Path
    student_notebook: Path
    public_tests: tuple[Path, ...]
    autograder_folder: Path
    solution: Path


def assign(master: Path, folder: Path) -> Assigned:
    """Build `folder/student` and `folder/autograder` out of a master notebook, replacing what stood there.

    Otter works on a copy of the master's folder, so the master stays as it is and nothing half made reaches
    `folder`. Its own run of the tests is left out: it would train every network, and it takes a grading that
    fails as a whole (0 of 0) for a success. The gate counts instead.

    Raises:
        BuildError: Otter failed, or what it made would not work for a student.
    """
    if not master.is_file():
        raise BuildError("there is no such master notebook", str(master), "see assignment.notebooks in grading.yml")
    with tempfile.TemporaryDirectory(prefix="autograder-assign-") as name:
        copy = Path(name) / "master"
        shutil.copytree(master.parent, copy, ignore=_LEFT_OUT)
        made = Path(name) / "made"
        arguments = ["assign", "--no-run-tests", "--no-pdfs", str(copy / master.name), str(made)]
        outcome = run_otter(arguments, copy, _TIMEOUT_SECONDS)
        if outcome.return_code:
            raise BuildError(f"otter assign failed:\n{outcome.last_lines}", str(master))
        _check(made, master)
        for notebook in (made / "student" / master.name, made / "autograder" / master.name):
            _settle_cell_ids(notebook)
        # Otter's own zip has a timestamp for a name and holds the public tests alone: ours takes its place.
        for archive in (made / "autograder").glob("*.zip"):
            archive.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("student", "autograder"):
            shutil.rmtree(folder / part, ignore_errors=True)
            shutil.move(made / part, folder / part)
    student = folder / "student"
    return Assigned(
        student_folder=student,
        student_notebook=student / master.name,
        public_tests=tuple(sorted(student.glob("tests/*.py"))),
        autograder_folder=folder / "autograder",
        solution=folder / "autograder" / master.name,
    )


def students_files(assignment: str, builds: Mapping[Language, Assigned]) -> dict[str, bytes]:
    """Return every file that students get, by its name in the zip."""
    return {
        f"{assignment}/{language}/{file.relative_to(built.student_folder).as_posix()}": file.read_bytes()
        for language, built in builds.items()
        for file in built.student_folder.rglob("*")
        if file.is_file()
    }


def write_students_zip(path: Path, assignment: str, builds: Mapping[Language, Assigned]) -> None:
    """Write one zip with every language's student folder; equal content gives equal bytes."""
    write_zip(path, students_files(assignment, builds))


def _check(made: Path, master: Path) -> None:
    """Refuse what Otter writes without a word and a student could not use."""
    notebooks = [made / part / master.name for part in ("student", "autograder")]
    if not all(notebook.is_file() for notebook in notebooks):
        raise BuildError("otter assign made no notebook", str(master), "does it begin with # ASSIGNMENT CONFIG?")
    student, autograder = (_tests(notebook) for notebook in notebooks)
    for name, text in student.items():
        # Otter pastes messages between quotes: a quote in one makes a file that no Python reads.
        try:
            compile(text, name, "exec")
        except SyntaxError as error:
            raise BuildError(
                f"the public test {name} is no Python at line {error.lineno}: {(error.text or '').strip()}",
                str(master),
                "is there a quote in a success_message or failure_message?",
            ) from error
    # Otter shifts the points of a student's copy when some tests are hidden, and a hidden test has no business
    # in a master: what is judged in secret is an item of the rubric.
    if student != autograder:
        raise BuildError("a test is hidden", str(master), "make it an item of grading.yml")


def _tests(notebook: Path) -> dict[str, str]:
    """Read the tests that go with a notebook, from beside it or from within it."""
    within = read_notebook(notebook).metadata.get("otter", {}).get("tests", {})
    texts = {name: str(test) for name, test in within.items()}
    return texts | {file.stem: file.read_text(encoding="utf-8") for file in (notebook.parent / "tests").glob("*.py")}


def _settle_cell_ids(path: Path) -> None:
    """Number the cells, as Otter draws new ids each time: the same master gives the same bytes."""
    notebook = read_notebook(path)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:03d}"
    write_notebook(notebook, path)
