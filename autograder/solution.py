"""The solved master notebook: the cells and the seed of a reference run."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from autograder.collect import read_notebook
from autograder.errors import ConfigurationError
from autograder.records import Job
from autograder.reference import Basis, Seed, basis_of, find_seed, only_checks, run_file_name

# Otter Assign's format marks by raw cells where a question begins and ends, and where its tests do.
_QUESTION: Final = re.compile(r"^#\s*BEGIN QUESTION\s*$.*?^name:\s*(\w+)", re.MULTILINE | re.DOTALL)
_END_QUESTION: Final = re.compile(r"^#\s*END QUESTION\s*$", re.MULTILINE)
_TESTS: Final = re.compile(r"^#\s*BEGIN TESTS\s*$", re.MULTILINE)
_END_TESTS: Final = re.compile(r"^#\s*END TESTS\s*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """One reference run: the notebook's own seed (None) or another, and which questions (empty: all)."""

    seed: int | None
    questions: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """The name of the run's file; the same plan always has the same file."""
        return run_file_name(self.seed, self.questions)


@dataclasses.dataclass(frozen=True, slots=True)
class Solution:
    """A parsed solved notebook: its code cells without tests and Otter's checks, and the question of each."""

    notebook: Job
    questions: Mapping[int, str | None]
    seed: Seed | None

    def job(self, plan: Plan) -> Job:
        """Return the job that runs the notebook, or the plan's questions only, with the plan's seed.

        Raises:
            ConfigurationError: The plan has its own seed, but the notebook does not set one.
        """
        cells = (cell for cell in self.notebook.cells if self._belongs(cell.index, plan.questions))
        return dataclasses.replace(
            self.notebook,
            id=f"reference-{plan.file_name}",
            cells=tuple(cells),
            parameters={} if plan.seed is None else {self._seed_name(): plan.seed},
            mode="record" if plan.seed is None else "train",
        )

    def basis(self, plan: Plan, data_sums: Mapping[str, str]) -> Basis:
        """Return the basis of a plan's run.

        Raises:
            ConfigurationError: See `job`.
        """
        return basis_of(self.job(plan), data_sums)

    def _belongs(self, index: int, questions: Collection[str]) -> bool:
        """Return whether a cell belongs to no question or to one of the given ones."""
        question = self.questions[index]
        return question is None or not questions or question in questions

    def _seed_name(self) -> str:
        if self.seed is None:
            raise ConfigurationError(
                "no cell sets a seed, so every seed would give the same run",
                self.notebook.source,
                "tag the cell that sets it, like SEED = 21, `parameters`",
            )
        return self.seed.name


def open_solution(master: Path) -> Solution:
    """Read a solved notebook in Otter Assign's format.

    Raises:
        SubmissionError: It cannot be read, or is not a notebook.
    """
    job = read_notebook(master, "reference")
    places = dict(_places(json.loads(master.read_text(encoding="utf-8"))["cells"]))
    # `grader` comes from a cell that `build` adds.
    cells = (cell for cell in job.cells if cell.index in places and not only_checks(cell.source))
    job = dataclasses.replace(job, cells=tuple(cells))
    return Solution(job, places, find_seed(job))


def _places(cells: list[dict[str, Any]]) -> Iterator[tuple[int, str | None]]:
    """Yield the index of each cell that is not a test, with its question."""
    question, in_tests = None, False
    for index, cell in enumerate(cells):
        if cell["cell_type"] == "raw":
            source = "".join(cell["source"])
            if begins := _QUESTION.search(source):
                question = begins.group(1)
            elif _END_QUESTION.search(source):
                question = None
            elif _TESTS.search(source):
                in_tests = True
            elif _END_TESTS.search(source):
                in_tests = False
        if not in_tests:
            yield index, question
