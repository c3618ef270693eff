"""Make untrusted text (from a student's process or a file) safe to display."""

from __future__ import annotations


def shown(text: object, longest: int = 60) -> str:
    r"""Return text on one line, shortened, without characters that control a terminal or the text direction.

    >>> shown("a\x1b[31mb\u202ec")
    'a�[31mb�c'
    """
    start = str(text)[: longest + 1]
    plain = "".join(character if character.isprintable() else "�" for character in start)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def shown_lines(text: object, longest: int) -> str:
    """Like `shown`, for text that may have several lines."""
    return "\n".join(shown(line, longest) for line in str(text)[:longest].splitlines())
