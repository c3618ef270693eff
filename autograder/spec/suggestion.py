"""A misspelt name is told with the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def all_near(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return the known names that a word comes near to, the nearest first."""
    return get_close_matches(word, list(known), n=most)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that a word comes near to, if there is one."""
    return next(iter(all_near(word, known, most=1)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return what a complaint about a word ends with: the known name that it comes near to, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
