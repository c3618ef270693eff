"""The order protocol in a sandbox's frames: one order at a time, complete, with only the requested arrays.

Contents are left to the desk. A message that the honest payload would never send raises a `WireError`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from autograder.errors import WireError
from autograder.sandbox.interfaces import AnswerProtocol, CounterProtocol, IncomingProtocol, PendingProtocol
from autograder.sandbox.message_fields import checked_field
from autograder.sandbox.outgoing import Piece
from autograder.wire import HEADER_BYTES, MAXIMUM_CHUNK_BYTES, ArrayHeader, encode, encode_array

MAXIMUM_STEPS = 10**9
_LOOPS = ("train_on_batch", "apply_gradients")


class Ordering:
    """Processes the orders, arrays, reported calls and loops of one execution.

    Args:
        counter: Accepts the orders.
        array_bytes: The most bytes of arrays accepted; an order that needs more is refused.
        wake: Passed to the desk, which calls it from any thread when an answer is ready.
    """

    def __init__(self, counter: CounterProtocol, array_bytes: int, wake: Callable[[], None]) -> None:
        self._counter = counter
        self._array_bytes_left = array_bytes
        self._wake = wake
        self._number = 0
        self._pending: PendingProtocol | None = None
        self._wanted: deque[str] = deque()
        self._arriving: _Arriving | None = None
        self._too_large = False
        self._closed = False
        self._loops: set[tuple[int, str]] = set()
        self._cell = -1
        self.array_bytes_received = 0
        """Received bytes of arrays, including the headers of their frames."""

    @property
    def allowance_bytes(self) -> int:
        """How many of the received bytes may still turn out to be an array's."""
        return HEADER_BYTES + MAXIMUM_CHUNK_BYTES if self._wanted or self._arriving else 0

    @property
    def pending(self) -> bool:
        """Whether an order is unanswered; meanwhile the honest payload sends nothing but its arrays."""
        return self._pending is not None

    @property
    def waiting(self) -> bool:
        """Whether the order is complete, so that the notebook is only waiting for its answer."""
        return self._pending is not None and not self._wanted and self._arriving is None

    def close(self) -> None:
        """Accept no more orders: the notebook is dead, and what it left in the pipe must start no training."""
        self._closed = True
        if self._arriving is not None:
            self._arriving.drop()
        if self._pending is not None:
            self._pending.abandon()
        self._forget()

    def follow_cell(self, index: int) -> None:
        """Note that a cell has started."""
        self._cell = index
        self._counter.cell(index)

    def place(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Accept an order, and return the request for its missing arrays, if any.

        Raises:
            WireError: The order is malformed or out of turn.
        """
        if self._closed:
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
        """Process the header of an array.

        Raises:
            WireError: It is not the next requested array.
        """
        if self._closed:
            return
        header = ArrayHeader.parse(message)
        if self._pending is None or self._arriving is not None or not self._wanted:
            raise WireError("an array arrived that was not requested")
        if header.sha256 != self._wanted.popleft():
            raise WireError("an array arrived that is not the next one requested")
        self._too_large = self._too_large or header.size_bytes > self._array_bytes_left
        # An array that is too large is still received to its end, because the payload cannot read a refusal before.
        incoming = None
        if not self._too_large:
            self._array_bytes_left -= header.size_bytes
            incoming = self._pending.supply(header.sha256, header.dtype, header.shape)
        self._arriving = _Arriving(incoming, header.size_bytes)
        self._finish_array()

    def take_chunk(self, chunk: bytes) -> None:
        """Process a chunk of the announced array.

        Raises:
            WireError: No array was announced, the chunk is too long, or the complete array has another digest.
        """
        self.array_bytes_received += HEADER_BYTES + len(chunk)
        if self._closed:
            return
        if self._arriving is None:
            raise WireError("a piece of an array arrived without its announcement")
        self._arriving.take(chunk)
        self._finish_array()

    def take_answer(self) -> Iterator[Piece] | None:
        """Return the frames of the pending order's answer once it is ready; the next order may then follow."""
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

    def report_call(self, message: dict[str, Any]) -> None:
        """Record a call that the notebook reports having made itself.

        Raises:
            WireError: The message is malformed.
        """
        description, summaries = checked_field(message, "description", dict), checked_field(message, "summaries", dict)
        self._counter.report_call(description, summaries, checked_field(message, "result", dict))

    def loop(self, message: dict[str, Any]) -> None:
        """Record a custom training loop.

        Raises:
            WireError: The message is malformed, or the running cell has reported such a loop before.
        """
        kind, steps = checked_field(message, "kind", str), checked_field(message, "steps", int)
        if kind not in _LOOPS or not 0 < steps <= MAXIMUM_STEPS:
            raise WireError("no such loop is possible")
        if (self._cell, kind) in self._loops:
            raise WireError("a cell reported one loop twice")
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
    """An array being received; without `incoming` its bytes are discarded."""

    def __init__(self, incoming: IncomingProtocol | None, size_bytes: int) -> None:
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
    """Return the answer to an order whose arrays exceed the notebook's limit."""
    return {"type": "answer", "number": number, "status": "refused", "reason": "limit"}


def _pieces(answer: AnswerProtocol) -> Iterator[Piece]:
    for sha256, dtype, shape, content in answer.arrays:
        yield from encode_array(ArrayHeader(sha256, dtype, tuple(shape)), content)
    yield encode(answer.message)
