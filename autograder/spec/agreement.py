"""What the keys of a rubric say of one another: paths and variables, a check and the shapes that it reads, points.

Each key may be right by itself and the item still be one that nobody could pass. Such an item is a fault of the
file, to be found before a class is graded by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.records import Language
from autograder.spec.claim_agreement import claim_faults
from autograder.spec.document import Fault, KeyPath
from autograder.spec.expected import misfit
from autograder.spec.items import (
    AnyItem,
    Choice,
    Close,
    Drawing,
    Equal,
    Interval,
    OwnExtremes,
    OwnOrder,
    Recipe,
    item_paths,
)
from autograder.spec.lookup import Shapes, path_fault, reads, reads_map, shape_at
from autograder.spec.model import Question
from autograder.spec.recipe_agreement import training_faults
from autograder.spec.shapes import LetterShape, MapShape, NumberShape, NumbersShape, Shape, WordsShape
from autograder.spec.suggestion import suggestion

_POINTS_DIGITS = 6


def disagreements(questions: Mapping[str, Question], points: float | None) -> Iterator[Fault]:
    """Yield every fault that shows only when two keys are held against each other.

    Args:
        questions: The questions, each valid by itself.
        points: What all items' points should add up to; None if the file does not say.
    """
    shapes = {name: shape for question in questions.values() for name, shape in question.variables.items()}
    for question_name, question in questions.items():
        for variable, shape in question.variables.items():
            keys: KeyPath = ("questions", question_name, "variables", variable)
            if not variable.startswith(f"{question_name}_"):
                yield Fault(keys, f"must begin with {question_name}_")
            yield from _shape_faults(keys, shape)
        for item_name, item in question.items.items():
            keys = ("questions", question_name, "items", item_name)
            yield from _item_faults(keys, item, shapes)
            yield from _requires_faults((*keys, "requires"), item_name, item, question.items)
    total = sum(item.points for question in questions.values() for item in question.items.values())
    if points is not None and round(total - points, _POINTS_DIGITS):
        yield Fault(("questions",), f"the items' points add up to {total:g}, and assignment.points says {points:g}")


def untitled(questions: Mapping[str, Question], titles: Mapping[Language, Mapping[str, str]]) -> Iterator[Fault]:
    """Yield a fault for each title of nothing: the name was misspelt, and a page would show the bare name."""
    names = [*questions, *(f"{name}.{item}" for name, question in questions.items() for item in question.items)]
    for language, texts in titles.items():
        for title in texts:
            if title not in names:
                what = f"no question or item has this name{suggestion(title, names)}"
                yield Fault(("titles", language, title), what)


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


def _item_faults(keys: KeyPath, item: AnyItem, shapes: Shapes) -> Iterator[Fault]:
    lost = [(path, fault) for path in item_paths(item) if (fault := path_fault(path, shapes))]
    if lost:
        # What a path does not lead to has no shape to be held against.
        for path, what in lost:
            yield Fault((*keys, *_key_of(item, path)), what)
        return
    match item:
        case Choice():
            yield from _choice_faults(keys, item, shapes)
            yield from claim_faults(keys, item, shapes)
        case Close() | Equal():
            yield from _expected_faults(keys, item, shapes)
        case OwnOrder() | OwnExtremes():
            yield from _own_faults(keys, item, shapes)
        case Interval() | Drawing():
            due = NumberShape if isinstance(item, Interval) else NumbersShape
            for path in item_paths(item):
                yield from reads((*keys, *_key_of(item, path)), path, shapes, due)
        case Recipe():
            yield from _recipe_faults(keys, item, shapes)
            yield from training_faults((*keys, "recipe"), item.recipe)


def _requires_faults(keys: KeyPath, name: str, item: AnyItem, items: Mapping[str, AnyItem]) -> Iterator[Fault]:
    measured = [other for other, one in items.items() if isinstance(one, Close | Equal | Interval | Recipe)]
    for index, required in enumerate(item.requires):
        if required == name:
            yield Fault((*keys, index), "an item cannot require itself")
        elif required not in items:
            yield Fault((*keys, index), f"this question has no item {required}{suggestion(required, items)}")
        elif required not in measured:
            yield Fault((*keys, index), f"{required} holds no numbers of its own; there are {', '.join(measured)}")


def _choice_faults(keys: KeyPath, item: Choice, shapes: Shapes) -> Iterator[Fault]:
    shape = shape_at(item.value, shapes)
    yield from reads((*keys, "value"), item.value, shapes, LetterShape)
    if isinstance(shape, LetterShape) and item.key not in shape.options:
        yield Fault((*keys, "key"), f"{item.key} is not among the options of {item.value}: {', '.join(shape.options)}")


def _expected_faults(keys: KeyPath, item: Close | Equal, shapes: Shapes) -> Iterator[Fault]:
    shape = shape_at(item.value, shapes)
    leaf = shape
    while isinstance(leaf, MapShape):
        leaf = leaf.of
    if isinstance(item, Close) and not isinstance(leaf, NumberShape | NumbersShape):
        yield Fault((*keys, "value"), f"{item.value} holds no numbers, and the check close compares numbers")
    elif found := misfit(item.expected, shape):
        yield Fault((*keys, "expected", *found[0]), f"does not fit {item.value}: {found[1]}")


def _own_faults(keys: KeyPath, item: OwnOrder | OwnExtremes, shapes: Shapes) -> Iterator[Fault]:
    due = WordsShape if isinstance(item, OwnOrder) else NumbersShape
    yield from reads((*keys, "value"), item.value, shapes, due)
    yield from reads_map((*keys, "numbers"), item.numbers, shapes, NumberShape)
    shape, numbers = shape_at(item.value, shapes), shape_at(item.numbers, shapes)
    if not isinstance(numbers, MapShape):
        return
    if isinstance(shape, WordsShape) and (lacking := [word for word in shape.words if word not in numbers.keys]):
        yield Fault((*keys, "numbers"), f"{item.numbers} lacks these words of {item.value}: {', '.join(lacking)}")
    if isinstance(shape, NumbersShape) and not all(key.removeprefix("-").isdecimal() for key in numbers.keys):
        yield Fault((*keys, "numbers"), f"the keys of {item.numbers} are no numbers, and those of {item.value} are")


def _recipe_faults(keys: KeyPath, item: Recipe, shapes: Shapes) -> Iterator[Fault]:
    if item.history is None and item.results is None:
        yield Fault((*keys, "history"), "is missing; name the student's numbers here, or under results")
    if item.history is not None:
        yield from reads_map((*keys, "history"), item.history, shapes, NumbersShape)
        for name in ("results", "variants"):
            if getattr(item, name):
                yield Fault((*keys, name), "does not go with a history: an item has one training, or one per variant")
    elif item.results is not None:
        yield from reads_map((*keys, "results"), item.results, shapes, NumberShape)
        numbers = shape_at(item.results, shapes)
        if isinstance(numbers, MapShape) and {*numbers.keys} != {*item.variants}:
            yield Fault((*keys, "variants"), f"must be the keys of {item.results}: {', '.join(numbers.keys)}")


def _key_of(item: AnyItem, path: str) -> KeyPath:
    """Return the key of an item, with its place in a list, that holds a path."""
    for name, value in item:
        if value == path:
            return (name,)
        if isinstance(value, tuple) and path in value:
            return (name, value.index(path))
    return ()
