"""Know a learning platform's export by its names, and tell from them whose each submission is.

    Gradescope   submission_<id>/…                  submission_metadata.yml says whose
    Canvas       <name>_[LATE_]<user>_<submission>_<file>
    Moodle       <Full Name>_<id>_assignsubmission_file/…   or the same as the beginning of a file's name

A student is named with the platform's number, in brackets: two of the same name stay two, and the number finds the row
that the grade belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import yaml

from autograder.collect.naming import student_name
from autograder.errors import UsageError

METADATA = "submission_metadata.yml"
MAXIMUM_METADATA_BYTES = 16 * 2**20

_CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<number>\d+)_\d+_.+")
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_.*)?")


def owners_in_export(names: Sequence[str], metadata: str | None, source: str) -> Mapping[str, str] | None:
    """Return whose each file or folder of an export is; None if this is none.

    Args:
        names: The files and folders at its top.
        metadata: Gradescope's own list, where there is one.
        source: Where that list stands, to name it.

    Raises:
        UsageError: Gradescope's list cannot be read.
    """
    if metadata is not None:
        return _gradescope(metadata, source)
    for pattern in (_MOODLE, _CANVAS):
        matches = [(name, pattern.fullmatch(name)) for name in names]
        found = {name: _named(match["name"], match["number"]) for name, match in matches if match}
        # One name may look so by chance; an export's all do.
        if found and len(found) == len(names):
            return found
    return None


def _gradescope(metadata: str, source: str) -> Mapping[str, str]:
    remedy = "download the export again"
    try:
        listed = yaml.safe_load(metadata)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageError("this is not the list that Gradescope writes: not YAML", source, remedy) from error
    if not isinstance(listed, dict):
        raise UsageError("this is not the list that Gradescope writes: no submissions", source, remedy)
    return {str(folder): _submitters(str(folder), about) for folder, about in listed.items()}


def _submitters(folder: str, about: object) -> str:
    """Name everybody who handed in together, as Gradescope does: `Ana Lima (12), Bia Reis (15)`."""
    people = _entry(about, "submitters")
    named = [
        _named(str(_entry(person, "name") or ""), str(_entry(person, "sid") or _entry(person, "email") or folder))
        for person in (people if isinstance(people, list) else [])
    ]
    return student_name(", ".join(sorted(named))) if named else student_name(folder)


def _entry(holder: object, key: str) -> object:
    # Gradescope writes Ruby's symbols, with a colon before them.
    return (holder.get(f":{key}") or holder.get(key)) if isinstance(holder, dict) else None


def _named(name: str, number: str) -> str:
    return student_name(f"{name} ({number})")
