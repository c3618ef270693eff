"""One export per destination: which sheet is filled, or which files are written."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from autograder.errors import UsageError
from autograder.export import ags_scores, canvas_sheet, gradescope_upload, moodle_sheet, table
from autograder.export.filling import Filling, fill
from autograder.export.marks import ABSENT, Mark
from autograder.export.outcome import CellChange, ExportOutcome, File, Held
from autograder.export.pseudonyms import Pseudonyms
from autograder.export.recipient_matching import Matching, match_marks
from autograder.export.recipients import find_recipients
from autograder.export.sheet_layout import SheetLayout
from autograder.records import Person, Roster
from autograder.report import file_stem
from autograder.roster import Directory
from autograder.sheet import read_sheet

Destination = Literal["canvas", "moodle", "csv", "gradescope", "ags"]
_FILLED: Final = re.compile(r"-filled(-\d+)?$")
FOLDER: Final = "export"
"""The subfolder of results for generated files and journals."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export.

    Args:
        marks: The class's.
        roster: The course list, if there is one.
        results: The folder of results.
        sheet: The platform's own file to fill, if any.
        column: The column for the marks; empty if it can be detected.
        scale: Convert marks to the sheet's maximum.
        pseudonyms: The pseudonyms to use in place of names, if any.
        visibility: When Gradescope shows the scores: the rubric's `release.visibility`.
    """

    marks: tuple[Mark, ...]
    roster: Roster | None
    results: Path
    sheet: Path | None = None
    column: str = ""
    scale: bool = False
    pseudonyms: Pseudonyms | None = None
    visibility: str = "visible"


def prepare(destination: Destination, request: ExportRequest) -> ExportOutcome:
    """Compute an export without writing anything.

    Raises:
        ConfigurationError: The sheet cannot be read.
        UsageError: The sheet is missing or of another kind, or its column cannot be detected.
    """
    return _PREPARE[destination](request)


def _canvas(request: ExportRequest) -> ExportOutcome:
    path = _sheet(request, "Canvas's own gradebook: Grades, Export")
    possible = max((mark.points_possible for mark in request.marks), default=0.0)
    return _filled(request, path, canvas_sheet.read_layout(read_sheet(path), str(path), request.column, possible))[0]


def _moodle(request: ExportRequest) -> ExportOutcome:
    path = _sheet(request, "Moodle's worksheet: Download grading worksheet")
    outcome, filling = _filled(request, path, moodle_sheet.read_layout(read_sheet(path), str(path), request.column))
    pages = [(pair.row, page) for pair in filling.filled if (page := page_of(request.results, pair.mark.student))]
    if not pages:
        return outcome
    feedback = File(path.with_name(f"{_FILLED.sub('', path.stem)}-feedback.zip"), moodle_sheet.feedback_zip(pages))
    return dataclasses.replace(outcome, files=(*outcome.files, feedback))


def _csv(request: ExportRequest) -> ExportOutcome:
    if request.sheet is not None:
        layout = table.read_layout(read_sheet(request.sheet), str(request.sheet), request.column)
        return _filled(request, request.sheet, layout)[0]
    path = request.results / FOLDER / ("marks-pseudonyms.csv" if request.pseudonyms else "marks.csv")
    lines = list(_lines(request))
    content = table.plain_table(lines)
    before, after = _points_in(_before(path)), _points_in(content)
    changes = tuple(
        CellChange(line[0].student, line[2], before.get(key, ""), points)
        for line, (key, points) in zip(lines, after.items(), strict=True)
        if points and points != before.get(key, "")
    )
    held = tuple(Held(mark.student, mark.held) for mark in request.marks if mark.held)
    files = [File(path, content, ours=True)] if content != _before(path) else []
    if request.pseudonyms is not None:
        who = request.pseudonyms.table(mark.student for mark in request.marks)
        files.append(File(request.results / FOLDER / "pseudonyms.csv", who, ours=True))
    return ExportOutcome(changes, sum(map(bool, after.values())) - len(changes), held, (), tuple(files))


def _lines(request: ExportRequest) -> Sequence[tuple[Mark, Person | None, str]]:
    """Return one line per person with a mark, and one per mark without a known person."""
    lines: list[tuple[Mark, Person | None, str]] = []
    directory = Directory(request.roster)
    for mark in request.marks:
        if request.pseudonyms is not None:
            # Identifiers, group and section would say who it is.
            lines.append((mark, None, request.pseudonyms.of(mark.student)))
            continue
        people = directory.match(mark.student, mark.account).people
        lines += [(mark, person, mark.student) for person in people or (None,)]
    return sorted(lines, key=lambda line: line[2]) if request.pseudonyms is not None else lines


def _points_in(content: bytes) -> dict[tuple[str, ...], str]:
    """Return the points in one of our tables by student; equal rows are numbered in their order."""
    found: dict[tuple[str, ...], str] = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace"), newline="")):
        key: tuple[str, ...] = tuple(row.get(heading) or "" for heading in ("student", "name", "identifiers"))
        while key in found:
            key = (*key, "")
        found[key] = row.get("points") or ""
    return found


def _ags(request: ExportRequest) -> ExportOutcome:
    path = request.results / FOLDER / "scores.jsonl"
    found = find_recipients(request.marks, request.roster, lambda person: person.lti, canvas_numbers=True)
    before = ags_scores.read_documents(_before(path).decode("utf-8", "replace"))
    changes, documents = ags_scores.documents(found.users, before)
    files = (File(path, ags_scores.lines(documents), ours=True),) if changes else ()
    return ExportOutcome(changes, len(found.users) - len(changes), found.held, found.unmatched, files)


def _gradescope(request: ExportRequest) -> ExportOutcome:
    path = request.results / FOLDER / "gradescope-scores.zip"
    before = gradescope_upload.read_scores(_before(path))
    changes, found, held, unmatched = gradescope_upload.scores(request.marks, before)
    # A score that is pending since must not be looked up any more, even if no other one changed.
    files = (File(path, gradescope_upload.score_zip(found, request.visibility), ours=True),) if found != before else ()
    return ExportOutcome(changes, len(found) - len(changes), held, unmatched, files)


_PREPARE: Final[dict[Destination, Callable[[ExportRequest], ExportOutcome]]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "csv": _csv,
    "gradescope": _gradescope,
    "ags": _ags,
}


def _sheet(request: ExportRequest, what: str) -> Path:
    if request.sheet is None:
        raise UsageError("there is no sheet to fill", remedy=f"give {what}, with --sheet FILE")
    return request.sheet


def _filled(request: ExportRequest, path: Path, layout: SheetLayout) -> tuple[ExportOutcome, Filling]:
    handed_in = [mark for mark in request.marks if mark.held != ABSENT]
    matching: Matching = match_marks(handed_in, layout, request.roster)
    filling = fill(layout, matching, str(path), scale=request.scale)
    stem = _FILLED.sub("", path.stem)
    files = (File(path.with_name(f"{stem}-filled{path.suffix}"), filling.content),) if filling.changes else ()
    absent = tuple(Held(mark.student, mark.held) for mark in request.marks if mark.held == ABSENT)
    held = (*filling.held, *absent)
    return ExportOutcome(filling.changes, filling.unchanged, held, matching.unmatched, files, layout.heading), filling


def page_of(results: Path, student: str) -> bytes:
    """Return a student's page; empty if there is none."""
    return _before(results / "pages" / f"{file_stem(student)}.html")


def _before(path: Path) -> bytes:
    """Return the content of one of our files; empty if it does not exist."""
    return path.read_bytes() if path.is_file() else b""
