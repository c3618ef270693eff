"""The payload's end of the two pipes: frames of JSON and of bytes, as `wire.py` defines them.

A frame begins with four bytes, big-endian: the top bit tells bytes from JSON, the others give the length.
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
"""Slightly below the other side's limit: a larger frame would end the run."""

CHUNK_BYTES = 4 * 2**20
LARGEST_ARRAY_BYTES = 2**30

_HEADER = struct.Struct(">I")
_BINARY = 1 << 31
_LARGEST_RECEIVED_BYTES = 8 * 2**20
_LOWEST_HIDDEN_FD = 200


class FrameTooLargeError(ValueError):
    """A message does not fit into a frame."""


class Channel:
    """Sends and receives messages and arrays; thread-safe, and silent in a forked child.

    Args:
        in_fd: The pipe from the trusted side.
        out_fd: The pipe to the trusted side.
    """

    def __init__(self, in_fd: int, out_fd: int) -> None:
        # Moved to high descriptors, which careless code does not close or write to, and not inherited by programs.
        self._in = fcntl.fcntl(in_fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_HIDDEN_FD)
        self._out = fcntl.fcntl(out_fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST_HIDDEN_FD)
        for descriptor in {in_fd, out_fd} - {0, 1, 2}:
            os.close(descriptor)
        self._process = os.getpid()
        self._lock = threading.RLock()

    @property
    def is_ours(self) -> bool:
        """Whether this process may use the pipe: a child forked by the notebook shares it, but must not."""
        return os.getpid() == self._process

    @contextlib.contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Keep other threads and the cell's time-out from interrupting an exchange of several frames."""
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
        """Write an array's header and its bytes."""
        if self.is_ours:
            with self.undisturbed():
                for frame in encode_array(digest, dtype, shape, data):
                    self._write(frame)

    def send_frames(self, frames: memoryview) -> None:
        """Write frames that are already encoded."""
        with self.undisturbed():
            self._write(frames)

    def receive(self) -> dict[str, Any]:
        """Wait for one frame of JSON.

        Raises:
            EOFError: The other side has closed the pipe.
            ValueError: It is not such a frame.
        """
        message = json.loads(self._read_frame(binary=False))
        if not isinstance(message, dict):
            raise ValueError("a message that is no object")  # noqa: TRY004 (a fault of the frame, not of a type)
        return message

    def receive_array(self, announcement: dict[str, Any]) -> bytearray:
        """Wait for the bytes of an announced array.

        Raises:
            EOFError: The other side has closed the pipe.
            ValueError: There are more than announced, or too many.
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
        """Close both ends in a process that must not use them."""
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
    """Yield the frames of an array, in pieces to be written one after another."""
    yield encode_message({"type": "array", "sha256": digest, "dtype": dtype, "shape": list(shape)})
    for start in range(0, len(data), CHUNK_BYTES):
        chunk = data[start : start + CHUNK_BYTES]
        yield _HEADER.pack(_BINARY | len(chunk))
        yield chunk


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Postpone the interruption of a cell: half a frame in the pipe would corrupt all later ones."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
