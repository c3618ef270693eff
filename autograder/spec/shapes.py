"""The shapes that a watched variable may have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from autograder.spec.paths import Name, Strict


class NumberShape(Strict):
    """One finite number."""

    type: Literal["number"]


class NumbersShape(Strict):
    """A list of `length` finite numbers."""

    type: Literal["numbers"]
    length: PositiveInt


class WordsShape(Strict):
    """A list of `length` words out of `words`."""

    type: Literal["words"]
    words: tuple[Name, ...]
    length: PositiveInt


class LetterShape(Strict):
    """One of the letters in `options`, however it was written: `d`, `"D"`, `"(d)"`."""

    type: Literal["letter"]
    options: Annotated[str, Field(pattern=r"^[a-z]{2,}$")]


class MapShape(Strict):
    """A dictionary with at least the keys `keys`, each value of the shape `of`."""

    type: Literal["map"]
    keys: tuple[Name, ...]
    of: Shape


Shape = Annotated[NumberShape | NumbersShape | WordsShape | LetterShape | MapShape, Field(discriminator="type")]
