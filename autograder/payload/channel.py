"""The payload's end of the two pipes: frames of JSON and of bytes, as `wire.py` has them outside.

A frame is four bytes, big-endian: the top bit says whether bytes or JSON follow, the others how many.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import signal
import struct
import threading
from collections.abc import Iterator, Sequence
from typing import Any

LARGEST_FRAME_BYTES = 7 * 2**20
"""A little below what the other side accepts: a frame over its limit would end the run."""

CHUNK_BYTES = 4 * 2**20
LARGEST_ARRAY_BYTES = 2**30

_HEADER = struct.Struct(">I")
_BINARY = 1 << 31
_LARGEST_RECEIVED_BYTES = 8 * 2**20
_LOWEST_HIDDEN_FD = 200


class FrameTooLargeError(ValueError):
    """A message does not fit into a frame."""


class Channel:
    """Send and receive messages and arrays; safe from several threads, silent in a forked child.

    Args:
        in_fd: Where frames of the trusted side arrive.
        out_fd: Where ours go.
    """

    def __init__(self, in_fd: int, out_fd: int) -> None:
        # Moved out of the way of code that closes or writes to small numbers, and not inherited by programs.
        self._in = fcntl.fcntl(in_fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_HIDDEN_FD)
        self._out = fcntl.fcntl(out_fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_HIDDEN_FD)
        for descriptor in {in_fd, out_fd} - {0, 1, 2}:
            os.close(descriptor)
        self._process = os.getpid()
        self._lock = threading.RLock()

    @property
    def is_ours(self) -> bool:
        """Whether this process may speak: a child that the notebook forked shares the pipe, and may not."""
        return os.getpid() == self._process

    @contextlib.contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Keep other threads and the end of a cell's time out of an exchange of several frames."""
        with self._lock, _uninterrupted():
            yield

    def send(self, message: dict[str, Any]) -> None:
        """Write one frame of JSON.

        Raises:
            FrameTooLargeError: The message is larger than `LARGEST_FRAME_BYTES`.
        """
        body = encode_message(message)
        if self.is_ours:
            with self.undisturbed():
                self._write(body)

    def send_array(self, digest: str, dtype: str, shape: Sequence[int], data: memoryview) -> None:
        """Write an array's announcement and its bytes."""
        if self.is_ours:
            with self.undisturbed():
                for frame in encode_array(digest, dtype, shape, data):
                    self._write(frame)

    def send_frames(self, frames: memoryview) -> None:
        """Write frames that are complete already."""
        with self.undisturbed():
            self._write(frames)

    def receive(self) -> dict[str, Any]:
        """Wait for one frame of JSON.

        Raises:
            EOFError: The other side has closed the pipe.
            ValueError: It is no such frame.
        """
        message = json.loads(self._read_frame(binary=False))
        if not isinstance(message, dict):
            raise ValueError("a message that is no object")  # noqa: TRY004 (a fault of the frame, not of a type)
        return message

    def receive_array(self, announcement: dict[str, Any]) -> bytearray:
        """Wait for the bytes of an array that was announced.

        Raises:
            EOFError: The other side has closed the pipe.
            ValueError: They are more than were announced, or too many.
        """
        length = math.prod(announcement["shape"]) * int(announcement["dtype"][2:])
        if not 0 <= length <= LARGEST_ARRAY_BYTES:
            raise ValueError(f"an array of {length:,} bytes")
        data = bytearray()
        while len(data) < length:
            data += self._read_frame(binary=True)
        if len(data) != length:
            raise ValueError(f"{len(data):,} bytes for an array of {length:,}")
        return data

    def close(self) -> None:
        """Close both ends in a process that is not to speak."""
        os.close(self._in)
        os.close(self._out)

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]

    def _read_frame(self, *, binary: bool) -> bytes:
        (header,) = _HEADER.unpack(self._read(_HEADER.size))
        length = header & ~_BINARY
        if bool(header & _BINARY) is not binary or length > _LARGEST_RECEIVED_BYTES:
            raise ValueError("a frame out of place")
        return self._read(length)

    def _read(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            piece = os.read(self._in, count - len(data))
            if not piece:
                raise EOFError("the pipe is closed")
            data += piece
        return bytes(data)


def encode_message(message: dict[str, Any]) -> bytes:
    """Return the frame of a message.

    Raises:
        FrameTooLargeError: The message is larger than `LARGEST_FRAME_BYTES`.
    """
    body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    if len(body) > LARGEST_FRAME_BYTES:
        raise FrameTooLargeError(f"{len(body):,} bytes")
    return _HEADER.pack(len(body)) + body


def encode_array(digest: str, dtype: str, shape: Sequence[int], data: memoryview) -> Iterator[bytes | memoryview]:
    """Yield the frames of an array, in pieces that are to be written one after the other."""
    yield encode_message({"type": "array", "sha256": digest, "dtype": dtype, "shape": list(shape)})
    for start in range(0, len(data), CHUNK_BYTES):
        chunk = data[start : start + CHUNK_BYTES]
        yield _HEADER.pack(_BINARY | len(chunk))
        yield chunk


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off the interruption of a cell: half a frame in a pipe would spoil every frame after it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
