"""One item overridden for many students: who is chosen, what each of them gets, and how it is taken back as one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from autograder.decisions import make_override
from autograder.errors import ConfigurationError, UsageError
from autograder.gradebook import Override, find_student
from autograder.records import Finding, Grade, Verdict, folded, shell_word
from autograder.roster.columns import kinds_of
from autograder.sheet import Sheet, read_sheet

_POINTS: Final = frozenset({"points", "pontos", "nota", "puntos", "score"})
_MOST_NAMED: Final = 5


@dataclasses.dataclass(frozen=True, slots=True)
class BulkSelection:
    """Whose item is overridden: all conditions that are given must hold.

    Attributes:
        verdicts: The item has one of these verdicts.
        like: The item was found as this student's: the same verdict for the same reasons.
        students: These students alone, with the points of each where a list says them.
    """

    verdicts: Collection[Verdict] = ()
    like: str = ""
    students: Mapping[str, float | None] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedOverride:
    """One student's override, and what the item had before."""

    finding: Finding
    override: Override


def read_list(path: Path, students: Sequence[str]) -> dict[str, float | None]:
    """Read students, one per line or in a CSV file with a heading, and their points if it has such a column.

    Args:
        path: The file.
        students: The class.

    Raises:
        ConfigurationError: It cannot be read, or holds points that are no number.
        UsageError: It names somebody who is not in the class, or somebody twice.
    """
    sheet = read_sheet(path)
    name_at, points_at, first = _columns(sheet.header())
    found: dict[str, float | None] = {}
    unknown: list[str] = []
    for row in range(first, len(sheet.rows)):
        name = sheet.value(row, name_at)
        if not name:
            continue
        try:
            student = find_student(name, students)
        except UsageError:
            unknown.append(name)
            continue
        if student in found:
            raise UsageError(f"{shell_word(student)} is listed twice", str(path), "keep one line per student")
        found[student] = None if points_at is None else _number(sheet, row, points_at, path)
    if unknown:
        more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
        lost = ", ".join(map(shell_word, unknown[:_MOST_NAMED]))
        raise UsageError(f"fits no student of this class, or several: {lost}{more}", str(path), "see grades.csv")
    if not found:
        raise ConfigurationError("names nobody", str(path), "one student per line, or a column student")
    return found


def plan_overrides(
    grades: Sequence[Grade], place: str, points: float | None, chosen: BulkSelection, *, reason: str, author: str
) -> tuple[PlannedOverride, ...]:
    """Return the overrides of an item for the chosen students; those who have these points already are left out.

    Args:
        grades: The class's grades that count.
        place: The item: `q07.recipe_a`.
        points: What each gets, unless the list says it per student.
        chosen: Who is chosen.
        reason: Why; the students may read it.
        author: The person who decided; likewise.

    Raises:
        UsageError: There is no such item, the points do not fit it, or somebody has neither points of their own nor
            these.
    """
    question, _, item = place.partition(".")
    wanted = next((_alike(given, place) for given in grades if given.student == chosen.like), None)
    planned = []
    for given in grades:
        if chosen.students is not None and given.student not in chosen.students:
            continue
        own = None if chosen.students is None else chosen.students[given.student]
        worth = points if own is None else own
        if worth is None:
            raise UsageError(
                "no points are given", remedy="name them after the item, or in a column points of the list"
            )
        # Before any condition: it says what is wrong with the item or the points.
        override = make_override(given, question, item, worth, reason=reason, author=author)
        finding = next(finding for finding in given.findings if finding.place == place)
        settled = finding.verdict in {Verdict.PASS, Verdict.FAIL} and math.isclose(finding.points, worth)
        if settled or (chosen.verdicts and finding.verdict not in chosen.verdicts):
            continue
        if not chosen.like or _alike(given, place) == wanted:
            planned.append(PlannedOverride(finding, override))
    return tuple(planned)


def _alike(given: Grade, place: str) -> object:
    return [(finding.verdict, finding.reasons) for finding in given.findings if finding.place == place]


def _columns(heading: Sequence[str]) -> tuple[int, int | None, int]:
    """Return the column of names, that of points if there is one, and the first row that is no heading."""
    kinds = kinds_of(heading)
    points_at = next((at for at, name in enumerate(heading) if folded(name) in _POINTS), None)
    if "name" in kinds:
        return kinds.index("name"), points_at, 1
    return 0, points_at, 0 if points_at is None else 1


def _number(sheet: Sheet, row: int, column: int, path: Path) -> float:
    text = sheet.value(row, column)
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigurationError(f"{text!r} where points are due", f"{path}:{row + 1}", "write a number")
    return value
