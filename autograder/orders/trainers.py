"""Trains orders: a few warm trainers, each with one order at a time, started only when something is unknown.

A trainer runs in a jail without any code of a student's. What reaches it is data, and what comes back is read as
distrustfully as what a notebook says. One that dies or takes too long is replaced.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import threading
import time
from collections.abc import Callable
from typing import Literal, Protocol

from autograder.errors import AutograderError, EnvironmentFault, WireError
from autograder.orders.arrays import Array, ArrayShelf, Hold, Incoming
from autograder.orders.description import Description, Plain
from autograder.orders.results import check_fit, read_result, result_arrays
from autograder.wire import ArrayHeader

_WARMING_SECONDS = 180.0
_ENDING_SECONDS = 10.0
_ATTEMPTS = 2
_LONGEST_DETAIL = 300
LARGEST_RESULT_BYTES = 512 * 2**20

Reason = Literal["limit", "unbuildable", "failed"]


class TrainerProcess(Protocol):
    """A process that trains, confined: one thread at a time speaks with it."""

    def send_message(self, message: Plain) -> None:
        """Send a message; raises EnvironmentFault if the process has ended."""
        ...

    def send_array(self, sha256: str, dtype: str, shape: tuple[int, ...], content: bytes | memoryview) -> None:
        """Send an array; raises EnvironmentFault if the process has ended."""
        ...

    def receive(self, timeout: float) -> Plain | bytes:
        """Return the next message or piece of an array.

        Raises EnvironmentFault if the process has ended or says nothing for so long, WireError for what is no frame.
        """
        ...

    def close(self) -> None:
        """End the process."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order has no result: it takes too much, the trainer can't build it, or training it failed.

    `lasting`: it would end so again. A trainer that died may have been killed by a shortage of the moment.
    """

    reason: Reason
    detail: str = ""
    lasting: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Trained:
    """A trainer's result, and its arrays."""

    result: Plain
    arrays: dict[str, Array]


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """An order to train.

    `seconds` is how long it may take. `done` is called once, from a trainer's thread, with what came of it (an
    exception is a fault of ours) and the seconds that it took.
    """

    description: Description
    seconds: float
    done: Callable[[Trained | Refusal | Exception, float], None]


class Trainers:
    """Threads that share one queue of work, each with a trainer of its own.

    Args:
        start: Starts a trainer; raises EnvironmentFault where it can't.
        most: So many at once.
        shelf: Where the orders' arrays are, and where results come.
    """

    def __init__(self, start: Callable[[], TrainerProcess], most: int, shelf: ArrayShelf) -> None:
        self._start = start
        self._most = most
        self._shelf = shelf
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._unfinished = 0
        self._threads: list[threading.Thread] = []
        self._warm: list[_Warm] = []
        self._closing = threading.Event()

    def train(self, work: Work) -> None:
        """Take work; comes back at once."""
        with self._lock:
            self._unfinished += 1
            if self._unfinished > len(self._threads) < self._most:
                # Daemons: whoever presses Ctrl-C shall not wait for a training. A jail dies with the command.
                warm = _Warm(self._start, self._shelf, self._closing)
                thread = threading.Thread(target=self._keep_training, args=(warm,), name="orders", daemon=True)
                self._threads.append(thread)
                self._warm.append(warm)
                thread.start()
        self._work.put(work)

    def close(self) -> None:
        """End the trainers, whatever they are doing."""
        self._closing.set()
        for _ in self._threads:
            self._work.put(None)
        for warm in self._warm:
            warm.close()
        for thread in self._threads:
            thread.join(_ENDING_SECONDS)

    def _keep_training(self, warm: _Warm) -> None:
        with contextlib.closing(warm):
            while (work := self._work.get()) is not None:
                began = time.monotonic()
                outcome: Trained | Refusal | Exception
                try:
                    outcome = self._attempt(warm, work)
                except Exception as error:  # noqa: BLE001 (whoever waits for this order must hear of it)
                    outcome = error
                work.done(outcome, time.monotonic() - began)
                with self._lock:
                    self._unfinished -= 1

    def _attempt(self, warm: _Warm, work: Work) -> Trained | Refusal:
        """Train an order, and once more where that failed by a fault of the trainer's.

        Raises:
            EnvironmentFault: No trainer starts, or the command ends.
        """
        refusal = Refusal("failed")
        for _ in range(_ATTEMPTS):
            process = warm.up()
            deadline = time.monotonic() + work.seconds
            try:
                return warm.train(process, work.description, deadline)
            except (EnvironmentFault, WireError) as error:
                warm.close()
                if self._closing.is_set():
                    raise EnvironmentFault("the command ended before a training") from error
                if time.monotonic() >= deadline:
                    return Refusal("limit", f"it took more than {work.seconds:.0f} s")
                refusal = Refusal("failed", str(error)[:_LONGEST_DETAIL], lasting=False)
        return refusal


