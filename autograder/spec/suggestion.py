"""A misspelt name is told with the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a word comes near to, if there is one."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what a complaint about a word ends with: the known name that it comes near to, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
