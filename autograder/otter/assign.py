"""Turn a master notebook into the students' and the solved notebook, with Otter Assign."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.errors import BuildError
from autograder.otter.command import run_otter
from autograder.otter.notebooks import read_notebook, write_notebook
from autograder.otter.reproducible_zip import write_zip
from autograder.otter.standard_cells import NO_LETTERS, add_standard_cells

_TIMEOUT_SECONDS = 300.0
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist")


@dataclasses.dataclass(frozen=True, slots=True)
class Assigned:
    """The output for one master: `student/`, which may be released, and `autograder/`, which may not.

    `public_tests` is empty when the tests are embedded in the notebook. `solution` is the solved notebook
    with Otter's directives taken out.
    """

    student_folder: Path
    student_notebook: Path
    public_tests: tuple[Path, ...]
    autograder_folder: Path
    solution: Path


def assign(
    master: Path,
    folder: Path,
    language: str = "en",
    variables: Iterable[str] = (),
    letters: Mapping[str, str] = NO_LETTERS,
) -> Assigned:
    """Build `folder/student` and `folder/autograder` from a master notebook, replacing earlier ones.

    Otter works on a copy of the master's folder, so the master is unchanged and no partial output reaches `folder`.
    Otter's own test run is disabled: it would train every network, and it treats a grading that fails entirely (0 of 0)
    as a success. The gate replaces it.

    Args:
        master: The master notebook.
        folder: The parent of both folders.
        language: The notebook's language.
        variables: The variables asked for; missing standard cells are added for them.
        letters: The letters from which each choice is made, by variable.

    Raises:
        BuildError: Otter failed, or its output would not work for a student.
    """
    if not master.is_file():
        raise BuildError("there is no such master notebook", str(master), "see assignment.notebooks in the rubric")
    with tempfile.TemporaryDirectory(prefix="autograder-assign-") as name:
        copy = Path(name) / "master"
        shutil.copytree(master.parent, copy, ignore=_LEFT_OUT)
        add_standard_cells(copy / master.name, language, variables, letters)
        made = Path(name) / "made"
        arguments = ["assign", "--no-run-tests", "--no-pdfs", str(copy / master.name), str(made)]
        outcome = run_otter(arguments, copy, _TIMEOUT_SECONDS)
        if outcome.return_code:
            raise BuildError(f"otter assign failed:\n{outcome.last_lines}", str(master))
        _check(made, master)
        for notebook in (made / "student" / master.name, made / "autograder" / master.name):
            _settle_cell_ids(notebook)
        # Otter's own zip is named by time and contains the public tests only; ours replaces it.
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


def students_files(assignment: str, builds: Mapping[str, Assigned]) -> dict[str, bytes]:
    """Return all students' files by name in the zip."""
    return {
        f"{assignment}/{language}/{file.relative_to(built.student_folder).as_posix()}": file.read_bytes()
        for language, built in builds.items()
        for file in built.student_folder.rglob("*")
        if file.is_file()
    }


def write_students_zip(path: Path, assignment: str, builds: Mapping[str, Assigned]) -> None:
    """Write one zip with every language's student folder; equal content gives equal bytes."""
    write_zip(path, students_files(assignment, builds))


def _check(made: Path, master: Path) -> None:
    """Reject broken output that Otter writes without an error."""
    notebooks = [made / part / master.name for part in ("student", "autograder")]
    if not all(notebook.is_file() for notebook in notebooks):
        raise BuildError("otter assign made no notebook", str(master), "does it begin with # ASSIGNMENT CONFIG?")
    student, autograder = (_tests(notebook) for notebook in notebooks)
    for name, text in student.items():
        # Otter pastes messages between quotes: a quote in a message breaks the file.
        try:
            compile(text, name, "exec")
        except SyntaxError as error:
            raise BuildError(
                f"the public test {name} is no Python at line {error.lineno}: {(error.text or '').strip()}",
                str(master),
                "is there a quote in a success_message or failure_message?",
            ) from error
    # With hidden tests, Otter changes the points of a student's copy, and a master needs none: secret checks are items
    # of the rubric.
    if student != autograder:
        raise BuildError("a test is hidden", str(master), "make it an item of the rubric")


def _tests(notebook: Path) -> dict[str, str]:
    """Read the tests of a notebook, from files beside it or from its metadata."""
    within = read_notebook(notebook).metadata.get("otter", {}).get("tests", {})
    texts = {name: str(test) for name, test in within.items()}
    return texts | {file.stem: file.read_text(encoding="utf-8") for file in (notebook.parent / "tests").glob("*.py")}


def _settle_cell_ids(path: Path) -> None:
    """Number the cells, since Otter draws new ids each time: the same master must give the same bytes."""
    notebook = read_notebook(path)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:03d}"
    write_notebook(notebook, path)
