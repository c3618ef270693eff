"""Read the grading worksheet of a Moodle assignment in any language, and make the zip of feedback files.

Sources: Moodle, `mod/assign/gradingtable.php` (columns of the download, in this order: record id, full name, further
fields of the user, status, team, marker, grade, maximum grade or scale, workflow state, "grade can be changed", last
modified (submission), …, last modified (grade), feedback comments), `mod/assign/feedback/offline/importgradeslib.php`
(what is read back: record id, grade, last modified (grade)), `mod/assign/feedback/file/importziplib.php` (the zip) and
the language packs (recordid, hiddenuser, grade, maxgrade, …). Every heading is in the site's language, so the columns
are known by what they hold and by their order, and by heading only where a heading can confirm it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from autograder.errors import UsageError
from autograder.export.sheet_layout import Row, SheetLayout, has_decimal_comma, number_in
from autograder.records import folded
from autograder.sheet import Sheet

_RECORD = re.compile(r"(?P<word>.*?)\s*(?P<number>\d+)", re.DOTALL)
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_EMPTY = frozenset({"", "-", "\N{EN DASH}"})
_NO: Final = frozenset({"no", "nao", "non", "nein", "nee", "nie", "nej", "ne"})
_YES: Final = frozenset({"yes", "sim", "si", "oui", "ja", "tak", "da", "ano"})
_NAME = frozenset(
    {
        *("full name", "nome completo", "nombre completo", "nom complet", "vollstandiger name", "nombre", "nome"),
        *("nombre / apellido(s)", "nome / sobrenome", "nombre y apellidos", "name"),
    }
)
_GRADE = frozenset({"grade", "mark", "nota", "avaliacao", "classificacao", "calificacion", "note", "bewertung", "voto"})
_TEAM = frozenset({"group", "grupo", "equipe", "equipo", "groupe", "gruppe", "gruppo", "team"})
_DOWNLOAD = "in the assignment, choose Download grading worksheet, and give that file"


def read_layout(sheet: Sheet, source: str, column: str) -> SheetLayout:
    """Find rows and column in a grading worksheet.

    Args:
        sheet: The table.
        source: Its name for messages.
        column: The heading of the column for the marks, if it cannot be detected.

    Raises:
        UsageError: It is not such a worksheet, or has a scale in place of points.
    """
    count = len(sheet.header())
    record = next((place for place in range(count) if _is_record(sheet.column(place))), None)
    if record is None:
        what = "is not a grading worksheet of Moodle: no column numbers its participants"
        raise UsageError(what, source, _DOWNLOAD)
    grade = _grade_column(sheet, source, column, record)
    maximum = next(filter(None, (number_in(text) for text in sheet.column(grade + 1))), None)
    rows = tuple(_rows(sheet, record, grade))
    texts = [text for place in (grade, grade + 1) for text in sheet.column(place)]
    return SheetLayout("moodle", sheet, rows, grade, sheet.header()[grade], maximum, has_decimal_comma(sheet, texts))


def is_empty(text: str) -> bool:
    """Return whether a cell means that there is no grade yet."""
    return text in _EMPTY


def feedback_zip(pages: Sequence[tuple[Row, bytes]]) -> bytes:
    """Return the zip for "Upload multiple feedback files in a zip": one folder per participant with the page in it.

    Moodle reads only the number in `Name_number_assignsubmission_file_`, so the name must not contain an underscore.
    Versions before 4.1 require the last underscore, later ones accept it.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for row, page in pages:
            name = re.sub(r'[\\/:*?"<>|_\x00-\x1f]+', " ", row.shown).strip(" .") or "participant"
            member = zipfile.ZipInfo(f"{name}_{row.number}_assignsubmission_file_/feedback.html")
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, page)
    return packed.getvalue()


def _is_record(texts: list[str]) -> bool:
    """Recognise the column of `Participant 123`: the same words in each row, and a unique number."""
    found = [_RECORD.fullmatch(text) for text in texts]
    matches = [match for match in found if match]
    if not matches or len(matches) < len(texts):
        return False
    words, numbers = {match["word"] for match in matches}, {match["number"] for match in matches}
    return len(words) == 1 and words != {""} and len(numbers) == len(matches)


def _grade_column(sheet: Sheet, source: str, asked: str, record: int) -> int:
    header = [folded(text) for text in sheet.header()]
    if asked:
        if header.count(folded(asked)) != 1:
            what = f"has {header.count(folded(asked)) or 'no'} columns {asked!r}"
            raise UsageError(what, source, f"there are {', '.join(sheet.header())}")
        return header.index(folded(asked))
    fitting = [place for place in range(record + 1, len(header) - 1) if _is_before_maximum(sheet, place)]
    named = [place for place in fitting if header[place] in _GRADE]
    if len(named or fitting) == 1:
        return (named or fitting)[0]
    if any(name in _GRADE for name in header):
        what = "has no column of what the grades are out of: is the assignment graded by a scale?"
        raise UsageError(what, source, "only points can be filled in")
    raise UsageError("which column holds the grades cannot be told", source, "name its heading with --column")


def _is_before_maximum(sheet: Sheet, place: int) -> bool:
    """Recognise the column of grades by its right neighbour, which holds the same number in every row."""
    behind = set(sheet.column(place + 1))
    maximum = number_in(next(iter(behind))) if len(behind) == 1 else None
    are_grades = all(is_empty(text) or number_in(text) is not None for text in sheet.column(place))
    return maximum is not None and maximum > 0 and are_grades


def _rows(sheet: Sheet, record: int, grade: int) -> Iterator[Row]:
    header = [folded(text) for text in sheet.header()]
    name = next((place for place, text in enumerate(header) if text in _NAME and place < grade), None)
    if name is None and _may_be_names(sheet, record + 1) and record + 1 < grade:
        name = record + 1
    team = next((place for place, text in enumerate(header) if text in _TEAM and place < grade), None)
    between = [place for place in range(record + 1, grade) if place not in {name, team}]
    identifiers = [place for place in between if _are_identifiers(sheet.column(place))]
    changeable = next((place for place in range(grade + 1, len(header)) if _is_yes_or_no(sheet.column(place))), None)
    for row in range(1, len(sheet.rows)):
        found = _RECORD.fullmatch(sheet.value(row, record))
        if found is None:
            continue
        is_locked = changeable is not None and folded(sheet.value(row, changeable)) in _NO
        yield Row(
            row,
            found["number"],
            # Under blind marking a hand-in is called by the word for participant.
            tuple(filter(None, (sheet.value(row, name) if name is not None else "", found["word"]))),
            tuple(filter(None, (sheet.value(row, place) for place in identifiers))),
            sheet.value(row, team) if team is not None else "",
            "Moodle does not let this grade be changed" if is_locked else "",
        )


def _may_be_names(sheet: Sheet, place: int) -> bool:
    """Tell a column of names from a column of statuses, in a language whose headings are unknown."""
    texts = [text for text in sheet.column(place) if text]
    return len(set(texts)) > len(texts) // 2 and not any(
        _ADDRESS.fullmatch(text) or number_in(text) is not None for text in texts
    )


def _are_identifiers(texts: list[str]) -> bool:
    """Recognise a column of identifiers: unique values without spaces."""
    given = [text for text in texts if text not in _EMPTY]
    return bool(given) and max(Counter(given).values()) == 1 and not any(" " in text for text in given)


def _is_yes_or_no(texts: list[str]) -> bool:
    return {folded(text) for text in texts} <= _NO | _YES
