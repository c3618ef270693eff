"""What is answered to an order, and the order that is refused as it comes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from autograder.errors import WireError
from autograder.orders.arrays import Array, Incoming
from autograder.orders.description import Plain
from autograder.orders.trainers import Reason


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What is sent to a notebook: the arrays, each with digest, type, shape and bytes, and then the message."""

    message: Plain
    contents: tuple[Array, ...] = ()

    @property
    def arrays(self) -> Iterator[tuple[str, str, tuple[int, ...], bytes | memoryview]]:
        """Yield the arrays to send before the message."""
        for array in self.contents:
            yield array.header.sha256, array.header.dtype, array.header.shape, array.content


class Refused:
    """An order that nobody looks up or trains: what it names is not asked for, and its answer is there."""

    wanted: tuple[str, ...] = ()

    def __init__(self, number: int, reason: Reason) -> None:
        self.answer = refusal(number, reason)

    def supply(self, *_: object) -> Incoming:
        """Take no array.

        Raises:
            WireError: Always: none is wanted.
        """
        raise unwanted()

    def start(self, wake: Callable[[], None]) -> None:
        """Call `wake` at once."""
        wake()

    def abandon(self) -> None:
        """Take it that nobody waits for the answer any more."""


def refusal(number: int, reason: Reason) -> Answer:
    """Return the answer that refuses an order."""
    return Answer({"type": "answer", "number": number, "status": "refused", "reason": reason})


def unwanted() -> WireError:
    """Return the fault of whoever sends an array that no order lacks."""
    return WireError("an array came that nobody had asked for")
