"""The Otter plugin that runs a submission in our sandbox: `otter run` then scores plain values, not a student's code.

`autograder build` names it in the zip (`plugins` in `otter_config.json`).
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
from autograder.otter import RUBRIC_NAME, values_notebook, write_notebook
from autograder.otter.judge_item import rubric_file
from autograder.pipeline import open_session


class Sandboxed(AbstractOtterPlugin):  # type: ignore[misc]
    """Replaces a submission by its values before Otter executes anything."""

    def before_grading(self, config: object) -> None:  # noqa: ARG002 (Otter's interface)
        """Remove the files beside the notebook: Otter would unpickle a log, and Python could import a module."""
        for path in Path.cwd().iterdir():
            if path.name not in {Path(self.submission_path).name, "tests"}:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def before_execution(self, submission: NotebookNode) -> NotebookNode:
        """Execute the notebook in the sandbox and return the notebook of its values.

        If it cannot be run, this raises, so Otter has no results: no grade, never a zero.

        Raises:
            AutograderError: The notebook cannot be read, or its run failed because of the grader.
        """
        options: dict[str, Any] = self.plugin_config or {}
        assignment = open_assignment(rubric_file({RUBRIC_NAME: options.get("rubric")}))
        home = locate(assignment.data, options.get("data", "auto"))
        with tempfile.TemporaryDirectory(prefix="autograder-plugin-") as folder:
            path = Path(folder) / "submission.ipynb"
            write_notebook(submission, path)
            job = read_notebook(path, "submission")
        with open_session(assignment, home, options.get("sandbox", "auto")) as session:
            run = session.sandbox.run(job)
        return values_notebook(examine(job, run, assignment.specification.run_spec), home.kind)
