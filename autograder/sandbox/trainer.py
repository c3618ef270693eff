"""A trainer: the payload in a jail like a notebook's, but with plain data to train from and no code of a student's.

It stays warm between orders, for as long as its operator wants. Whatever ends it early, its operator hears of it in one
error, and has to start another one.
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
from autograder.sandbox.death import describe_exit
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.meter import Meter
from autograder.sandbox.outgoing import Outgoing, Piece
from autograder.sandbox.payload_process import Role, Start
from autograder.sandbox.pipes import OurEnds, Pipes, read_available
from autograder.spec.run_spec import Limits
from autograder.wire import ArrayHeader, Decoder, encode, encode_array

_LOOK_SECONDS = 0.1
_SENDING_SECONDS = 120.0
"""How long the trainer may take to fetch what it is sent: it has nothing else to do."""

_LAST_WORDS_SECONDS = 2.0
_OUTPUT_TAIL_BYTES = 2048
_REMEDY = "autograder doctor"

Place = Callable[[], AbstractContextManager[Start]]
"""Prepares where one execution has its place, and takes it away at the context's end."""


class TrainerProcess:
    """Start a trainer and speak with it, one thread at a time; any thread may close it.

    Args:
        place: Where it runs.
        limits: What it may use: as much as a notebook.

    Raises:
        EnvironmentFault: It does not start.
    """

    def __init__(self, place: Place, limits: Limits) -> None:
        self._place = place
        self._limits = limits
        self._outgoing = Outgoing()
        self._decoder = Decoder()
        self._output_tail = bytearray()
        self._next_look = 0.0
        self._fault: BaseException | None = None
        self._closing = threading.Event()
        self._standing = threading.Event()
        # Held while descriptors are in use: it may be closed from another thread at any time.
        self._speaking = threading.Lock()
        # A jail dies with the thread that began it, which must not be one that ends with a notebook.
        self._keeper = threading.Thread(target=self._keep, name="trainer", daemon=True)
        self._keeper.start()
        try:
            self._standing.wait()
        except BaseException:
            self._closing.set()
            raise
        self._raise_fault()

    def send_message(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            EnvironmentFault: The trainer has ended, or does not listen.
            WireError: The message is too large.
        """
        self._send([encode(message)])

    def send_array(self, sha256: str, dtype: str, shape: tuple[int, ...], content: bytes | memoryview) -> None:
        """Send an array.

        Raises:
            EnvironmentFault: As for a message.
        """
        self._send(encode_array(ArrayHeader(sha256, dtype, shape), content))

    def receive(self, timeout: float) -> dict[str, Any] | bytes:
        """Return the next message, or the next piece of an array.

        Args:
            timeout: So many seconds it may take.

        Raises:
            EnvironmentFault: The trainer has ended, used too much, or said nothing for so long. It is killed then.
            WireError: What came is no frame. It is killed then as well.
        """
        deadline = time.monotonic() + timeout
        while (frame := self._pop()) is None:
            if time.monotonic() > deadline:
                raise self._killed(f"it said nothing for {timeout:g} s")
            self._turn(deadline)
        return frame

    def close(self) -> None:
        """End it and all that it started, whoever speaks with it; nothing happens if it has ended.

        Raises:
            EnvironmentFault: Something is left.
        """
        self._closing.set()
        self._keeper.join()
        self._raise_fault()

    def _keep(self) -> None:
        """Start it, wait until it is no longer wanted, and end it."""
        try:
            with self._place() as start, Pipes() as pipes:
                enclosure = start(pipes.theirs, Role.TRAINER)
                try:
                    pipes.close_theirs()
                    self._enclosure: Enclosure = enclosure
                    self._ours: OurEnds = pipes.ours
                    self._meter = Meter(self._limits)
                    self._standing.set()
                    self._closing.wait()
                finally:
                    with self._speaking:
                        enclosure.destroy()
        except BaseException as error:  # noqa: BLE001 (raised again in the thread that asked)
            self._fault = error
        finally:
            self._standing.set()

    def _raise_fault(self) -> None:
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    def _send(self, pieces: Iterable[Piece]) -> None:
        self._outgoing.put(pieces)
        deadline = time.monotonic() + _SENDING_SECONDS
        while self._outgoing:
            if time.monotonic() > deadline:
                raise self._killed(f"it fetched nothing for {_SENDING_SECONDS:g} s")
            self._turn(deadline)

    def _pop(self) -> dict[str, Any] | bytes | None:
        try:
            return self._decoder.pop()
        except WireError:
            self.close()
            raise

    def _turn(self, deadline: float) -> None:
        """Write and read what can be at once, or wait a little for it, and look after what the trainer uses."""
        with self._speaking:
            if self._closing.is_set():
                raise EnvironmentFault("the trainer has ended", remedy=_REMEDY)
            reason = self._exchange(min(_LOOK_SECONDS, max(0.0, deadline - time.monotonic())))
            # Of one that has ended, the control group still tells whether the kernel killed it for its memory.
            if reason is not None or time.monotonic() >= self._next_look:
                self._next_look = time.monotonic() + _LOOK_SECONDS
                overrun = self._meter.judge(self._enclosure)
                reason = reason if overrun is None else overrun.detail
        if reason is not None:
            raise self._killed(reason)

    def _exchange(self, seconds: float) -> str | None:
        """Write and read, and return why there will be no more."""
        # It reads all of an order before it says anything.
        pipe, event = self._ours.frames, selectors.EVENT_READ
        if self._outgoing:
            pipe, event = self._ours.orders, selectors.EVENT_WRITE
        with selectors.DefaultSelector() as selector:
            selector.register(self._enclosure.exit_fd, selectors.EVENT_READ)
            selector.register(self._ours.output, selectors.EVENT_READ)
            selector.register(pipe, event)
            ready = {key.fd for key, _ in selector.select(seconds)}
        if self._ours.output in ready:
            self._hear_output()
        if self._ours.orders in ready:
            self._outgoing.write(self._ours.orders)
        heard = read_available(self._ours.frames) if self._ours.frames in ready else None
        if heard:
            self._decoder.push(heard)
            return None
        ended = self._enclosure.exit_fd in ready
        if heard == b"" and not ended:
            # Its end is on the way, and with it the reason.
            ended = bool(select.select([self._enclosure.exit_fd], [], [], _LAST_WORDS_SECONDS)[0])
        if not ended and heard is None:
            return None
        return describe_exit(self._enclosure.exit_status() if ended else None)

    def _hear_output(self) -> None:
        self._output_tail += read_available(self._ours.output) or b""
        del self._output_tail[:-_OUTPUT_TAIL_BYTES]

    def _killed(self, reason: str) -> EnvironmentFault:
        """End it, and return the error that says why."""
        with self._speaking:
            if not self._closing.is_set():
                self._hear_output()
        lines = self._output_tail.decode(errors="replace").strip().splitlines()
        said = f": {lines[-1][:300]}" if lines else ""
        self.close()
        return EnvironmentFault(f"a trainer failed: {reason}{said}", remedy=_REMEDY)
