"""Receives the arrays of a trainer's answer, frame by frame, until the message that ends it."""

from __future__ import annotations

from autograder.errors import WireError
from autograder.orders.arrays import Array, ArrayHold, ArrayShelf, Incoming
from autograder.orders.description import Plain
from autograder.wire import ArrayHeader

LARGEST_RESULT_BYTES = 512 * 2**20


class Delivery:
    """The arrays of one answer as they arrive; they stay on the shelf until the answer has been read."""

    def __init__(self, shelf: ArrayShelf) -> None:
        self._shelf = shelf
        self._arriving: Incoming | None = None
        self._lacking_bytes = 0
        self._bytes = 0
        self._holds: list[ArrayHold] = []

    def take(self, frame: Plain | bytes) -> Plain | None:
        """Process a frame, and return the message that ends the delivery, None before.

        Raises:
            WireError: The frame is out of place.
        """
        if isinstance(frame, bytes):
            if self._arriving is None:
                raise WireError("a piece of an array arrived without its announcement")
            self._lacking_bytes -= len(frame)
            self._arriving.write(frame)
        elif self._arriving is not None:
            raise WireError("an array is incomplete")
        elif frame.get("type") != "array":
            return frame
        else:
            header = ArrayHeader.parse(frame)
            self._bytes += header.size_bytes
            if self._bytes > LARGEST_RESULT_BYTES:
                raise WireError(f"a result is larger than {LARGEST_RESULT_BYTES:,} bytes")
            self._holds.append(self._shelf.hold([header.sha256]))
            self._arriving = self._shelf.begin(header.sha256, header.dtype, header.shape)
            self._lacking_bytes = header.size_bytes
        if not self._lacking_bytes and self._arriving is not None:
            self._arriving.finish()
            self._arriving = None
        return None

    def array(self, sha256: str) -> Array:
        """Return a received array.

        Raises:
            WireError: It was not received.
        """
        try:
            return self._shelf.array(sha256)
        except KeyError:
            raise WireError("a result names an array that was not sent") from None

    def release(self) -> None:
        """Allow the arrays to be evicted."""
        for hold in self._holds:
            hold.release()
