"""The payload's end of the two pipes: frames of four length bytes and JSON, as `wire.py` has them outside."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import struct
import threading
from collections.abc import Iterator
from typing import Any

LARGEST_FRAME_BYTES = 7 * 2**20
"""A little below what the other side accepts: a frame over its limit would end the run."""

_HEADER = struct.Struct(">I")
_LOWEST_HIDDEN_FD = 200


class FrameTooLargeError(ValueError):
    """A message does not fit into a frame."""


class Channel:
    """Send and receive messages; safe from several threads, silent in a forked child.

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

    def send(self, message: dict[str, Any]) -> None:
        """Write one frame.

        Raises:
            FrameTooLargeError: The message is larger than `LARGEST_FRAME_BYTES`.
        """
        body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
        if len(body) > LARGEST_FRAME_BYTES:
            raise FrameTooLargeError(f"{len(body):,} bytes")
        if os.getpid() != self._process:
            # A child that the notebook forked shares the pipe; its frames would mix with ours.
            return
        with self._lock, _uninterrupted():
            self._write(_HEADER.pack(len(body)) + body)

    def receive(self) -> dict[str, Any]:
        """Wait for one frame.

        Raises:
            EOFError: The other side has closed the pipe.
        """
        (length,) = _HEADER.unpack(self._read(_HEADER.size))
        message: dict[str, Any] = json.loads(self._read(length))
        return message

    def ask(self, fingerprint: str) -> Any:
        """Return what the store holds under a fingerprint, None when it is unknown or nobody answers."""
        if os.getpid() != self._process:
            return None
        with self._lock, _uninterrupted():
            self.send({"type": "ask", "fingerprint": fingerprint})
            while True:
                try:
                    answer = self.receive()
                except EOFError:
                    return None
                # A notebook that wrote to the pipe itself may have left an answer there.
                if answer.get("fingerprint") == fingerprint:
                    return answer.get("result") if answer.get("known") else None

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]

    def _read(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            piece = os.read(self._in, count - len(data))
            if not piece:
                raise EOFError("the pipe is closed")
            data += piece
        return bytes(data)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off the interruption of a cell: half a frame in a pipe would spoil every frame after it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
