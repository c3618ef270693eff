"""The checks `own_order` and `own_extremes`: an answer that agrees with the student's own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final, Literal

from autograder.records import JSON, Reason
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.item import Context, Item, Outcome, passed_unless
from autograder.rubric.lookup import Shapes, reads, reads_map, shape_at
from autograder.rubric.message import Message, plain
from autograder.rubric.paths import Path
from autograder.rubric.variable_shapes import MapShape, NumberShape, NumbersShape, WordsShape

OWN_ORDER_WRONG: Final = "own_order.wrong"
OWN_EXTREMES_WRONG: Final = "own_extremes.wrong"

REASONS: Final = MappingProxyType(
    {
        OWN_ORDER_WRONG: Message(
            meaning="The names are not in the order of the student's own numbers.",
            portuguese=(
                "{subject} não segue a ordem dos seus próprios números[: você respondeu {found}][, e os seus "
                "números dão {expected}]."
            ),
            english=(
                "{subject} does not follow the order of your own numbers[: you answered {found}][, and your numbers"
                " give {expected}]."
            ),
        ),
        OWN_EXTREMES_WRONG: Message(
            meaning="These are not the keys of the student's own smallest (largest) numbers.",
            portuguese=(
                "{subject} não condiz com os seus próprios números[: você respondeu {found}][, e os seus números "
                "dão {expected}]."
            ),
            english=(
                "{subject} does not agree with your own numbers[: you answered {found}][, and your numbers give "
                "{expected}]."
            ),
        ),
    }
)
"""Reasons for which an item of these kinds fails."""


class OwnNumbers(Item):
    """An answer that is read off numbers that the student obtained."""

    check: Literal["own_order", "own_extremes"]
    """The kind of check."""
    value: Path
    """The path of the answer."""
    numbers: Path
    """The student's own numbers: a map with one number per key."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The answer, and the numbers that it is read off."""
        return (self.value, self.numbers)


class OwnOrder(OwnNumbers):
    """The names in the order of the student's own numbers, smallest first; equal numbers in any order."""

    check: Literal["own_order"]
    """The kind of check: names are in the order of the student's own numbers."""

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for an answer without words, and for words without a number."""
        yield from reads((*keys, "value"), self.value, shapes, WordsShape)
        yield from reads_map((*keys, "numbers"), self.numbers, shapes, NumberShape)
        shape, numbers = shape_at(self.value, shapes), shape_at(self.numbers, shapes)
        if isinstance(shape, WordsShape) and isinstance(numbers, MapShape):
            lacking = [word for word in shape.words if word not in numbers.keys]
            if lacking:
                what = f"{self.numbers} lacks these words of {self.value}: {', '.join(lacking)}"
                yield Fault((*keys, "numbers"), what)

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:  # noqa: ARG002 (the values are enough)
        """Check that the names are sorted by the student's own numbers, smallest first; equal numbers in any order."""
        names, numbers = values
        complete = sorted(names) == sorted(numbers)
        if complete and all(numbers[one] <= numbers[next_one] for one, next_one in pairwise(names)):
            return passed_unless([])
        due = sorted(numbers, key=lambda name: numbers[name])
        return passed_unless([Reason(OWN_ORDER_WRONG, self.value, plain(names), plain(due))])


class OwnExtremes(OwnNumbers):
    """The keys of the student's own smallest or largest numbers, in any order."""

    check: Literal["own_extremes"]
    """The kind of check: the answer lists the keys of the student's own smallest or largest numbers."""
    which: Literal["smallest", "largest"]
    """Whether the smallest or the largest numbers are asked for."""

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for an answer that is not a list of numbers, and for keys that are not numbers."""
        yield from reads((*keys, "value"), self.value, shapes, NumbersShape)
        yield from reads_map((*keys, "numbers"), self.numbers, shapes, NumberShape)
        numbers = shape_at(self.numbers, shapes)
        if isinstance(numbers, MapShape) and not all(key.removeprefix("-").isdecimal() for key in numbers.keys):
            what = f"the keys of {self.numbers} are not numbers, but those of {self.value} are"
            yield Fault((*keys, "numbers"), what)

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:  # noqa: ARG002 (the values are enough)
        """Check for the keys of the student's own smallest (largest) numbers; equal numbers may swap."""
        keys, numbers = values
        # The keys of a map are texts, those of the answer numbers: "2", 2 and 2.0 are one key.
        named = {float(key): number for key, number in numbers.items()}
        sign = 1 if self.which == "smallest" else -1
        chosen = {float(key) for key in keys}
        if len(chosen) == len(keys) and chosen <= named.keys():
            rest = [sign * number for key, number in named.items() if key not in chosen]
            if not rest or max(sign * named[key] for key in chosen) <= min(rest):
                return passed_unless([])
        due = sorted(numbers, key=lambda key: sign * numbers[key])[: len(keys)]
        return passed_unless([Reason(OWN_EXTREMES_WRONG, self.value, plain(keys), plain(due))])


CHECKS: Final = (OwnOrder, OwnExtremes)
