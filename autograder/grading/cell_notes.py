"""Note which cells of a run failed or were cut, and which answers and later cells depend on each failed one.

The notebook's process reports names and causes, so they explain a grade and never decide one.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.records import CellNote, CellOutcome, Evidence
from autograder.rubric.model import KeySpec


def note_cells(evidence: Evidence, key_spec: KeySpec) -> tuple[CellNote, ...]:
    """Return a note on each cell that failed or of which something was left out, in their order."""
    question_of = {name: question for question, one in key_spec.questions.items() for name in one.variables}
    failed = {cell.index: cell for cell in evidence.cells if cell.status in {"error", "timeout"}}
    notes = []
    for cell in evidence.cells:
        if cell.index not in failed:
            if cell.remarks:
                notes.append(CellNote(cell.index, remarks=cell.remarks))
            continue
        later = _dependents(cell.index, failed.values())
        unassigned = dict.fromkeys(name for one in (cell.index, *later) for name in failed[one].unassigned)
        missing = tuple(name for name in unassigned if name in question_of and name not in evidence.executed.given)
        questions = tuple(dict.fromkeys(question_of[name] for name in missing))
        error = cell.error or ("" if cell.detail is None else cell.detail.code)
        notes.append(CellNote(cell.index, error, cell.remarks, questions, missing, later))
    return tuple(notes)


def _dependents(index: int, failed: Iterable[CellOutcome]) -> tuple[int, ...]:
    """Return the later cells that failed because of one, directly or through another."""
    lost = {index}
    for cell in failed:
        if cell.lacks_cell in lost:
            lost.add(cell.index)
    return tuple(sorted(lost - {index}))
