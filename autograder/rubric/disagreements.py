"""Find keys of a rubric that contradict each other: names, paths, variables, the shapes that an item reads, points.

Every key may be valid on its own and the item still impossible to pass. Such faults must be found before a class is
graded.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping

from autograder.rubric.checks.choice import Choice
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.item import Cancellation, Item
from autograder.rubric.lookup import Shapes, path_fault
from autograder.rubric.suggestion import suggestion
from autograder.rubric.variable_shapes import LetterShape, MapShape, Shape, WordsShape

_POINTS_DIGITS = 6


@dataclasses.dataclass(frozen=True, slots=True)
class Declared:
    """One question as far as it can be read; a part that is invalid on its own is None and is not checked further.

    An item may lack its invalid fields, and is None if its kind is unknown.
    """

    variables: Mapping[str, Shape | None]
    items: Mapping[str, Item | None]
    cancelled: Cancellation | None = None


def disagreements(questions: Mapping[str, Declared], points: float | None) -> Iterator[Fault]:
    """Yield every fault that shows only when two keys are compared.

    Args:
        questions: The questions, as far as they can be read.
        points: The expected sum of all items' points; None if the file does not state it.
    """
    shapes: dict[str, Shape | None] = {}
    for question_name, question in questions.items():
        for variable, shape in question.variables.items():
            keys: KeyPath = ("questions", question_name, "variables", variable)
            if not variable.startswith(f"{question_name}_"):
                yield Fault(keys, f"must begin with {question_name}_")
            elif variable in shapes:
                yield Fault(keys, "is declared by another question as well; each needs a name of its own")
            if shape is not None:
                yield from _shape_faults(keys, shape)
            shapes[variable] = shape
    for question_name, question in questions.items():
        for item_name, item in question.items.items():
            if item is not None:
                keys = ("questions", question_name, "items", item_name)
                yield from _requires_faults((*keys, "requires"), item_name, item, question.items)
                yield from _cancelled_faults(keys, item, question)
                # With an invalid field, the item's other fields cannot be checked either.
                with contextlib.suppress(AttributeError) if _is_broken(item) else contextlib.nullcontext():
                    yield from _item_faults(keys, item, shapes)
    yield from _points_faults(questions, points)


def _points_faults(questions: Mapping[str, Declared], points: float | None) -> Iterator[Fault]:
    worth = [getattr(item, "points", None) for question in questions.values() for item in question.items.values()]
    known = [each for each in worth if each is not None]
    if points is not None and len(known) == len(worth) and round(sum(known) - points, _POINTS_DIGITS):
        what = f"the items' points add up to {sum(known):g}, and assignment.points says {points:g}"
        yield Fault(("questions",), what)
    remaining = [
        item
        for question in questions.values()
        for item in question.items.values()
        if item is None or "excluded" not in (question.cancelled, item.cancelled)
    ]
    if len(remaining) < len(worth) and not any(getattr(item, "points", True) for item in remaining):
        yield Fault(("questions",), "every item with points is excluded: no item is left to share their points")


def _shape_faults(keys: KeyPath, shape: Shape) -> Iterator[Fault]:
    match shape:
        case MapShape(keys=names, of=inner):
            if not names or len({*names}) != len(names):
                yield Fault((*keys, "keys"), "must name at least one key, and none twice")
            yield from _shape_faults((*keys, "of"), inner)
        case WordsShape(words=words, length=length):
            if len({*words}) != len(words):
                yield Fault((*keys, "words"), "names a word twice")
            elif length > len(words):
                yield Fault((*keys, "length"), f"{length} different words cannot be chosen out of {len(words)}")
        case LetterShape(options=options):
            if len({*options}) != len(options):
                yield Fault((*keys, "options"), "names a letter twice")


def _is_broken(item: Item) -> bool:
    return any(field.is_required() and not hasattr(item, name) for name, field in type(item).model_fields.items())


def _item_faults(keys: KeyPath, item: Item, shapes: Shapes) -> Iterator[Fault]:
    lost = [(path, fault) for path in item.paths if (fault := path_fault(path, shapes))]
    for path, what in lost:
        yield Fault((*keys, *_key_of(item, path)), what)
    if not lost:
        # A path that leads nowhere has no shape to check.
        yield from item.faults(keys, shapes)


def _requires_faults(keys: KeyPath, name: str, item: Item, items: Mapping[str, Item | None]) -> Iterator[Fault]:
    measured = [other for other, one in items.items() if one is None or one.measured]
    for index, required in enumerate(item.requires):
        if required == name:
            yield Fault((*keys, index), "an item cannot require itself")
        elif required not in items:
            yield Fault((*keys, index), f"this question has no item {required}{suggestion(required, items)}")
        elif required not in measured:
            there = f"there are {', '.join(measured)}" if measured else "no item of this question does"
            yield Fault((*keys, index), f"{required} holds no numbers of its own; {there}")


def _cancelled_faults(keys: KeyPath, item: Item, question: Declared) -> Iterator[Fault]:
    if item.cancelled is not None and question.cancelled is not None:
        yield Fault((*keys, "cancelled"), "the whole question is cancelled already; only one of the two may stand")
    elif (item.cancelled or question.cancelled) and isinstance(item, Choice) and item.accepted:
        yield Fault((*keys, "accepted"), "has no effect, since the item is cancelled; only one of the two may stand")


def _key_of(item: Item, path: str) -> KeyPath:
    """Return the key of an item, with the index in a list, at which a path is written."""
    for name, value in item:
        if value == path:
            return (name,)
        if isinstance(value, tuple) and path in value:
            return (name, value.index(path))
    return ()
