"""Where a path leads: to which shape, or why to none. What two keys of a rubric say of one another hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.spec.document import Fault, KeyPath
from autograder.spec.paths import split_path
from autograder.spec.shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape
from autograder.spec.suggestion import suggestion

Shapes = Mapping[str, Shape]

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


def shape_at(path: str, shapes: Shapes) -> Shape:
    """Return the shape of what a path leads to. The path must lead somewhere."""
    name, keys, index = split_path(path)
    shape = shapes[name]
    for _ in keys:
        shape = shape.of if isinstance(shape, MapShape) else shape
    return shape if index is None else NumberShape(type="number")


def reads(keys: KeyPath, path: str, shapes: Shapes, due: type[Shape]) -> Iterator[Fault]:
    """Yield a fault at `keys` if the path leads elsewhere than to a shape of the kind that is due."""
    if not isinstance(shape_at(path, shapes), due):
        yield Fault(keys, f"{path} leads elsewhere than to {_WORDS[due]}, which this check reads")


def reads_map(keys: KeyPath, path: str, shapes: Shapes, due: type[Shape]) -> Iterator[Fault]:
    """Yield a fault at `keys` if the path does not lead to a map whose values are of the kind that is due."""
    shape = shape_at(path, shapes)
    if not isinstance(shape, MapShape) or not isinstance(shape.of, due):
        yield Fault(keys, f"{path} is no map with {_WORDS[due]} a key, which this check reads")
