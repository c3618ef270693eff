"""Find a student by a typed name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autograder.errors import UsageError
from autograder.records import folded, shell_word
from autograder.rubric.suggestion import all_near

_PLATFORM_NUMBER = re.compile(r"\s*\([^()]*\)$")
_MOST_NAMED = 5


def find_student(asked: str, students: Sequence[str]) -> str:
    """Return the student with this name: exactly, or ignoring case, accents and Unicode forms.

    The number that a platform's export adds in brackets may be omitted, and the apostrophe that `grades.csv` puts
    before names that a spreadsheet would execute may be included.

    Raises:
        UsageError: There is no such student, or there are several; the message lists candidates, quoted for a shell.
    """
    names = (asked, asked.removeprefix("'"))
    for name in names:
        if name in students:
            return name
    for simplify in (folded, _without_number):
        wanted = set(map(simplify, names))
        matches = [student for student in students if simplify(student) in wanted]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UsageError(
                f"{shell_word(asked)} may be any of {len(matches)} students", remedy=f"write {_listed(matches, 'or')}"
            )
    near = _near(asked, students)
    remedy = f"did you mean {_listed(near, 'or')}?" if near else "write the name as grades.csv does"
    raise UsageError(f"there is no student {shell_word(asked)} in this gradebook", remedy=remedy)


def _without_number(student: str) -> str:
    return folded(_PLATFORM_NUMBER.sub("", student))


def _near(asked: str, students: Sequence[str]) -> list[str]:
    """Return the students whose names contain the typed one or are similar to it."""
    wanted = folded(asked)
    holding = [student for student in students if wanted and wanted in folded(student)]
    by_name: dict[str, list[str]] = {}
    for student in students:
        by_name.setdefault(_without_number(student), []).append(student)
    near = [student for name in all_near(wanted, by_name) for student in by_name[name]]
    return list(dict.fromkeys([*holding, *near]))


def _listed(students: Iterable[str], word: str) -> str:
    quoted = [shell_word(student) for student in students]
    more = len(quoted) - _MOST_NAMED
    if more > 0:
        return f"{', '.join(quoted[:_MOST_NAMED])} {word} one of {more} more"
    return f" {word} ".join([part for part in (", ".join(quoted[:-1]), quoted[-1]) if part])
