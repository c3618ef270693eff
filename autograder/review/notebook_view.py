"""A student's notebook as the page shows it: each code cell, how it ended, and what the student's own run printed."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Final

from autograder.collect import CellOutput, read_cell_outputs
from autograder.records import CellOutcome, Evidence, Job, Language, Run, Training, printable
from autograder.report import detail_text

_MOST_CHARACTERS: Final = 20_000
"""Of one cell's code: what lies beyond is data in the disguise of code."""
_ENDED: Final = {"ok": "", "error": "error", "timeout": "timed out", "killed": "killed", "not run": "not run"}


@dataclasses.dataclass(frozen=True, slots=True)
class CellRow:
    """One code cell. `number` counts from 1, as people do; `about` tells whether it names a variable in question."""

    index: int
    number: int
    source: str
    left_out: int
    ended: str
    why: str
    outputs: tuple[CellOutput, ...]
    about: bool


@dataclasses.dataclass(frozen=True, slots=True)
class NotebookView:
    """A notebook. `file` says where its own outputs were looked for, `has_outputs` whether they could be read.

    `trainings` are those that the cells of the question ran.
    """

    cells: tuple[CellRow, ...]
    trainings: tuple[Training, ...]
    file: str
    has_outputs: bool
    printed: str


def notebook_view(
    job: Job,
    evidence: Evidence,
    run: Run | None,
    variables: Mapping[str, Collection[str]],
    question: str,
    language: Language,
) -> NotebookView:
    """Return a notebook as the page shows it.

    Args:
        job: The notebook that was graded.
        evidence: How its cells ended.
        run: Its last execution, whose last output is shown.
        variables: The variables of each question.
        question: The question that is looked at.
        language: Of the page.
    """
    outcomes = {outcome.index: outcome for outcome in evidence.cells}
    outputs = read_cell_outputs(job.source, job.notebook_sha256)
    about = _about(job, variables, question)
    rows = tuple(
        CellRow(
            index=cell.index,
            number=cell.index + 1,
            source=plain_lines(cell.source[:_MOST_CHARACTERS]),
            left_out=max(0, len(cell.source) - _MOST_CHARACTERS),
            ended=_ENDED[outcomes[cell.index].status] if cell.index in outcomes else "",
            why=_why(outcomes.get(cell.index), language),
            outputs=() if outputs is None else outputs.get(cell.index, ()),
            about=cell.index in about,
        )
        for cell in job.cells
    )
    printed = "" if run is None else plain_lines(run.output_tail)
    trainings = tuple(one for one in evidence.trainings if one.cell in about)
    return NotebookView(rows, trainings, job.source, outputs is not None, printed)


def find_picture(job: Job, cell: int, number: int) -> CellOutput | None:
    """Return a picture among a cell's outputs; None if there is none, or the file is gone."""
    outputs = (read_cell_outputs(job.source, job.notebook_sha256) or {}).get(cell, ())
    found = outputs[number] if 0 <= number < len(outputs) else None
    return found if found is not None and found.kind == "picture" else None


def plain_lines(text: str) -> str:
    """Return a text with its lines, and without characters that would hide or turn round a part of it."""
    return printable(text.replace("\r\n", "\n").expandtabs(4))


def _about(job: Job, variables: Mapping[str, Collection[str]], question: str) -> frozenset[int]:
    """Return the cells that name a variable of a question.

    A cell that names those of most questions, such as the one at the end that saves every answer, is about none of
    them; unless there is no other, in a notebook of one cell.
    """
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, chain(*variables.values())))})(?!\w)")
    of_variable = {name: one for one, names in variables.items() for name in names}
    # Python reads other forms of the same letters as one name (NFKC).
    texts = {cell.index: unicodedata.normalize("NFKC", cell.source) for cell in job.cells}
    named = {index: {of_variable[name] for name in pattern.findall(text)} for index, text in texts.items()}
    found = {index for index, questions in named.items() if question in questions}
    special = {index for index in found if len(named[index]) <= max(1, len(variables) // 2)}
    return frozenset(special or found)


def _why(outcome: CellOutcome | None, language: Language) -> str:
    if outcome is None:
        return ""
    return outcome.error or detail_text(outcome.detail, language)
