"""Marks for any other system: fill a CSV file that lists the people, or write a plain table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from autograder.errors import UsageError
from autograder.export.marks import Mark
from autograder.export.outcome import Held
from autograder.export.sheet_layout import Row, SheetLayout, has_decimal_comma
from autograder.records import Person, folded
from autograder.report import cell_text
from autograder.roster import kinds_of
from autograder.sheet import Sheet

_MOST_TITLES = 10
HEADINGS = ("student", "name", "identifiers", "group", "section", "points", "points_possible", "state")


def read_layout(sheet: Sheet, source: str, column: str) -> SheetLayout:
    """Find rows and column in a list of people with a heading per column.

    Raises:
        UsageError: It has no such column, or no column that identifies people.
    """
    # A form may have some lines of title above its headings.
    top = next((row for row in range(min(_MOST_TITLES, len(sheet.rows))) if _places(sheet, row, column)), 0)
    header, places = sheet.header(top), _places(sheet, top, column)
    if len(places) != 1:
        remedy = f"name the column for the marks with --column: {', '.join(header)}"
        raise UsageError(f"has {len(places) or 'no'} columns {column!r}", source, remedy)
    kinds = kinds_of(header)
    if not {"name", "last", "identifier"} & set(kinds):
        raise UsageError("has no column that identifies people", source, "it needs one such as Name, Email or SID")
    texts = [sheet.value(row, place) for row in range(top + 1, len(sheet.rows)) for place in range(len(header))]
    return SheetLayout(
        "", sheet, tuple(_rows(sheet, top)), places[0], header[places[0]], None, has_decimal_comma(sheet, texts)
    )


def _places(sheet: Sheet, row: int, column: str) -> list[int]:
    return [place for place, text in enumerate(sheet.header(row)) if column and folded(text) == folded(column)]


def _rows(sheet: Sheet, top: int) -> Iterator[Row]:
    kinds = kinds_of(sheet.header(top))
    for row in range(top + 1, len(sheet.rows)):
        found: dict[str, list[str]] = {}
        for place, kind in enumerate(kinds):
            if kind is not None and (value := sheet.value(row, place)):
                found.setdefault(kind, []).append(value)
        parts = " ".join([*found.get("first", ()), *found.get("last", ())])
        names = (parts,) if parts else tuple(found.get("name", ())[:1])
        yield Row(row, "", names, tuple(found.get("identifier", ())), next(iter(found.get("group", ())), ""))


def plain_table(lines: Sequence[tuple[Mark, Person | None, str]]) -> bytes:
    """Return a table of everybody: UTF-8 with a byte order mark, comma, decimal point.

    Args:
        lines: Each mark, its person if known, and the name of the student as shown.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(HEADINGS)
    for mark, person, student in lines:
        about = (person.name, " ".join(person.identifiers), person.group, person.section) if person else ("",) * 4
        points = ("", "") if mark.held else (plain_number(mark.points), plain_number(mark.points_possible))
        state = Held(mark.student, mark.held or "graded")
        shown = state.why if person is not None or student == mark.student else state.kind
        writer.writerow([cell_text(text) for text in (student, *about)] + [*points, cell_text(shown)])
    return ("\ufeff" + table.getvalue()).encode()


def plain_number(value: float) -> str:
    """Write points without needless zeros.

    >>> plain_number(8.0), plain_number(2.5)
    ('8', '2.5')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")
