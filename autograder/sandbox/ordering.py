"""The orders in what a sandbox says: one at a time, whole, and only with the arrays that were asked for.

Nothing here is judged by its content: the desk does that. What the honest payload would never send is a `WireError`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from autograder.errors import WireError
from autograder.sandbox.fields import checked_field
from autograder.sandbox.interfaces import Answer, Counter, Incoming, Pending
from autograder.sandbox.outgoing import Piece
from autograder.wire import HEADER_BYTES, MAXIMUM_CHUNK_BYTES, ArrayHeader, encode, encode_array

MAXIMUM_STEPS = 10**9
_LOOPS = ("train_on_batch", "apply_gradients")


class Ordering:
    """Take in the orders, arrays, claims and loops of one execution.

    Args:
        counter: Where the orders go.
        array_bytes: So many bytes of arrays are taken in; an order that needs more is refused.
        wake: Given to the desk, which calls it from any thread when there is an answer.
    """

    def __init__(self, counter: Counter, array_bytes: int, wake: Callable[[], None]) -> None:
        self._counter = counter
        self._array_bytes_left = array_bytes
        self._wake = wake
        self._number = 0
        self._pending: Pending | None = None
        self._wanted: deque[str] = deque()
        self._arriving: _Arriving | None = None
        self._too_large = False
        self._hung_up = False
        self._loops: set[tuple[int, str]] = set()
        self._cell = -1
        self.array_bytes_heard = 0
        """What has arrived of arrays, their frames' headers included."""

    @property
    def allowance_bytes(self) -> int:
        """How much of what arrived may yet turn out to be a piece of an array."""
        return HEADER_BYTES + MAXIMUM_CHUNK_BYTES if self._wanted or self._arriving else 0

    @property
    def pending(self) -> bool:
        """Whether an order has no answer yet: of the honest payload nothing but its arrays comes meanwhile."""
        return self._pending is not None

    @property
    def waiting(self) -> bool:
        """Whether the notebook has said all that its order needs, and can but wait for the answer."""
        return self._pending is not None and not self._wanted and self._arriving is None

    def hang_up(self) -> None:
        """Take no more orders: the notebook is dead, and what it has left in the pipe shall start no training."""
        self._hung_up = True
        if self._arriving is not None:
            self._arriving.drop()
        if self._pending is not None:
            self._pending.abandon()
        self._forget()

    def follow_cell(self, index: int) -> None:
        """Take it that a cell begins."""
        self._cell = index
        self._counter.cell(index)

    def place(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Take an order, and return the question for what it lacks.

        Raises:
            WireError: It is out of turn, or is none.
        """
        if self._hung_up:
            return None
        number = checked_field(message, "number", int)
        description = checked_field(message, "description", dict)
        if number != self._number + 1:
            raise WireError(f"an order came out of turn: {number}")
        self._number = number
        self._pending = self._counter.place(number, description)
        self._wanted.extend(self._pending.wanted)
        if not self._wanted:
            self._pending.start(self._wake)
            return None
        return {"type": "wanted", "number": number, "arrays": list(self._wanted)}

    def announce(self, message: dict[str, Any]) -> None:
        """Take it that an array comes next.

        Raises:
            WireError: It is not the one whose turn it is.
        """
        if self._hung_up:
            return
        header = ArrayHeader.parse(message)
        if self._pending is None or self._arriving is not None or not self._wanted:
            raise WireError("an array came that nobody had asked for")
        if header.sha256 != self._wanted.popleft():
            raise WireError("an array came that is not the next one asked for")
        self._too_large = self._too_large or header.size_bytes > self._array_bytes_left
        # What is too large is still read to its end, for the payload can listen to no refusal before.
        incoming = None
        if not self._too_large:
            self._array_bytes_left -= header.size_bytes
            incoming = self._pending.supply(header.sha256, header.dtype, header.shape)
        self._arriving = _Arriving(incoming, header.size_bytes)
        self._finish_array()

    def take_chunk(self, chunk: bytes) -> None:
        """Take in a piece of the array that was announced.

        Raises:
            WireError: None was, or it is larger than what is lacking, or the whole has another digest.
        """
        self.array_bytes_heard += HEADER_BYTES + len(chunk)
        if self._hung_up:
            return
        if self._arriving is None:
            raise WireError("a piece of an array came without its announcement")
        self._arriving.take(chunk)
        self._finish_array()

    def take_answer(self) -> Iterator[Piece] | None:
        """Return the frames that answer the pending order once there is an answer; then the next order may come."""
        if not self.waiting or self._pending is None:
            return None
        if self._too_large:
            pieces: Iterator[Piece] = iter([encode(_refusal(self._number))])
        elif (answer := self._pending.answer) is not None:
            pieces = _pieces(answer)
        else:
            return None
        self._forget()
        return pieces

    def claim(self, message: dict[str, Any]) -> None:
        """Take down what the notebook claims of a call.

        Raises:
            WireError: It is no claim.
        """
        description, summaries = checked_field(message, "description", dict), checked_field(message, "summaries", dict)
        self._counter.claim(description, summaries, checked_field(message, "result", dict))

    def loop(self, message: dict[str, Any]) -> None:
        """Take down a training loop of the notebook's own.

        Raises:
            WireError: It is none, or the running cell has told of such a loop before.
        """
        kind, steps = checked_field(message, "kind", str), checked_field(message, "steps", int)
        if kind not in _LOOPS or not 0 < steps <= MAXIMUM_STEPS:
            raise WireError("no such loop can be")
        if (self._cell, kind) in self._loops:
            raise WireError("a cell told of one loop twice")
        self._loops.add((self._cell, kind))
        self._counter.loop(kind, steps)

    def _finish_array(self) -> None:
        if self._arriving is None or self._arriving.lacking_bytes:
            return
        self._arriving.finish()
        self._arriving = None
        if self._pending is not None and not self._wanted and not self._too_large:
            self._pending.start(self._wake)

    def _forget(self) -> None:
        self._pending = self._arriving = None
        self._wanted.clear()
        self._too_large = False


class _Arriving:
    """An array whose bytes come; without `incoming` they are dropped."""

    def __init__(self, incoming: Incoming | None, size_bytes: int) -> None:
        self._incoming = incoming
        self.lacking_bytes = size_bytes

    def take(self, chunk: bytes) -> None:
        if len(chunk) > self.lacking_bytes:
            raise WireError("an array is longer than was announced")
        self.lacking_bytes -= len(chunk)
        if self._incoming is not None:
            self._incoming.write(chunk)

    def finish(self) -> None:
        if self._incoming is not None:
            self._incoming.finish()

    def drop(self) -> None:
        if self._incoming is not None:
            self._incoming.drop()


def _refusal(number: int) -> dict[str, Any]:
    """Return the answer to an order whose arrays are more than a notebook may send."""
    return {"type": "answer", "number": number, "status": "refused", "reason": "limit"}


def _pieces(answer: Answer) -> Iterator[Piece]:
    for sha256, dtype, shape, content in answer.arrays:
        yield from encode_array(ArrayHeader(sha256, dtype, tuple(shape)), content)
    yield encode(answer.message)
