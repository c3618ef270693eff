"""A student's folder: a notebook with the cells that `build` adds, and the folder of the check beside it."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.otter.standard_cells import add_standard_cells
from autograder.own_check import write_own_check
from autograder.rubric import load

EXECUTE = """
import sys, nbformat, nbclient
notebook = nbformat.read("work.ipynb", as_version=4)
nbclient.NotebookClient(notebook, timeout=240, allow_errors=True).execute()
nbformat.write(notebook, "work.ipynb")
"""


@pytest.fixture(scope="session")
def real(root):
    """Read the project's own rubric."""
    return load(root / "grading.yml")


class StudentFolder:
    """A folder as a student unpacks it."""

    def __init__(self, path, specification, language):
        self.path, self.language = path, language
        self.variables = tuple(specification.run_spec.variables)
        write_own_check(path, specification, language)

    def write(self, *cells):
        """Write the notebook with these cells between the standard ones."""
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        nbformat.write(notebook, self.path / "work.ipynb")
        add_standard_cells(self.path / "work.ipynb", self.language, self.variables)

    def execute(self):
        """Run the notebook in a kernel of its own, and return what the check's cell printed."""
        done = subprocess.run(
            [sys.executable, "-c", EXECUTE], cwd=self.path, capture_output=True, text=True, timeout=280, check=False
        )
        assert done.returncode == 0, done.stderr
        cells = json.loads((self.path / "work.ipynb").read_text(encoding="utf-8"))["cells"]
        [cell] = [cell for cell in cells if "own_check.report(" in "".join(cell["source"])]
        return "".join("".join(output.get("text", "")) for output in cell["outputs"]).splitlines()

    def check_file(self):
        """Check the saved notebook by the command, and return its exit code and lines."""
        done = subprocess.run(
            [sys.executable, "-S", "-m", "own_check", "work.ipynb"],
            cwd=self.path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture
def folder(tmp_path, real):
    """Make a student's folder in a language."""
    return lambda language="pt-BR": StudentFolder(tmp_path, real, language)
