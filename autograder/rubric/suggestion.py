"""Suggest known names for a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

_SYNONYMS: Final = MappingProxyType(
    dict.fromkeys(("lowest", "least", "minimum", "min", "minimal"), "smallest")
    | dict.fromkeys(("highest", "biggest", "greatest", "maximum", "max", "maximal"), "largest")
)
"""Words whose spelling is near to another word, or to none: `lowest` looks like `largest`."""


def all_near(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return the known names that are similar to a word, the most similar first."""
    return get_close_matches(word, list(known), n=most)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar to a word, None if none is similar."""
    known = tuple(known)
    meant = _SYNONYMS.get(word)
    return meant if meant in known else next(iter(all_near(word, known, most=1)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the end of a message about a wrong word: a suggestion, or nothing."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""