class _Warm:
    """A trainer that is started when it is needed, and anew after its end."""

    def __init__(self, start: Callable[[], TrainerProcess], shelf: ArrayShelf, closing: threading.Event) -> None:
        self._start = start
        self._closing = closing
        self._shelf = shelf
        self._process: TrainerProcess | None = None
        self._number = 0

    def up(self) -> TrainerProcess:
        """Return it, started if need be.

        Raises:
            EnvironmentFault: It does not start, or does not say that it did.
        """
        if (process := self._process) is not None:
            return process
        self._process = process = self._start()
        # Whoever closed us before it was there could not close it.
        greeting = None if self._closing.is_set() else process.receive(_WARMING_SECONDS)
        if not isinstance(greeting, dict) or greeting.get("type") != "hello":
            self.close()
            raise EnvironmentFault("a trainer does not greet, or is no longer wanted", remedy="autograder doctor")
        return process

    def close(self) -> None:
        """End it, however it is."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(AutograderError):
                process.close()

    def train(self, process: TrainerProcess, description: Description, deadline: float) -> Trained | Refusal:
        """Send an order and return what comes of it.

        Raises:
            EnvironmentFault: The trainer or its child ended, or it said nothing until the deadline.
            WireError: It said what no trainer would.
        """
        self._number += 1
        for sha256 in description.arrays():
            array = self._shelf.array(sha256)
            process.send_array(sha256, array.header.dtype, array.header.shape, array.content)
        process.send_message({"type": "train", "number": self._number, "description": description.plain})
        delivery = _Delivery(self._shelf)
        try:
            message = None
            while message is None:
                message = delivery.take(process.receive(max(0.0, deadline - time.monotonic())))
            return self._read(message, description, delivery)
        finally:
            delivery.release()

    def _read(self, message: Plain, description: Description, delivery: _Delivery) -> Trained | Refusal:
        if message.get("number") != self._number:
            raise WireError("a trainer answered another order")
        match message:
            case {"type": "result", "result": plain}:
                result = read_result(description.call.operation, plain)
                arrays = {sha256: delivery.array(sha256) for sha256 in result_arrays(result)}
                check_fit(result, description, arrays, {sha: self._shelf.header(sha) for sha in description.arrays()})
                return Trained(plain, arrays)
            case {"type": "unbuildable" | "failed" as reason, "detail": str(detail)}:
                return Refusal("unbuildable" if reason == "unbuildable" else "failed", detail[:_LONGEST_DETAIL])
            case {"type": "died", "detail": str(detail)}:
                raise EnvironmentFault(f"a trainer failed: {detail[:_LONGEST_DETAIL]}", remedy="autograder doctor")
            case _:
                raise WireError("a trainer said what is no answer")


class _Delivery:
    """The arrays of one answer, as they come; they stay on the shelf until it is read."""

    def __init__(self, shelf: ArrayShelf) -> None:
        self._shelf = shelf
        self._arriving: Incoming | None = None
        self._lacking_bytes = 0
        self._bytes = 0
        self._holds: list[Hold] = []

    def take(self, frame: Plain | bytes) -> Plain | None:
        """Take a frame, and return the message that ends the delivery.

        Raises:
            WireError: It has no place here.
        """
        if isinstance(frame, bytes):
            if self._arriving is None:
                raise WireError("a piece of an array came without its announcement")
            self._lacking_bytes -= len(frame)
            self._arriving.write(frame)
        elif self._arriving is not None:
            raise WireError("an array broke off")
        elif frame.get("type") != "array":
            return frame
        else:
            header = ArrayHeader.parse(frame)
            self._bytes += header.size_bytes
            if self._bytes > LARGEST_RESULT_BYTES:
                raise WireError(f"a result of over {LARGEST_RESULT_BYTES:,} bytes")
            self._holds.append(self._shelf.hold([header.sha256]))
            self._arriving = self._shelf.begin(header.sha256, header.dtype, header.shape)
            self._lacking_bytes = header.size_bytes
        if not self._lacking_bytes and self._arriving is not None:
            self._arriving.finish()
            self._arriving = None
        return None

    def array(self, sha256: str) -> Array:
        """Return an array that came.

        Raises:
            WireError: It didn't.
        """
        try:
            return self._shelf.array(sha256)
        except KeyError:
            raise WireError("a result names an array that did not come") from None

    def release(self) -> None:
        """Let the arrays go when there is no more room for them."""
        for hold in self._holds:
            hold.release()
