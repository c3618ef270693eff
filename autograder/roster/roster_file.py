"""Read a course list: any CSV file with a heading per column, including a platform's own export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import ConfigurationError
from autograder.records import Person, Roster, printable
from autograder.roster.columns import Kind, kinds_of
from autograder.sheet import Sheet, read_sheet

_NEEDED = "it needs a column Name (or Last name and First name), and should have one such as Email, SID or Group"
_RECORD = re.compile(r"(?P<word>.*?)\s*(?P<number>\d+)")
_HEADER_WITHIN = 5
_NOBODY = re.compile(r"points possible|^\s*$|^(student, test|test student|estudante, teste)$", re.IGNORECASE)
"""Rows of Canvas's gradebook that are not people: points possible, and the instructor's test student."""


def read_roster(path: Path) -> Roster:
    """Read a course list.

    Raises:
        ConfigurationError: The file cannot be read, has no column of names, names nobody or one person twice.
    """
    sheet = read_sheet(path)
    header, kinds = _header(sheet, path)
    people = tuple(dict.fromkeys(_people(sheet, header, kinds, path)))
    if not people:
        raise ConfigurationError("names nobody", str(path), _NEEDED)
    _refuse_shared(people, path)
    return Roster(people)


def _header(sheet: Sheet, path: Path) -> tuple[int, list[Kind | None]]:
    for row in range(min(_HEADER_WITHIN, len(sheet.rows))):
        kinds = kinds_of(sheet.header(row))
        if {"name", "record"} & set(kinds) or ("first" in kinds and "last" in kinds):
            return row, kinds
    raise ConfigurationError("has no column of names", str(path), _NEEDED)


def _people(sheet: Sheet, header: int, kinds: list[Kind | None], path: Path) -> Iterator[Person]:
    for row in range(header + 1, len(sheet.rows)):
        fields: dict[Kind, list[str]] = {}
        for column, kind in enumerate(kinds):
            value = printable(sheet.value(row, column)).removeprefix("'")
            if kind is not None and value:
                fields.setdefault(kind, []).append(value)
        name = " ".join([*fields.get("first", ()), *fields.get("last", ())]) or next(iter(fields.get("name", ())), "")
        record = _RECORD.fullmatch(_first(fields, "record"))
        if record and "name" not in kinds:
            # Under blind marking, everybody is called by the word for participant.
            name = record["word"]
        if _NOBODY.search(name):
            continue
        yield Person(
            name=name,
            identifiers=tuple(dict.fromkeys(fields.get("identifier", ()))),
            canvas=_first(fields, "canvas"),
            moodle=_first(fields, "moodle") or (record["number"] if record else ""),
            lti=_first(fields, "lti"),
            group=_first(fields, "group"),
            section=_first(fields, "section"),
            days_late=_days(_first(fields, "days_late"), path, name),
        )


def _first(fields: dict[Kind, list[str]], kind: Kind) -> str:
    return next(iter(fields.get(kind, ())), "")


def _days(text: str, path: Path, name: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise ConfigurationError(f"{name} is {text!r} days late", str(path), "write a whole number, or leave it empty")
    return int(text)


def _refuse_shared(people: tuple[Person, ...], path: Path) -> None:
    """Refuse a list in which two people share an identifier: their marks could not be told apart."""
    owners: dict[tuple[str, str], Person] = {}
    for person in people:
        numbers = (("canvas", person.canvas), ("moodle", person.moodle), ("lti", person.lti))
        own = {("", one.casefold()) for one in person.identifiers} | {(kind, one) for kind, one in numbers if one}
        for key in sorted(own):
            other = owners.setdefault(key, person)
            if other is not person:
                what = f"{other.name} and {person.name} have the same {key[0] or 'identifier'} {key[1]}"
                raise ConfigurationError(what, str(path), "keep one line per person")
