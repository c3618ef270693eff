"""Students' objections: read from a small file or the command line, and queued with their item."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

from autograder.errors import InputError, UsageError
from autograder.gradebook import Gradebook, Objection
from autograder.records import Grade, printable

MOST_BYTES = 64 * 1024
"""The largest student's file that is read, in bytes."""
_LONGEST = 4000
_FORM = 'it has the keys "item", such as q07.answer, and "text"; or a first line with the item, and the text below'


@dataclasses.dataclass(frozen=True, slots=True)
class Wording:
    """The content of a student's file: the item, the text, and the student's name if given."""

    item: str
    text: str
    student: str = ""


def read_objection(path: Path) -> Wording:
    """Read a student's file: JSON, or a text whose first line names the item.

    Raises:
        UsageError: It cannot be read, or lacks the item or the text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", str(path)) from error
    return parse_objection(content, str(path))


def parse_objection(content: bytes, source: str) -> Wording:
    """Read the content of a student's file.

    Args:
        content: The bytes; of a file that is too large, its beginning.
        source: Its name for messages.

    Raises:
        UsageError: It is too large, or lacks the item or the text.
    """
    if len(content) > MOST_BYTES:
        raise InputError("is larger than {most} KiB", source, "write less", most=MOST_BYTES // 1024)
    text = "\n".join(content.decode("utf-8-sig", "replace").expandtabs(1).splitlines()).strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError("is not JSON", source, _FORM) from error
        parts = [found.get(key) if isinstance(found.get(key), str) else "" for key in ("item", "text", "student")]
    else:
        item, _, rest = text.partition("\n")
        parts = [re.sub(r"^item:", "", item, flags=re.IGNORECASE), rest, ""]
    item, why, student = (printable(part).strip() for part in parts)
    if not item or not why:
        raise InputError("names no item, or has no text about it", source, _FORM)
    return Wording(item, why, student)


def file_objection(book: Gradebook, given: Grade, item: str, text: str) -> Objection:
    """Queue an objection to an item of the notebook that counts.

    Raises:
        UsageError: There is no such item, or the text is empty or too long.
    """
    places = {finding.place: finding for finding in given.findings}
    finding = places.get(item)
    if finding is None:
        raise InputError(
            "there is no item {item}", item=repr(item), remedy="there are {known}", known=", ".join(places)
        )
    if not text.strip() or len(text) > _LONGEST:
        raise InputError(
            "an objection has 1 to {most} characters, this one has {count}", most=_LONGEST, count=len(text.strip())
        )
    objection = Objection(given.job_id, given.student, finding.question, finding.item, text.strip())
    return dataclasses.replace(objection, number=book.add_objection(objection))
