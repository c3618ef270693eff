"""Write a report's files: whole or not at all, under names that no student's name can lead astray."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

from autograder.errors import EnvironmentFault

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LOOKS_MADE = re.compile(r".*-[0-9a-f]{10}")
# Names that one operating system or another keeps to itself, whatever the extension.
_RESERVED_NAME = re.compile(r"con|prn|aux|nul|(com|lpt)\d")


def file_stem(student: str) -> str:
    """Turn a student's name into the name of a file: no two students share one, on no file system.

    A name of plain lower-case letters stays as it is; any other gets a part of its hash, since what tells it from
    its neighbour (a capital, an accent, a slash) may be what had to go.

    >>> file_stem("ana-araujo")
    'ana-araujo'
    >>> file_stem("../Ana Araújo")
    'ana-araujo-5ef7fbb31e'
    """
    if _PLAIN_NAME.fullmatch(student) and not _LOOKS_MADE.fullmatch(student) and not _RESERVED_NAME.fullmatch(student):
        return student
    ascii_text = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:48].rstrip("-")
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{words or 'student'}-{digest}"


def write_atomically(path: Path, text: str) -> None:
    """Put a file in place at one stroke: whoever reads it sees the old text or the new, never half of either.

    What a command that was killed had begun is overwritten by the next one: each file has one name for it, and only one
    command runs at a time.

    Raises:
        EnvironmentFault: The folder cannot be written to, or the disk is full.
    """
    unfinished = path.with_name(f".unfinished-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.unlink(missing_ok=True)
            # A link of this name, whoever laid it, is never written through.
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            f"this file cannot be written: {error.strerror or error}",
            str(path),
            "check the disk's room and who may write there",
        ) from error


def remove_reports(folder: Path, student: str) -> None:
    """Remove a student's page and JSON file from a folder of results, where they are.

    Raises:
        EnvironmentFault: They are there and cannot be removed.
    """
    stem = file_stem(student)
    for path in (folder / "pages" / f"{stem}.html", folder / "json" / f"{stem}.json"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"this file cannot be removed: {error.strerror or error}", str(path), "check who may write there"
            ) from error
