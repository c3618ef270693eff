"""Write a report's files atomically, under safe file names whatever the student's name."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

from autograder.errors import EnvironmentFault

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LOOKS_MADE = re.compile(r".*-[0-9a-f]{10}")
# Names that an operating system reserves, whatever the extension.
_RESERVED_NAME = re.compile(r"con|prn|aux|nul|(com|lpt)\d")


def file_stem(student: str) -> str:
    """Turn a student's name into a file name that no other student has, on any file system.

    A name of plain lower-case letters is kept; any other gets part of its hash, because the removed characters (a
    capital, an accent, a slash) may be what distinguishes it.

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
    """Write a text file atomically (see `write_whole`).

    Raises:
        EnvironmentFault: The folder cannot be written to, or the disk is full.
    """
    write_whole(path, text.encode("utf-8", "replace"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically: readers see either the old or the new content.

    The unfinished file of a killed command is overwritten by the next command: its name is fixed, and only one command
    runs at a time.

    Raises:
        EnvironmentFault: The folder cannot be written to, or the disk is full.
    """
    unfinished = path.with_name(f".unfinished-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.unlink(missing_ok=True)
            # Never write through a link of this name.
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
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
    """Remove a student's page and JSON file from a folder of results, if they exist.

    Raises:
        EnvironmentFault: They cannot be removed.
    """
    stem = file_stem(student)
    for path in (folder / "pages" / f"{stem}.html", folder / "json" / f"{stem}.json"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise EnvironmentFault(
                f"this file cannot be removed: {error.strerror or error}", str(path), "check who may write there"
            ) from error
