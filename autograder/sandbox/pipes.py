"""The three pipes between an execution and its supervisor; our ends never block."""

from __future__ import annotations

import dataclasses
import os
from typing import Self

CHUNK_BYTES = 256 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class ChildEnds:
    """The ends that the sandboxed process inherits: it reads `orders`, and writes `frames` and `output`."""

    orders: int
    frames: int
    output: int


@dataclasses.dataclass(frozen=True, slots=True)
class OurEnds:
    """Our ends: we write `orders`, and read `frames` and `output`."""

    orders: int
    frames: int
    output: int


class Pipes:
    """Context manager of the three pipes; closes what is still open. Unrelated processes inherit none of them."""

    def __enter__(self) -> Self:
        self._open: list[int] = []
        try:
            orders, our_orders = self._pipe()
            our_frames, frames = self._pipe()
            our_output, output = self._pipe()
        except OSError:
            self._close(self._open.copy())
            raise
        for descriptor in (our_orders, our_frames, our_output):
            os.set_blocking(descriptor, False)
        self.ours = OurEnds(our_orders, our_frames, our_output)
        self.theirs = ChildEnds(orders, frames, output)
        return self

    def __exit__(self, *_: object) -> None:
        self._close(self._open.copy())

    def close_theirs(self) -> None:
        """Close the child's ends here once the child has them; otherwise we would never see end of file."""
        self._close([self.theirs.orders, self.theirs.frames, self.theirs.output])

    def _pipe(self) -> tuple[int, int]:
        ends = os.pipe2(os.O_CLOEXEC)
        self._open += ends
        return ends

    def _close(self, descriptors: list[int]) -> None:
        for descriptor in descriptors:
            self._open.remove(descriptor)
            os.close(descriptor)


def read_available(descriptor: int) -> bytes | None:
    """Read at most a chunk from a pipe: None if nothing is available, empty at end of file."""
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except BlockingIOError:
        return None
