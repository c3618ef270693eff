"""The Otter plugin that lets our sandbox run a submission: `otter run` then scores plain values and no student's code.

One line in the assignment's configuration: `plugins: [autograder.otter_plugin.Sandboxed]`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from otter.plugins import AbstractOtterPlugin

from autograder.assignment import open_assignment
from autograder.collect import read_notebook
from autograder.datasets import locate
from autograder.evidence import examine
from autograder.hidden import assignment_folder
from autograder.otter_bridge import ASSIGNMENT_NAME, values_notebook, write_notebook
from autograder.pipeline import open_session


class Sandboxed(AbstractOtterPlugin):  # type: ignore[misc]
    """Replaces a submission by the values that came of it, before Otter executes anything."""

    def before_grading(self, config: object) -> None:  # noqa: ARG002 (Otter calls it so)
        """Take away what lies beside the notebook: Otter would unpickle a log there, and Python import a module."""
        for path in Path.cwd().iterdir():
            if path.name not in {Path(self.submission_path).name, "tests"}:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def before_execution(self, submission: NotebookNode) -> NotebookNode:
        """Execute the notebook in the sandbox and return the notebook of its values.

        What we could not run raises, and Otter then has no results: no grade, never a zero.

        Raises:
            AutograderError: The notebook cannot be read, or its run failed by our own fault.
        """
        options: dict[str, Any] = self.plugin_config or {}
        assignment = open_assignment(assignment_folder({ASSIGNMENT_NAME: options.get("assignment")}) / "grading.yml")
        home = locate(options.get("data", "auto"))
        with tempfile.TemporaryDirectory(prefix="autograder-plugin-") as folder:
            path = Path(folder) / "submission.ipynb"
            write_notebook(submission, path)
            job = read_notebook(path, "submission")
        with open_session(assignment, home, options.get("sandbox", "auto")) as session:
            run = session.sandbox.run(job)
        return values_notebook(examine(job, run, assignment.specification.run_spec), home.kind)
