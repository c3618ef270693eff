"""The check `equal`: exactly the expected value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

from autograder.records import JSON, Reason
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.expected import ABSENT, leaves, misfit
from autograder.rubric.item import Context, Item, Outcome, passed_unless
from autograder.rubric.lookup import Shapes, shape_at
from autograder.rubric.message import Message, plain
from autograder.rubric.paths import Path

EQUAL_WRONG: Final = "equal.wrong"

REASONS: Final = MappingProxyType(
    {
        EQUAL_WRONG: Message(
            meaning="The value differs from the expected one.",
            portuguese="{subject} não é o esperado[: você obteve {found}][, e o esperado é {expected}].",
            english="{subject} is not the expected value[: you have {found}][, and {expected} is expected].",
        ),
    }
)
"""Reasons for which an item of this kind fails."""


class Equal(Item):
    """Exactly the expected value; 10 equals 10.0."""

    measured = True

    check: Literal["equal"]
    """The kind of check: a value is compared with the expected one."""
    value: Path
    """The path of the value."""
    expected: Any
    """The expected value, in the shape of the variable."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The value."""
        return (self.value,)

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for an expected value whose shape differs from the student's."""
        shape = shape_at(self.value, shapes)
        if shape is not None and (found := misfit(self.expected, shape)):
            yield Fault((*keys, "expected", *found[0]), f"does not fit {self.value}: {found[1]}")

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:  # noqa: ARG002 (the rubric is enough)
        """Compare with the expected value: 10 equals 10.0, the order of lists matters, extra keys do not."""
        return passed_unless(
            [
                Reason(EQUAL_WRONG, path, "" if leaf is ABSENT else plain(leaf), plain(expected))
                for path, expected, leaf in leaves(self.value, self.expected, values[0])
                if leaf is ABSENT or leaf != expected
            ]
        )


CHECKS: Final = (Equal,)
