"""Read the list in Gradescope's export: `submission_metadata.yml`, beside a folder `submission_<id>` for each hand-in.

The list names the people of each folder, several where a group handed in together, and when they did. It is the only
thing that says whose a folder is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from autograder.collect.exports.owner import Owner
from autograder.collect.naming import student_name
from autograder.collect.strict_yaml import MAXIMUM_BYTES, parse_plain_yaml
from autograder.errors import SubmissionError, UsageError

METADATA = "submission_metadata.yml"
WRAPPER = r"assignment_\d+_export"
"""The folder in which Gradescope wraps an export, as a pattern."""

_AGAIN = "download the export again, or call the students by their folders with --export folder"
_SHORTER = "keep of each submission only its :submitters: and :created_at:, or add --export folder"


def read_owners(content: bytes, source: str) -> Mapping[str, Owner]:
    """Return whose each folder is.

    Args:
        content: What the list holds, or its beginning if that is more than `MAXIMUM_BYTES`.
        source: How to name it to people.

    Raises:
        UsageError: It cannot be read: nobody knows whose anything is.
    """
    if len(content) > MAXIMUM_BYTES:
        raise UsageError(f"is larger than {MAXIMUM_BYTES // 10**6} MB", source, _SHORTER)
    try:
        listed = parse_plain_yaml(content.decode("utf-8-sig", "replace"), source, _AGAIN)
    except SubmissionError as error:
        raise UsageError(f"this is not the list that Gradescope writes: {error.what}", source, error.remedy) from error
    if not isinstance(listed, dict):
        raise UsageError("this is not the list that Gradescope writes: it names no submissions", source, _AGAIN)
    return {folder: _owner(folder, about) for folder, about in listed.items()}


def _owner(folder: str, about: object) -> Owner:
    """Name everybody who handed in together, as Gradescope does: `Ana Lima (12), Bia Reis (15)`."""
    people = _entry(about, "submitters")
    named = sorted(
        (_text(person, "name"), _text(person, "sid") or _text(person, "email") or folder)
        for person in (people if isinstance(people, list) else [])
    )
    if not named:
        return Owner(student_name(folder), folder, _is_late(about))
    student = ", ".join(f"{name} ({number})" for name, number in named)
    return Owner(student_name(student), student_name(", ".join(number for _, number in named)), _is_late(about))


def _is_late(about: object) -> bool:
    """Tell whether the list says that it came after the due date; where it names none, nothing is known."""
    created, due = (_moment(_text(about, key)) for key in ("created_at", "due_date"))
    return created is not None and due is not None and created > due


def _moment(text: str) -> dt.datetime | None:
    # Ruby writes `2026-05-01 12:00:00.123456789 Z`: more digits than Python reads, and a space before the zone.
    date, _, rest = text.strip().replace("T", " ", 1).partition(" ")
    try:
        moment = dt.datetime.fromisoformat(f"{date}T{rest.replace(' ', '') or '00:00'}")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _text(holder: object, key: str) -> str:
    found = _entry(holder, key)
    return found if isinstance(found, str) else ""


def _entry(holder: object, key: str) -> object:
    # Gradescope writes Ruby's symbols, with a colon before them.
    return (holder.get(f":{key}") or holder.get(key)) if isinstance(holder, dict) else None
