"""Read Gradescope's metadata of a submission: student, time, due date and earlier submissions.

Only dates and earlier scores affect the grade. Missing or odd fields are ignored: a changed platform must not keep a
submission from being graded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.records import JSON

_SECONDS_PER_DAY = 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class Metadata:
    """The used part of `submission_metadata.json`."""

    submission: str = ""
    members: int = 1
    handed_in: dt.datetime | None = None
    due: dt.datetime | None = None
    earlier_scores: tuple[float, ...] = ()

    @property
    def days_late(self) -> int:
        """The number of days late, counting each day begun; 0 if a date is not known."""
        if self.handed_in is None or self.due is None:
            return 0
        return max(0, math.ceil((self.handed_in - self.due).total_seconds() / _SECONDS_PER_DAY))


def read_metadata(path: Path) -> Metadata:
    """Read the file; without it, all fields are empty."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Metadata()
    document = _mapping(document)
    users = [_mapping(user) for user in _list(document.get("users"))]
    # A group gets the latest due date of its members: an extension for one applies to the group.
    due = [*_dates(_mapping(user.get("assignment")).get("due_date") for user in users)]
    due = due or [*_dates([_mapping(document.get("assignment")).get("due_date")])]
    before = sorted(map(_mapping, _list(document.get("previous_submissions"))), key=_handed_in)
    scores = (earlier.get("score") for earlier in before)
    return Metadata(
        submission=str(document.get("id", ""))[:40],
        members=max(1, len(users)),
        handed_in=next(_dates([document.get("created_at")]), None),
        due=max(due, default=None),
        earlier_scores=tuple(_numbers(scores)),
    )


def _handed_in(earlier: dict[str, JSON]) -> dt.datetime:
    return next(_dates([earlier.get("submission_time")]), dt.datetime.min.replace(tzinfo=dt.UTC))


def _dates(texts: Iterable[JSON]) -> Iterator[dt.datetime]:
    for text in texts:
        if isinstance(text, str):
            try:
                date = dt.datetime.fromisoformat(text)
            except ValueError:
                continue
            yield date if date.tzinfo else date.replace(tzinfo=dt.UTC)


def _numbers(values: Iterable[JSON]) -> Iterator[float]:
    for value in values:
        try:
            number = float(value)
        except (TypeError, ValueError):
            continue
        if math.isfinite(number):
            yield number


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
