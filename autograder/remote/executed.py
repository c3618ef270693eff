"""A folder of results in a sandbox's place: jobs that were executed elsewhere are read, and nothing runs here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from autograder.errors import AutograderError, EnvironmentFault
from autograder.records import Job, Run
from autograder.remote.job_file import Unit
from autograder.remote.result_file import RESULT_SUFFIX, largest_result_bytes, read_result
from autograder.sandbox.interfaces import Observe, ignore_progress


class ExecutedFolder:
    """Answers each job with the run in `ID.evidence.json`.

    Args:
        folder: The folder of results.
        unit_of: Returns the unit that belongs to a job.
    """

    name = "elsewhere"
    remark = ""
    machines = 0

    def __init__(self, folder: Path, unit_of: Callable[[Job], Unit]) -> None:
        self._folder = folder
        self._unit_of = unit_of

    def path(self, job: Job) -> Path:
        """Return where the result of a job is expected."""
        return self._folder / f"{job.id}{RESULT_SUFFIX}"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """Return a job's run.

        Raises:
            EnvironmentFault: There is no result, or it cannot be read.
            WireError: It is not a result of this job.
        """
        unit, path = self._unit_of(job), self.path(job)
        try:
            with path.open("rb") as file:
                # One byte more than allowed, so that a larger file is not read as a whole to be refused.
                text = file.read(largest_result_bytes(unit) + 1)
        except OSError as error:
            raise EnvironmentFault(f"there is no result: {error.strerror}", str(path)) from error
        run = read_result(unit, text)
        observe(job.id, len(job.cells), len(job.cells))
        return run

    def why_not(self, job: Job) -> str:
        """Return in one line why a job cannot be graded from here; empty if it can."""
        try:
            self.run(job)
        except AutograderError as error:
            return f"{self.path(job).name}: {error.what}"
        return ""

    def close(self) -> None:
        """Do nothing: nothing was opened."""
