"""The check `close`: numbers near the expected ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import PositiveFloat

from autograder.records import JSON, Reason
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.expected import ABSENT, leaves, misfit
from autograder.rubric.item import Context, Item, Outcome, passed_unless
from autograder.rubric.lookup import Shapes, shape_at
from autograder.rubric.message import Message
from autograder.rubric.paths import Path
from autograder.rubric.variable_shapes import MapShape, NumberShape, NumbersShape

CLOSE_OUTSIDE: Final = "close.outside"
CLOSE_SHAPE: Final = "close.shape"

REASONS: Final = MappingProxyType(
    {
        CLOSE_OUTSIDE: Message(
            meaning="The number differs from the expected one by more than rounding explains.",
            portuguese=(
                "{subject} difere do valor esperado além do que um arredondamento explicaria[: você obteve {found}][, "
                "e o esperado é {expected}]."
            ),
            english=(
                "{subject} differs from the expected number by more than rounding explains[: you have {found}][, "
                "and {expected} is expected]."
            ),
        ),
        CLOSE_SHAPE: Message(
            meaning="There are more or fewer numbers than expected; found, expected: the counts.",
            portuguese=("{subject} não tem a quantidade de números pedida[: há {found}][, e são pedidos {expected}]."),
            english=(
                "{subject} does not have the requested number of values[: there are {found}][, and {expected} "
                "are expected]."
            ),
        ),
    }
)
"""Reasons for which an item of this kind fails."""

_ROUNDING: Final = 1 + 1e-9
"""Allows for float error: 0.1347 - 0.1327 is 2.0000000000000018e-3, and a tolerance of 2e-3 is meant to include it."""


class Close(Item):
    """Numbers within `absolute` of the expected ones, element by element."""

    measured = True

    check: Literal["close"]
    """The kind of check: numbers are compared with expected ones, within a tolerance."""
    value: Path
    """The path of the numbers."""
    expected: Any
    """The expected numbers, in the shape of the variable."""
    absolute: PositiveFloat
    """How far a number may be from the expected one."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The numbers."""
        return (self.value,)

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for a value without numbers, and for expected numbers whose shape differs from the value's."""
        shape = leaf = shape_at(self.value, shapes)
        while isinstance(leaf, MapShape):
            leaf = leaf.of
        if shape is None:
            return
        if not isinstance(leaf, NumberShape | NumbersShape):
            yield Fault((*keys, "value"), f"{self.value} holds no numbers, but the check close compares numbers")
        elif found := misfit(self.expected, shape):
            yield Fault((*keys, "expected", *found[0]), f"does not fit {self.value}: {found[1]}")

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:  # noqa: ARG002 (the rubric is enough)
        """Check that every number is within `absolute` of the expected one; report the worst of each list."""
        found = []
        for path, expected_leaf, obtained_leaf in leaves(self.value, self.expected, values[0]):
            expected = expected_leaf if isinstance(expected_leaf, list) else [expected_leaf]
            numbers = obtained_leaf if isinstance(obtained_leaf, list) else [obtained_leaf]
            if obtained_leaf is ABSENT or len(numbers) != len(expected):
                count = 0 if obtained_leaf is ABSENT else len(numbers)
                found.append(Reason(CLOSE_SHAPE, path, count, len(expected)))
                continue
            # Negated, so that NaN, which compares false with everything, counts as wrong.
            wrong = [
                index
                for index, (number, due) in enumerate(zip(numbers, expected, strict=True))
                if not abs(number - due) <= self.absolute * _ROUNDING
            ]
            if wrong:
                worst = max(wrong, key=lambda index: abs(numbers[index] - expected[index]))
                place = f"{path}[{worst}]" if isinstance(expected_leaf, list) else path
                found.append(Reason(CLOSE_OUTSIDE, place, numbers[worst], expected[worst]))
        return passed_unless(found)


CHECKS: Final = (Close,)
