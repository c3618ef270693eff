"""The bank of solutions: the solved notebook, written otherwise or with one mistake in it, as jobs to run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from autograder.assignment import Assignment
from autograder.calibrate import Plan, reference_job
from autograder.records import Cell, Job

_HONEST_QUESTIONS = ("q07", "q08")
_MARKERS = re.compile(r"^\s*# (BEGIN|END) SOLUTION.*\n?|  # SOLUTION$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """One run: what is run, and which items must fail, which may, and that all others must not."""

    name: str
    questions: tuple[str, ...]
    job: Job
    honest: bool
    fails: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    @property
    def file_name(self) -> str:
        """Name the run's file by everything that decides what it gives."""
        content = [[cell.source for cell in self.job.cells], self.job.parameters, self.job.mode]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]
        return f"{re.sub('[^a-z0-9]+', '-', self.name.lower()).strip('-')}-{digest}.json"


@dataclasses.dataclass(frozen=True, slots=True)
class Bank:
    """All styles and mutants."""

    assignment: Assignment
    styles: tuple[dict[str, object], ...]
    mutants: tuple[Trial, ...]

    def honest(self, seeds: Iterable[int]) -> Iterator[Trial]:
        """Yield a right solution for each seed, the styles taking turns."""
        for number, seed in enumerate(seeds):
            style = self.styles[number % len(self.styles)]
            job = reference_job(self.assignment, Plan(seed, _HONEST_QUESTIONS))
            name = f"seed {seed}, {style['name']}"
            yield Trial(name, _HONEST_QUESTIONS, _edited(job, name, style["edits"]), honest=True)


def read_bank(path: Path, assignment: Assignment) -> Bank:
    """Read `bank.yml`; an edit that does not fit the solved notebook ends the bench with a line that names it."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    mutants = []
    for mutant in content["mutants"]:
        questions = tuple(mutant["questions"])
        job = dataclasses.replace(reference_job(assignment, Plan(None, questions)), mode="replay")
        mutants.append(
            Trial(
                name=mutant["name"],
                questions=questions,
                job=_edited(job, mutant["name"], mutant["edits"]),
                honest=False,
                fails=frozenset(mutant["fails"]),
                may=frozenset(mutant.get("may", ())),
            )
        )
    return Bank(assignment, tuple(content["styles"]), tuple(mutants))


def _edited(job: Job, name: str, edits: Iterable[dict[str, str]]) -> Job:
    sources = [_MARKERS.sub("", cell.source) for cell in job.cells]
    for edit in edits:
        found = [index for index, source in enumerate(sources) if edit["find"] in source]
        if len(found) != 1 or sources[found[0]].count(edit["find"]) != 1:
            sys.exit(f"{name}: this occurs in {len(found)} cells, and once is due: {edit['find']!r}")
        sources[found[0]] = sources[found[0]].replace(edit["find"], edit["put"])
    cells = tuple(Cell(cell.index, source) for cell, source in zip(job.cells, sources, strict=True))
    return dataclasses.replace(job, id=name, student=name, cells=cells)
