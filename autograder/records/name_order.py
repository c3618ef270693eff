"""The order of people's names, by the rules of the languages that use Latin letters, whatever the machine's locale."""

from __future__ import annotations

import unicodedata

NameOrder = tuple[str, str, str]


def name_order(name: str) -> NameOrder:
    """Return the key to sort a name by: its letters first, then its accents, then case.

    >>> sorted(["Zoe", "Émile", "Eva", "emile", "Ana"], key=name_order)
    ['Ana', 'emile', 'Émile', 'Eva', 'Zoe']
    """
    parts = unicodedata.normalize("NFKD", name)
    letters = "".join(character for character in parts if not unicodedata.combining(character))
    return letters.casefold(), parts.casefold(), name
