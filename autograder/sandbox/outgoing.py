"""Output queue of a non-blocking pipe; pieces are created only when the pipe accepts them, to save memory."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator

from autograder.sandbox.pipes import CHUNK_BYTES

Piece = bytes | memoryview


class Outgoing:
    """A queue of bytes; true while it is not empty."""

    def __init__(self) -> None:
        self._pieces: Iterator[Piece] = iter(())
        self._piece = memoryview(b"")

    def __bool__(self) -> bool:
        return self._piece.nbytes > 0

    def put(self, pieces: Iterable[Piece]) -> None:
        """Append pieces; each is created when its turn comes."""
        self._pieces = itertools.chain(self._pieces, pieces)
        self._advance()

    def clear(self) -> None:
        """Drop pending output."""
        self._pieces = iter(())
        self._piece = memoryview(b"")

    def write(self, descriptor: int) -> None:
        """Write as much as a non-blocking pipe accepts at once."""
        try:
            written = os.write(descriptor, self._piece[:CHUNK_BYTES])
        except BlockingIOError:
            return
        except OSError:
            # The peer closed the pipe; drop pending output.
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
