"""Read the gradebook that Canvas exports (Grades, Export) and imports again.

Source of the layout: canvas-lms, `lib/gradebook_exporter.rb` and `lib/gradebook_importer.rb`. Headings are English in
every language: `Student` (or `LastName`, `FirstName`), `ID`, `SIS User ID`, `SIS Login ID`, `Integration ID`, `Root
Account`, `Section`, then columns of the instructor's own, then `Title (assignment id)` for each assignment, then
totals. Below may stand a row of `Manual Posting`, and one of `Points Possible`, in which a total is `(read only)`. An
excused student has `EX`, one who was not assigned it `N/A`. Separator and decimal sign follow the user's settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.errors import UsageError
from autograder.export.sheet_layout import Row, SheetLayout, has_decimal_comma, number_in
from autograder.records import folded
from autograder.sheet import Sheet

_TITLE_AND_ID = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)", re.DOTALL)
_IDENTIFIERS = ("SIS User ID", "SIS Login ID", "Integration ID")
_NO_PERSON = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)
_EXPORT_AGAIN = "in Canvas, choose Grades, Export, and give that file"


def read_layout(sheet: Sheet, source: str, column: str, points_possible: float) -> SheetLayout:
    """Find rows and column in a gradebook of Canvas.

    Args:
        sheet: The table.
        source: Its name for messages.
        column: The assignment's id, its title or the whole heading; empty if only one column fits.
        points_possible: What the marks are out of.

    Raises:
        UsageError: It is not such a gradebook, or the column cannot be detected.
    """
    header = sheet.header()
    is_split = header[:2] == ("LastName", "FirstName")
    if "ID" not in header or not (is_split or header[0] == "Student") or "Section" not in header:
        raise UsageError("is not the gradebook that Canvas exports", source, _EXPORT_AGAIN)
    possible = next((row for row in range(1, len(sheet.rows)) if "Points Possible" in sheet.value(row, 0)), None)
    chosen = _column(sheet, possible, source, column, points_possible)
    rows = tuple(_rows(sheet, header, possible, is_split=is_split))
    maximum = None if possible is None else number_in(sheet.value(possible, chosen))
    texts = [sheet.value(row, place) for row in range(1, len(sheet.rows)) for place in _assignments(sheet)]
    return SheetLayout("canvas", sheet, rows, chosen, header[chosen], maximum, has_decimal_comma(sheet, texts))


def _assignments(sheet: Sheet) -> dict[int, re.Match[str]]:
    """Return the columns of assignments, which alone have an id behind their title."""
    section = sheet.header().index("Section")
    found = {column: _TITLE_AND_ID.fullmatch(text) for column, text in enumerate(sheet.header()) if column > section}
    return {column: match for column, match in found.items() if match}


def _column(sheet: Sheet, possible: int | None, source: str, asked: str, points_possible: float) -> int:
    def out_of(column: int) -> str:
        return "" if possible is None else sheet.value(possible, column)

    # A total of a grading period, `Final Score (2026)`, has a number in brackets as well, and is read only.
    columns = {column: match for column, match in _assignments(sheet).items() if "only" not in out_of(column)}
    listed = ", ".join(match[0] for match in columns.values()) or "none"
    if asked:
        forms = {column: {match["id"], folded(match["title"]), folded(match[0])} for column, match in columns.items()}
        fitting = [column for column, names in forms.items() if asked in names or folded(asked) in names]
        if len(fitting) != 1:
            what = f"{len(fitting) or 'no'} assignments in it are called {asked!r}"
            raise UsageError(what, source, f"name one by its id with --column: {listed}")
        return fitting[0]
    fitting = [column for column in columns if number_in(out_of(column)) == points_possible]
    if len(columns) == 1:
        return next(iter(columns))
    if len(fitting) == 1:
        return fitting[0]
    raise UsageError("which assignment is meant cannot be told", source, f"name its id with --column: {listed}")


def _rows(sheet: Sheet, header: tuple[str, ...], possible: int | None, *, is_split: bool) -> Iterator[Row]:
    number = header.index("ID")
    identifiers = [header.index(name) for name in _IDENTIFIERS if name in header]
    for row in range(1, len(sheet.rows)):
        if row == possible or all(_NO_PERSON.fullmatch(cell.value) for cell in sheet.rows[row]):
            continue
        name = f"{sheet.value(row, 0)}, {sheet.value(row, 1)}" if is_split else sheet.value(row, 0)
        known = tuple(filter(None, (sheet.value(row, column) for column in identifiers)))
        yield Row(row, sheet.value(row, number), (name.removeprefix("'"),), known)
