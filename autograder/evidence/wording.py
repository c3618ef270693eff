"""Text that a student's process chose, made fit to be shown, and the words for the kinds of JSON values."""

from __future__ import annotations

from autograder.records import JSON


def shown(text: object, longest: int = 60) -> str:
    r"""Return text on one line, shortened, with nothing in it that steers a terminal or a page's direction.

    >>> shown("a\x1b[31mb\u202ec")
    'a�[31mb�c'
    """
    start = str(text)[: longest + 1]
    plain = "".join(character if character.isprintable() else "�" for character in start)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def shown_lines(text: object, longest: int) -> str:
    """Like `shown`, for text that may have several lines."""
    return "\n".join(shown(line, longest) for line in str(text)[:longest].splitlines())


def kind_of(value: JSON) -> str:
    """Name the kind of a value as a student would.

    >>> kind_of([True])
    'a list'
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "True" if value else "False"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
    return "a dictionary"
