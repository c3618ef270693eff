"""A trainer: the payload in a jail like a notebook's, trained from plain data and without student code.

It stays running between orders. If it ends early, the caller gets one error and has to start another trainer.
"""

from __future__ import annotations

import select
import selectors
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from autograder.errors import EnvironmentFault, WireError
from autograder.rubric.run_spec import Limits
from autograder.sandbox.death import describe_exit
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.meter import Meter
from autograder.sandbox.outgoing import Outgoing, Piece
from autograder.sandbox.payload_process import Role, Start
from autograder.sandbox.pipes import OurEnds, Pipes, read_available
from autograder.wire import ArrayHeader, Decoder, encode, encode_array

_POLL_SECONDS = 0.1
_SENDING_SECONDS = 120.0
"""The trainer's time to read a message; it has nothing else to do."""

_DRAIN_SECONDS = 2.0
_OUTPUT_TAIL_BYTES = 2048
_REMEDY = "autograder doctor"

Place = Callable[[], AbstractContextManager[Start]]
"""Prepares the place of one execution, and removes it at the end of the context."""


class TrainerProcess:
    """A running trainer, used by one thread at a time; any thread may close it.

    Args:
        place: Where the trainer runs.
        limits: A notebook's limits, which apply to the trainer too.

    Raises:
        EnvironmentFault: The trainer does not start.
    """

    def __init__(self, place: Place, limits: Limits) -> None:
        self._place = place
        self._limits = limits
        self._outgoing = Outgoing()
        self._decoder = Decoder()
        self._output_tail = bytearray()
        self._next_poll = 0.0
        self._fault: BaseException | None = None
        self._closing = threading.Event()
        self._started = threading.Event()
        # Held while descriptors are in use, because another thread may close the trainer at any time.
        self._in_use = threading.Lock()
        # A jail dies with the thread that started it, so it must not be started by a notebook's thread.
        self._thread = threading.Thread(target=self._run, name="trainer", daemon=True)
        self._thread.start()
        try:
            self._started.wait()
        except BaseException:
            self._closing.set()
            raise
        self._raise_fault()

    def send_message(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            EnvironmentFault: The trainer has ended, or does not read.
            WireError: The message is too large.
        """
        self._send([encode(message)])

    def send_array(self, sha256: str, dtype: str, shape: tuple[int, ...], content: bytes | memoryview) -> None:
        """Send an array.

        Raises:
            EnvironmentFault: See `send_message`.
        """
        self._send(encode_array(ArrayHeader(sha256, dtype, shape), content))

    def receive(self, timeout: float) -> dict[str, Any] | bytes:
        """Return the next message, or the next chunk of an array.

        Args:
            timeout: The time to wait, in seconds.

        Raises:
            EnvironmentFault: The trainer has ended, exceeded a limit, or timed out; it has been killed.
            WireError: The trainer sent a malformed frame; it has been killed.
        """
        deadline = time.monotonic() + timeout
        while (frame := self._pop()) is None:
            if time.monotonic() > deadline:
                raise self._killed(f"it sent nothing for {timeout:g} s")
            self._step(deadline)
        return frame

    def close(self) -> None:
        """End the trainer and all its children, even while another thread uses it; may be called again.

        Raises:
            EnvironmentFault: A process is still alive.
        """
        self._closing.set()
        self._thread.join()
        self._raise_fault()

    def _run(self) -> None:
        """Start the trainer, wait until it is to be closed, and end it."""
        try:
            with self._place() as start, Pipes() as pipes:
                enclosure = start(pipes.theirs, Role.TRAINER)
                try:
                    pipes.close_theirs()
                    self._enclosure: Enclosure = enclosure
                    self._ours: OurEnds = pipes.ours
                    self._meter = Meter(self._limits)
                    self._started.set()
                    self._closing.wait()
                finally:
                    with self._in_use:
                        enclosure.destroy()
        except BaseException as error:  # noqa: BLE001 (raised again in the calling thread)
            self._fault = error
        finally:
            self._started.set()

    def _raise_fault(self) -> None:
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    def _send(self, pieces: Iterable[Piece]) -> None:
        self._outgoing.put(pieces)
        deadline = time.monotonic() + _SENDING_SECONDS
        while self._outgoing:
            if time.monotonic() > deadline:
                raise self._killed(f"it read nothing for {_SENDING_SECONDS:g} s")
            self._step(deadline)

    def _pop(self) -> dict[str, Any] | bytes | None:
        try:
            return self._decoder.pop()
        except WireError:
            self.close()
            raise

    def _step(self, deadline: float) -> None:
        """Write and read what is possible, or wait briefly for it, and check the limits."""
        with self._in_use:
            if self._closing.is_set():
                raise EnvironmentFault("the trainer has ended", remedy=_REMEDY)
            reason = self._exchange(min(_POLL_SECONDS, max(0.0, deadline - time.monotonic())))
            # After the end too: the control group still tells whether the kernel killed the trainer for its memory.
            if reason is not None or time.monotonic() >= self._next_poll:
                self._next_poll = time.monotonic() + _POLL_SECONDS
                overrun = self._meter.judge(self._enclosure)
                reason = reason if overrun is None else str(overrun.detail)
        if reason is not None:
            raise self._killed(reason)

    def _exchange(self, seconds: float) -> str | None:
        """Write and read once; if the trainer has ended, return why."""
        # The trainer reads the complete order before it sends anything.
        pipe, event = self._ours.frames, selectors.EVENT_READ
        if self._outgoing:
            pipe, event = self._ours.orders, selectors.EVENT_WRITE
        with selectors.DefaultSelector() as selector:
            selector.register(self._enclosure.exit_fd, selectors.EVENT_READ)
            selector.register(self._ours.output, selectors.EVENT_READ)
            selector.register(pipe, event)
            ready = {key.fd for key, _ in selector.select(seconds)}
        if self._ours.output in ready:
            self._read_output()
        if self._ours.orders in ready:
            self._outgoing.write(self._ours.orders)
        received = read_available(self._ours.frames) if self._ours.frames in ready else None
        if received:
            self._decoder.push(received)
            return None
        ended = self._enclosure.exit_fd in ready
        if received == b"" and not ended:
            # The process is about to end; wait for its exit status, which explains why.
            ended = bool(select.select([self._enclosure.exit_fd], [], [], _DRAIN_SECONDS)[0])
        if not ended and received is None:
            return None
        return str(describe_exit(self._enclosure.exit_status() if ended else None))

    def _read_output(self) -> None:
        self._output_tail += read_available(self._ours.output) or b""
        del self._output_tail[:-_OUTPUT_TAIL_BYTES]

    def _killed(self, reason: str) -> EnvironmentFault:
        """End the trainer, and return the error that explains why."""
        with self._in_use:
            if not self._closing.is_set():
                self._read_output()
        lines = self._output_tail.decode(errors="replace").strip().splitlines()
        last_line = f": {lines[-1][:300]}" if lines else ""
        self.close()
        return EnvironmentFault(f"a trainer failed: {reason}{last_line}", remedy=_REMEDY)
