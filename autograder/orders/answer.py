"""The answer to an order, and an order that is refused on arrival."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from autograder.errors import WireError
from autograder.orders.arrays import Array, Incoming
from autograder.orders.description import Plain
from autograder.orders.trainers import Reason


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The frames sent to a notebook: the arrays, each with digest, type, shape and bytes, then the message."""

    message: Plain
    contents: tuple[Array, ...] = ()

    @property
    def arrays(self) -> Iterator[tuple[str, str, tuple[int, ...], bytes | memoryview]]:
        """Yield the arrays to send before the message."""
        for array in self.contents:
            yield array.header.sha256, array.header.dtype, array.header.shape, array.content


class Refused:
    """A refused order: its arrays are not requested, and its answer is available at once."""

    wanted: tuple[str, ...] = ()

    def __init__(self, number: int, reason: Reason) -> None:
        self.answer = refusal(number, reason)

    def supply(self, *_: object) -> Incoming:
        """Take no array.

        Raises:
            WireError: Always, since no array was requested.
        """
        raise unwanted()

    def start(self, wake: Callable[[], None]) -> None:
        """Call `wake` at once."""
        wake()

    def abandon(self) -> None:
        """Note that the notebook no longer waits for the answer."""


def refusal(number: int, reason: Reason) -> Answer:
    """Return the answer that refuses an order."""
    return Answer({"type": "answer", "number": number, "status": "refused", "reason": reason})


def unwanted() -> WireError:
    """Return the error for an array that was not requested."""
    return WireError("an array arrived that was not requested")
