"""Assign marks to rows: by the platform's own numbers, then by the course list, otherwise not at all.

A number counts only if the name in its row agrees, since Moodle numbers teams like participants. A mark that fits no
row, or more than one, is not written, and the reason is reported.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence

from autograder.export.marks import Mark
from autograder.export.outcome import Held
from autograder.export.sheet_layout import Row, SheetLayout
from autograder.records import Person, Roster, folded
from autograder.roster import Directory, bare_name, is_name_of


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A mark and one of its rows; a group's mark has several."""

    mark: Mark
    row: Row


@dataclasses.dataclass(frozen=True, slots=True)
class Matching:
    """The marks with rows, and the students without a clear match."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[Held, ...]


def match_marks(marks: Sequence[Mark], layout: SheetLayout, roster: Roster | None) -> Matching:
    """Find the rows of marks; a row that matches two marks gets neither."""
    found: list[Pair] = []
    unmatched: list[Held] = []
    directory = Directory(roster)
    for mark in marks:
        rows, why = _rows_of(mark, layout, directory)
        found += [Pair(mark, row) for row in rows]
        unmatched += [Held(mark.student, reason) for reason in why]
    matches = Counter(pair.row.index for pair in found)
    for pair in found:
        if matches[pair.row.index] > 1:
            others = [one.mark.student for one in found if one.row == pair.row and one is not pair]
            unmatched.append(Held(pair.mark.student, f"{pair.row.shown} is also {', '.join(others)}"))
    return Matching(tuple(pair for pair in found if matches[pair.row.index] == 1), tuple(unmatched))


def _rows_of(mark: Mark, layout: SheetLayout, directory: Directory) -> tuple[Sequence[Row], Sequence[str]]:
    """Return the rows of a mark, and the reasons why rows are missing."""
    rows, why = _by_number(mark, layout)
    if rows:
        return rows, ()
    match = directory.match(mark.student, mark.account)
    if match.candidates:
        return (), (f"on the course list, may be {' or '.join(map(_called, match.candidates))}",)
    if match.people:
        by_person = [(person, _rows_of_person(person, layout)) for person in match.people]
        lost = [f"{_called(one)} has {len(rows) or 'no'} rows" for one, rows in by_person if len(rows) != 1]
        return [rows[0] for _, rows in by_person if len(rows) == 1], lost
    team = folded(bare_name(mark.student))
    members = [row for row in layout.rows if row.group and folded(row.group) == team]
    return (members, ()) if members else ((), (why,))


def _by_number(mark: Mark, layout: SheetLayout) -> tuple[Sequence[Row], str]:
    """Return the rows with the account's numbers, or the reason why there are none."""
    account = mark.account
    if account.platform in {"canvas", "moodle"} and account.platform != layout.platform:
        return (
            (),
            f"came from {account.platform.capitalize()}, whose numbers differ: give a course list with --roster",
        )
    own = account.platform == layout.platform and account.platform != ""
    # E-mail address, login and student number identify a person on any platform; a folder may be named by one.
    asked = account.keys or (((mark.student,),) if account.platform == "" else ())
    by_id = [[row for row in layout.rows if _has(row, keys, own=own)] for keys in asked]
    shown = ", ".join(keys[0] for keys in asked)
    if not asked or not all(by_id):
        what = f"no row has {shown}" if account.ids else "the platform's number is not known"
        return (), f"{what}: give a course list with --roster"
    if any(len(rows) > 1 for rows in by_id):
        return (), f"{len(max(by_id, key=len))} rows have {shown}"
    rows = [rows[0] for rows in by_id]
    name = bare_name(mark.student)
    if len(rows) == 1 and account.ids and rows[0].names and not any(is_name_of(one, name) for one in rows[0].names):
        return (), f"number {shown} is {rows[0].shown} in the sheet: for a group, give a course list with --roster"
    return rows, ""


def _has(row: Row, keys: Sequence[str], *, own: bool) -> bool:
    if own:
        return row.number == keys[0]
    return not {key.casefold() for key in keys}.isdisjoint(map(str.casefold, row.identifiers))


def _rows_of_person(person: Person, layout: SheetLayout) -> list[Row]:
    number = {"canvas": person.canvas, "moodle": person.moodle}.get(layout.platform, "")
    # Another platform's number of this person may be somebody else's student number.
    known = set(map(str.casefold, person.identifiers))
    by_name = [row for row in layout.rows if any(is_name_of(name, person.name) for name in row.names)]
    return next(filter(None, _ways(layout, number, known, by_name)), [])


def _ways(layout: SheetLayout, number: str, known: set[str], by_name: list[Row]) -> Iterator[list[Row]]:
    yield [row for row in layout.rows if number and row.number == number]
    yield [row for row in layout.rows if known.intersection(map(str.casefold, row.identifiers))]
    # If both lists have identifiers of the same kind and they differ, it is another person of the same name.
    yield [row for row in by_name if not (known and row.identifiers and _tells_apart(layout, known))]


def _tells_apart(layout: SheetLayout, known: set[str]) -> bool:
    """Tell whether sheet and course list have identifiers of the same kind, such as e-mail addresses."""
    listed = {("@" in one, one.isdigit()) for one in known}
    return any(("@" in one, one.isdigit()) in listed for row in layout.rows for one in row.identifiers)


def _called(person: Person) -> str:
    known = next(filter(None, (*person.identifiers, person.canvas, person.moodle, person.group)), "")
    return f"{person.name} ({known})" if known else person.name
