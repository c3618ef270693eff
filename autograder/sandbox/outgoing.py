"""What waits to be written to a pipe: made piece by piece as the pipe takes it, so that little of it is in memory."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator

from autograder.sandbox.pipes import CHUNK_BYTES

Piece = bytes | memoryview


class Outgoing:
    """A queue of bytes. It is true while something waits."""

    def __init__(self) -> None:
        self._pieces: Iterator[Piece] = iter(())
        self._piece = memoryview(b"")

    def __bool__(self) -> bool:
        return self._piece.nbytes > 0

    def put(self, pieces: Iterable[Piece]) -> None:
        """Append pieces, which are made when their turn comes."""
        self._pieces = itertools.chain(self._pieces, pieces)
        self._advance()

    def clear(self) -> None:
        """Forget what waits."""
        self._pieces = iter(())
        self._piece = memoryview(b"")

    def write(self, descriptor: int) -> None:
        """Write what a pipe that does not block takes at once."""
        try:
            written = os.write(descriptor, self._piece[:CHUNK_BYTES])
        except BlockingIOError:
            return
        except OSError:
            # The other end was closed: whoever asks no longer wants to know.
            self.clear()
            return
        self._piece = self._piece[written:]
        self._advance()

    def _advance(self) -> None:
        while not self._piece.nbytes:
            piece = next(self._pieces, None)
            if piece is None:
                return
            self._piece = memoryview(piece)
