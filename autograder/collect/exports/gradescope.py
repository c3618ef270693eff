"""Parse the list in Gradescope's export: `submission_metadata.yml`, beside a folder `submission_<id>` per submission.

The list names the people of each folder, several for a group, and when they submitted. Nothing else identifies a
folder's owners.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping

from autograder.collect.exports.owner import Owner
from autograder.collect.naming import student_name
from autograder.collect.strict_yaml import MAXIMUM_BYTES, parse_plain_yaml
from autograder.errors import UsageError
from autograder.records import Account

METADATA = "submission_metadata.yml"
WRAPPER = r"assignment_\d+_export"
"""The folder in which Gradescope wraps an export, as a regular expression."""

_FOLDER = re.compile(r"submission_(\d{1,20})")
_AGAIN = "download the export again, or call the students by their folders with --export folder"
_SHORTER = "keep of each submission only its :submitters: and :created_at:, or add --export folder"


def read_owners(content: bytes, source: str) -> Mapping[str, Owner]:
    """Return the owner of each folder.

    Args:
        content: The list's content, or its beginning if it exceeds `MAXIMUM_BYTES`.
        source: Its name for messages.

    Raises:
        UsageError: The list cannot be read, so that no owner is known.
    """
    if len(content) > MAXIMUM_BYTES:
        raise UsageError(f"is larger than {MAXIMUM_BYTES // 10**6} MB", source, _SHORTER)
    try:
        listed = parse_plain_yaml(content.decode("utf-8-sig", "replace"), source, _AGAIN)
    except UsageError as error:
        raise UsageError(f"this is not the list that Gradescope writes: {error.what}", source, error.remedy) from error
    if not isinstance(listed, dict):
        raise UsageError("this is not the list that Gradescope writes: it names no submissions", source, _AGAIN)
    return {folder: _owner(folder, about) for folder, about in listed.items()}


def _owner(folder: str, about: object) -> Owner:
    """Name all members of a group as Gradescope does: `Ana Lima (12), Bia Reis (15)`."""
    people = _entry(about, "submitters")
    named = sorted(
        (_text(person, "name"), _text(person, "sid") or _text(person, "email") or folder, _text(person, "email"))
        for person in (people if isinstance(people, list) else [])
    )
    submission = _FOLDER.fullmatch(folder)
    account = Account(
        "gradescope",
        tuple(student_name(number) for _, number, _ in named),
        tuple(student_name(address) if address else "" for _, _, address in named),
        submission[1] if submission else "",
    )
    if not named:
        return Owner(student_name(folder), account, _days_late(about))
    student = ", ".join(f"{name} ({number})" for name, number, _ in named)
    return Owner(student_name(student), account, _days_late(about))


def _days_late(about: object) -> int:
    """Return by how many days, rounded up, a submission was late; 0 if the list does not say when."""
    created, due = (_moment(_text(about, key)) for key in ("created_at", "due_date"))
    if created is None or due is None:
        return 0
    return max(0, math.ceil((created - due) / dt.timedelta(days=1)))


def _moment(text: str) -> dt.datetime | None:
    # Ruby writes `2026-05-01 12:00:00.123456789 Z`, with more digits than Python parses and a space before the zone.
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
    # Gradescope writes Ruby symbols, which begin with a colon.
    return (holder.get(f":{key}") or holder.get(key)) if isinstance(holder, dict) else None
