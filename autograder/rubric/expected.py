"""Expected values: check their shape, and walk them together with a student's value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autograder.records import JSON
from autograder.rubric.document import KeyPath
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape

Misfit = tuple[KeyPath, str]
"""The keys inside the value, and what is expected there."""

ABSENT: Final = object()
"""What `leaves` yields for a part that the student's value lacks."""


def misfit(value: JSON, shape: Shape) -> Misfit | None:
    """Return where and why a value does not have a shape; None if it has.

    >>> misfit([1, "2"], NumbersShape(type="numbers", length=2))
    ((1,), 'a number is due')
    """
    match shape:
        case NumberShape():
            return None if is_number(value) else ((), "a number is due")
        case NumbersShape():
            return _numbers_misfit(value, shape)
        case WordsShape():
            return _words_misfit(value, shape)
        case LetterShape(options=options):
            fits = isinstance(value, str) and len(value) == 1 and value in options
            return None if fits else ((), f"one of {', '.join(options)} is due")
        case MapShape():
            return _map_misfit(value, shape)


def leaves(path: str, expected: JSON, obtained: JSON) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield path, expected and obtained value of each leaf.

    It walks the expected value, never the obtained one, so that missing parts are noticed.
    """
    if not isinstance(expected, dict):
        yield path, expected, obtained
        return
    for key, value in expected.items():
        below = obtained.get(key, ABSENT) if isinstance(obtained, dict) else ABSENT
        yield from leaves(f"{path}.{key}", value, below)


def is_number(value: JSON) -> bool:
    """Return whether a value is a number; unlike in Python, true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers_misfit(value: JSON, shape: NumbersShape) -> Misfit | None:
    if not isinstance(value, list) or len(value) != shape.length:
        return (), f"a list of {shape.length} numbers is due"
    return next((((index,), "a number is due") for index, each in enumerate(value) if not is_number(each)), None)


def _words_misfit(value: JSON, shape: WordsShape) -> Misfit | None:
    chosen = {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()
    if isinstance(value, list) and len(value) == len(chosen) == shape.length and chosen <= {*shape.words}:
        return None
    return (), f"a list of {shape.length} different words out of {', '.join(shape.words)} is due"


def _map_misfit(value: JSON, shape: MapShape) -> Misfit | None:
    if not isinstance(value, dict) or {*value} != {*shape.keys}:
        return (), f"a mapping with the keys {', '.join(shape.keys)} and no others is due"
    for key in shape.keys:
        found = misfit(value[key], shape.of)
        if found:
            return (key, *found[0]), found[1]
    return None
