"""The bank of solutions: the solved notebook, written differently or with one mistake, as jobs."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from autograder.records import Cell, Job
from autograder.reference import basis_of
from autograder.solution import Plan, Solution

FIRST_SEED = 101
"""Calibration takes seeds from 1 on: these it never saw."""

_HONEST_QUESTIONS = ("q07", "q08")
_MARKERS = re.compile(r"^\s*# (BEGIN|END) SOLUTION.*\n?|  # SOLUTION$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """One run: its notebook, and which items must fail and which may; all others must pass."""

    name: str
    questions: tuple[str, ...]
    job: Job
    honest: bool
    fails: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    @property
    def seed(self) -> int | None:
        """The seed to set, None for the notebook's own."""
        return next(iter(self.job.parameters.values()), None)

    def file_name(self, data_sums: Mapping[str, str], versions: Mapping[str, str]) -> str:
        """Return the run's file name, which depends on everything that decides its result."""
        digest = basis_of(self.job, data_sums).digest(versions)[:10]
        return f"{re.sub('[^a-z0-9]+', '-', self.name.lower()).strip('-')}-{digest}.json"


@dataclasses.dataclass(frozen=True, slots=True)
class Bank:
    """All styles and mutants."""

    solution: Solution
    styles: tuple[dict[str, Any], ...]
    mutants: tuple[Trial, ...]

    def honest(self, seeds: Iterable[int]) -> Iterator[Trial]:
        """Yield a correct solution per seed. The styles that there are since some seed take turns, the newest first."""
        for seed in seeds:
            styles = sorted((style for style in self.styles if _since(style) <= seed), key=_since, reverse=True)
            style = styles[(seed - _since(styles[0])) % len(styles)]
            job = self.solution.job(Plan(seed, _HONEST_QUESTIONS))
            name = f"seed {seed}, {style['name']}"
            yield Trial(name, _HONEST_QUESTIONS, _edited(job, name, style["edits"]), honest=True)


def read_bank(path: Path, solution: Solution) -> Bank:
    """Read `bank.yml`; an edit that does not fit the solved notebook ends the bench with a line that names it."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    mutants = []
    for mutant in content["mutants"]:
        questions = tuple(mutant["questions"])
        job = dataclasses.replace(solution.job(Plan(None, questions)), mode="replay")
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
    return Bank(solution, tuple(content["styles"]), tuple(mutants))


def _since(style: Mapping[str, Any]) -> int:
    return int(style.get("since", FIRST_SEED))


def _edited(job: Job, name: str, edits: Iterable[dict[str, str]]) -> Job:
    sources = [_MARKERS.sub("", cell.source) for cell in job.cells]
    for edit in edits:
        found = [index for index, source in enumerate(sources) if edit["find"] in source]
        if len(found) != 1 or sources[found[0]].count(edit["find"]) != 1:
            sys.exit(f"{name}: this occurs in {len(found)} cells, and once is due: {edit['find']!r}")
        sources[found[0]] = sources[found[0]].replace(edit["find"], edit["put"])
    cells = tuple(Cell(cell.index, source) for cell, source in zip(job.cells, sources, strict=True))
    return dataclasses.replace(job, id=name, student=name, cells=cells)
