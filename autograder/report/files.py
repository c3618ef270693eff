"""Write a report's files: whole or not at all, under names that no student's name can lead astray."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
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
    'ana-araujo-0d8a5dfc0e'
    """
    if _PLAIN_NAME.fullmatch(student) and not _LOOKS_MADE.fullmatch(student) and not _RESERVED_NAME.fullmatch(student):
        return student
    ascii_text = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:48].rstrip("-")
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{words or 'student'}-{digest}"


def write_atomically(path: Path, text: str) -> None:
    """Put a file in place at one stroke: whoever reads it sees the old text or the new, never half of either.

    Raises:
        EnvironmentFault: The folder cannot be written to, or the disk is full.
    """
    data = text.encode("utf-8", "replace")
    unfinished: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            # A temporary file is readable by its owner alone; a report is readable as any new file is.
            os.fchmod(file.fileno(), 0o666 & ~_file_mode_mask())
        Path(unfinished).replace(path)
    except OSError as error:
        if unfinished is not None:
            with contextlib.suppress(OSError):
                Path(unfinished).unlink()
        raise EnvironmentFault(
            f"cannot write this file: {error.strerror or error}", str(path), "check the disk's room and who may write there"
        ) from error


def _file_mode_mask() -> int:
    """Read the process's umask without changing it, which other threads would notice."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return int(next(line for line in lines if line.startswith("Umask:")).split()[1], 8)
    return 0o077
