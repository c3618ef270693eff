"""Names of people: how two spellings are compared, how a class is sorted, and how a name is shown on a terminal."""

from __future__ import annotations

import shlex
import unicodedata

# Letters with a stroke or a ligature, which Unicode does not decompose but people often type plainly.
_PLAIN_LETTERS = str.maketrans({"æ": "ae", "ð": "d", "đ": "d", "ı": "i", "ł": "l", "ø": "o", "œ": "oe", "þ": "th"})  # noqa: RUF001


def folded(name: str) -> str:
    """Return a name without case, accents and extra spaces, equal for all usual spellings of one name.

    >>> folded("  ANA  Araújo") == folded("ana Arau\u0301jo")
    True
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(letters.translate(_PLAIN_LETTERS).split())


def collation_key(name: str) -> tuple[str, str, str]:
    """Return the key by which a class is sorted: by letters, then by accents, then by case.

    >>> sorted(["Zoe", "Érica", "Eva", "eric"], key=collation_key)
    ['eric', 'Érica', 'Eva', 'Zoe']
    """
    return folded(name), unicodedata.normalize("NFD", name).casefold(), name


def printable(text: str) -> str:
    """Replace characters that would control a terminal: control characters and marks of text direction."""
    return "".join(
        "�" if unicodedata.category(character)[0] == "C" and character != "\n" else character for character in text
    )


def shell_word(text: str) -> str:
    """Quote a text as one word of a suggested shell command."""
    return shlex.quote(printable(text).replace("\n", " "))
