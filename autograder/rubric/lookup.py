"""Resolve a path to the shape that it leads to, or to the reason why it leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.paths import split_path
from autograder.rubric.suggestion import suggestion
from autograder.rubric.variable_shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape

Shapes = Mapping[str, Shape | None]
"""The declared variables. None marks an invalid declaration, whose readers are not checked."""

_WORDS: Mapping[type, str] = {
    LetterShape: "a letter",
    WordsShape: "words",
    NumberShape: "one number",
    NumbersShape: "a list of numbers",
}


def path_fault(path: str, shapes: Shapes) -> str | None:
    """Return why a path leads nowhere, or None if it leads somewhere."""
    name, keys, index = split_path(path)
    if name not in shapes:
        return f"no variable {name} is declared{suggestion(name, shapes)}"
    shape = shapes[name]
    return None if shape is None else _step_fault(path, shape, keys, index)


def _step_fault(path: str, shape: Shape, keys: Sequence[str], index: int | None) -> str | None:
    for key in keys:
        known = shape.keys if isinstance(shape, MapShape) else ()
        if not isinstance(shape, MapShape) or key not in known:
            return f"{path}: there is no {key}{suggestion(key, known)}"
        shape = shape.of
    if index is None:
        return None
    if not isinstance(shape, NumbersShape):
        return f"{path}: only a list of numbers has an index"
    if not -shape.length <= index < shape.length:
        return f"{path}: there are {shape.length} numbers"
    return None


def shape_at(path: str, shapes: Shapes) -> Shape | None:
    """Return the shape at a path, None if it is not known. The path must lead somewhere."""
    name, keys, index = split_path(path)
    shape = shapes[name]
    for _ in keys:
        shape = shape.of if isinstance(shape, MapShape) else shape
    return shape if index is None or shape is None else NumberShape(type="number")


def reads(
    keys: KeyPath, path: str, shapes: Shapes, due: type[NumberShape | NumbersShape | LetterShape | WordsShape]
) -> Iterator[Fault]:
    """Yield a fault at `keys` if the path does not lead to a shape of the given kind."""
    if not isinstance(shape_at(path, shapes), due | None):
        yield Fault(keys, f"{path} does not lead to {_WORDS[due]}, which this check reads")


def reads_map(
    keys: KeyPath, path: str, shapes: Shapes, due: type[NumberShape | NumbersShape | LetterShape | WordsShape]
) -> Iterator[Fault]:
    """Yield a fault at `keys` if the path does not lead to a map with values of the given kind."""
    shape = shape_at(path, shapes)
    if shape is not None and not (isinstance(shape, MapShape) and isinstance(shape.of, due)):
        yield Fault(keys, f"{path} is not a map with {_WORDS[due]} per key, which this check reads")
