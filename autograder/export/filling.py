"""Fill marks into a sheet: compute which cells change, and the new file."""

from __future__ import annotations

import dataclasses

from autograder.export.marks import converted
from autograder.export.moodle_sheet import is_empty
from autograder.export.outcome import CellChange, Held
from autograder.export.recipient_matching import Matching, Pair
from autograder.export.sheet_layout import SheetLayout, number_in, rounded


@dataclasses.dataclass(frozen=True, slots=True)
class Filling:
    """The result. `content` is the new file, `filled` are the pairs whose marks it contains."""

    changes: tuple[CellChange, ...]
    unchanged: int
    held: tuple[Held, ...]
    filled: tuple[Pair, ...]
    content: bytes


def fill(layout: SheetLayout, matching: Matching, source: str, *, scale: bool) -> Filling:
    """Compute the sheet with the marks of all matched rows.

    Args:
        layout: The sheet.
        matching: The marks and their rows.
        source: The sheet's name for messages.
        scale: Convert marks to the sheet's maximum, if that differs.

    Raises:
        UsageError: The sheet has another maximum, and `scale` is off.
    """
    changes: list[CellChange] = []
    held: list[Held] = []
    filled: list[Pair] = []
    cells: dict[tuple[int, int], str] = {}
    for pair in matching.pairs:
        mark, row = pair.mark, pair.row
        before = layout.sheet.value(row.index, layout.column)
        why = mark.held or row.locked or _why_closed(layout, row.index, before)
        if why:
            held.append(Held(mark.student, why))
            continue
        filled.append(pair)
        points = converted(mark, layout.maximum, source, scale=scale)
        known = number_in(before)
        if known is None or rounded(known) != rounded(points):
            after = layout.written(points)
            changes.append(CellChange(mark.student, row.shown, before, after))
            cells[row.index, layout.column] = after
    unchanged = len(filled) - len(changes)
    return Filling(tuple(changes), unchanged, tuple(held), tuple(filled), layout.sheet.replaced(cells))


def _why_closed(layout: SheetLayout, row: int, before: str) -> str:
    if layout.column >= len(layout.sheet.rows[row]):
        return "the row ends before the column of the marks"
    if is_empty(before) or number_in(before) is not None:
        return ""
    return f"the cell says {before!r}"
