"""Names that files bear, made fit to be shown and kept: whoever named a file may have meant to steer a terminal."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

_LONGEST_NAME = 120


def readable(path: Path) -> str:
    """Return a path as text that any terminal, page and data base can take."""
    return _plain(str(path))


def student_name(text: str) -> str:
    r"""Return a student's name out of a file's: one line, bounded, plain.

    Where a part of it had to go, a part of its hash stands instead: two students stay two.

    >>> student_name("Ana\x1b[31m\u202e")
    'Ana�[31m� #5cc738'
    """
    plain = _plain(text)
    name = " ".join(unicodedata.normalize("NFC", plain).split())
    if plain != text or len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        name = f"{name[: _LONGEST_NAME - 8].rstrip()} #{digest}"
    return name or "(no name)"


def _plain(text: str) -> str:
    # A file's name need not be UTF-8: Python hands its other bytes on as half surrogate pairs, category Cs.
    return "".join("�" if unicodedata.category(character)[0] == "C" else character for character in text)
