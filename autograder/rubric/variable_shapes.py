"""The shapes that a watched variable may have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from autograder.rubric.paths import Name, Strict


class NumberShape(Strict):
    """One finite number."""

    type: Literal["number"]
    """The kind of shape: one finite number."""


class NumbersShape(Strict):
    """A list of `length` finite numbers."""

    type: Literal["numbers"]
    """The kind of shape: a list of finite numbers."""
    length: PositiveInt
    """The number of numbers."""


class WordsShape(Strict):
    """A list of `length` words out of `words`."""

    type: Literal["words"]
    """The kind of shape: a list of words out of given ones."""
    words: tuple[Name, ...]
    """The allowed words."""
    length: PositiveInt
    """The number of words."""


Key = Annotated[str, Field(pattern=r"^[^.\[\]]+$")]


class LetterShape(Strict):
    """One of the letters in `options`, however it was written: `d`, `"D"`, `"(d)"`."""

    type: Literal["letter"]
    """The kind of shape: one letter, however it is written."""
    options: Annotated[str, Field(pattern=r"^[a-z]{2,}$")]
    """The allowed letters, in one word: `abcd`."""


class MapShape(Strict):
    """A dictionary with at least the keys `keys`, each value of the shape `of`."""

    type: Literal["map"]
    """The kind of shape: a dictionary."""
    keys: tuple[Key, ...]
    """The required keys; others are ignored. None has a point or a bracket, which a path would split."""
    of: Shape
    """The shape of each value."""


Shape = Annotated[NumberShape | NumbersShape | WordsShape | LetterShape | MapShape, Field(discriminator="type")]
