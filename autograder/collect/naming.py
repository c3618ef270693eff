"""Make untrusted file names safe to show and store; they may contain terminal control sequences."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

_LONGEST_NAME = 120


def readable(path: Path) -> str:
    """Return a path as text that is safe for terminals, pages and databases."""
    return _plain(str(path))


def student_name(text: str) -> str:
    r"""Derive a student's name from a file's: one line, of bounded length, without control characters.

    If characters had to be removed, part of a hash is appended, so that two students remain distinct.

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
    # File names need not be UTF-8: Python represents other bytes as lone surrogates, category Cs.
    return "".join("�" if unicodedata.category(character)[0] == "C" else character for character in text)
