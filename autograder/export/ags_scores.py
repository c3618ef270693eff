"""Score documents of LTI Assignment and Grade Services 2.0 (AGS), which a tool posts to a platform's line item.

Source: 1EdTech, "LTI Assignment and Grade Services Specification" 2.0, section 3.4 (score publish service); Canvas's
API, "Score". A document without `scoreGiven` makes a platform clear its current score, so there is no document for a
student whose mark is held. A platform ignores a document unless its `timestamp` is later than the last one's, so an
unchanged document keeps its timestamp.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from autograder.export.outcome import CellChange
from autograder.export.recipients import User
from autograder.export.table import plain_number
from autograder.records import JSON

Document = dict[str, JSON]


def score(user: User, timestamp: str) -> Document:
    """Return the score document of a mark."""
    return {
        "userId": user.number,
        "scoreGiven": user.mark.points,
        "scoreMaximum": user.mark.points_possible,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": timestamp,
    }


def now() -> str:
    """Return this moment as score documents want it: ISO 8601 in UTC, with fractions of a second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def read_documents(content: str) -> dict[str, Document]:
    """Parse earlier documents, by user; other lines are ignored."""
    found: dict[str, Document] = {}
    for line in content.splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict) and isinstance(document.get("userId"), str):
            found[document["userId"]] = document
    return found


def documents(
    users: Sequence[User], before: Mapping[str, Document]
) -> tuple[tuple[CellChange, ...], tuple[Document, ...]]:
    """Return the changes, and every user's document; an unchanged one keeps its timestamp.

    Users without a mark now keep their earlier document, since the platform still has that score.
    """
    moment = now()
    changes: list[CellChange] = []
    kept = dict(before)
    for user in users:
        old = before.get(user.number)
        new = score(user, moment)
        if old is not None and old | {"timestamp": moment} == new:
            continue
        changes.append(CellChange(user.mark.student, user.number, _shown(old), _shown(new)))
        kept[user.number] = new
    return tuple(changes), tuple(kept[number] for number in sorted(kept))


def lines(found: Sequence[Document]) -> bytes:
    """Return documents as JSON lines."""
    return "".join(f"{json.dumps(document, ensure_ascii=False)}\n" for document in found).encode()


def _shown(document: Document | None) -> str:
    given = None if document is None else document.get("scoreGiven")
    return plain_number(given) if isinstance(given, int | float) else ""
