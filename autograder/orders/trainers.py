"""Trains orders with a few warm trainers, one order at a time each, which start only for unknown orders.

A trainer runs in a jail without student code. Its input is data, and its output is distrusted like a notebook's. A
trainer that dies or takes too long is replaced.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal, Protocol

from autograder.errors import AutograderError, EnvironmentFault, WireError
from autograder.orders.arrays import Array, ArrayShelf
from autograder.orders.call_results import check_fit, read_result, result_arrays
from autograder.orders.delivery import Delivery
from autograder.orders.description import Description, Plain
from autograder.records import JSON

_WARMING_SECONDS = 180.0
_ENDING_SECONDS = 10.0
_ATTEMPTS = 2
_LONGEST_DETAIL = 300

Reason = Literal["limit", "unbuildable", "failed"]


class TrainerProtocol(Protocol):
    """A confined process that trains; one thread at a time uses it."""

    def send_message(self, message: Plain) -> None:
        """Send a message; raises EnvironmentFault if the process has ended."""
        ...

    def send_array(self, sha256: str, dtype: str, shape: tuple[int, ...], content: bytes | memoryview) -> None:
        """Send an array; raises EnvironmentFault if the process has ended."""
        ...

    def receive(self, timeout: float) -> Plain | bytes:
        """Return the next message or chunk of an array.

        Raises EnvironmentFault if the process has ended or sends nothing in `timeout` s, WireError for a bad frame.
        """
        ...

    def close(self) -> None:
        """End the process."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class OrderRefusal:
    """Why an order has no result: a limit, a call that the trainer cannot rebuild, or a failed training.

    `lasting` means that another attempt would fail too. A trainer that died may have been killed by a temporary
    shortage.
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

    `seconds` is the time limit. `done` is called once, from a trainer's thread, with the outcome (an exception is a
    fault of the grader) and the seconds used.
    """

    description: Description
    seconds: float
    done: Callable[[Trained | OrderRefusal | Exception, float], None]

    @property
    def network(self) -> JSON:
        """The graph of the network."""
        return self.description.plain["network"]


class Trainers:
    """Threads that share the work, each with its own trainer.

    Of several idle trainers, one is preferred that last had the same network: its process may still hold it.

    Args:
        start: Starts a trainer; raises EnvironmentFault on failure.
        most: The most trainers at once.
        shelf: Holds the arrays of orders and of results.
    """

    def __init__(self, start: Callable[[], TrainerProtocol], most: int, shelf: ArrayShelf) -> None:
        self._start = start
        self._most = most
        self._shelf = shelf
        self._backlog: deque[Work] = deque()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._warm: list[_Warm] = []
        self._closing = threading.Event()

    def train(self, work: Work) -> None:
        """Add work; returns at once."""
        with self._lock:
            waiting = [warm for warm in self._warm if warm.idle]
            if not waiting and len(self._warm) == self._most:
                self._backlog.append(work)
                return
            warm = min(waiting, key=lambda one: one.network != work.network) if waiting else self._another()
            warm.idle = False
            warm.inbox.put(work)

    def close(self) -> None:
        """End the trainers, whatever they are doing."""
        self._closing.set()
        for warm in self._warm:
            warm.inbox.put(None)
            warm.close()
        for thread in self._threads:
            thread.join(_ENDING_SECONDS)

    def _another(self) -> _Warm:
        # Daemon threads: Ctrl-C must not wait for a training. A jail dies with the command.
        warm = _Warm(self._start, self._shelf, self._closing)
        thread = threading.Thread(target=self._keep_training, args=(warm,), name="orders", daemon=True)
        self._threads.append(thread)
        self._warm.append(warm)
        thread.start()
        return warm

    def _keep_training(self, warm: _Warm) -> None:
        with contextlib.closing(warm):
            work = warm.inbox.get()
            while work is not None:
                began = time.monotonic()
                outcome: Trained | OrderRefusal | Exception
                try:
                    outcome = self._attempt(warm, work)
                except Exception as error:  # noqa: BLE001 (reported to every caller that waits for this order)
                    outcome = error
                with self._lock:
                    # Before `done` is called: the caller may place the next order at once.
                    warm.network = work.network
                    following = self._backlog.popleft() if self._backlog else None
                    warm.idle = following is None
                work.done(outcome, time.monotonic() - began)
                work = warm.inbox.get() if following is None else following

    def _attempt(self, warm: _Warm, work: Work) -> Trained | OrderRefusal:
        """Train an order, and again if the trainer itself failed.

        Raises:
            EnvironmentFault: No trainer starts, or the command is ending.
        """
        refusal = OrderRefusal("failed")
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
                    return OrderRefusal("limit", f"it took more than {work.seconds:.0f} s")
                refusal = OrderRefusal("failed", str(error)[:_LONGEST_DETAIL], lasting=False)
        return refusal


class _Warm:
    """A trainer that is started on demand, and restarted after its end."""

    def __init__(self, start: Callable[[], TrainerProtocol], shelf: ArrayShelf, closing: threading.Event) -> None:
        self._start = start
        self._closing = closing
        self._shelf = shelf
        self._process: TrainerProtocol | None = None
        self._number = 0
        self.inbox: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self.idle = False
        self.network: JSON = None
        """The network of its last order."""

    def up(self) -> TrainerProtocol:
        """Return the process, starting it if necessary.

        Raises:
            EnvironmentFault: It does not start, or sends no greeting.
        """
        if (process := self._process) is not None:
            return process
        self._process = process = self._start()
        # `close` may have been called before the process existed; then it was not closed.
        greeting = None if self._closing.is_set() else process.receive(_WARMING_SECONDS)
        if not isinstance(greeting, dict) or greeting.get("type") != "hello":
            self.close()
            raise EnvironmentFault("a trainer did not greet, or is no longer wanted", remedy="autograder doctor")
        return process

    def close(self) -> None:
        """End the process, in whatever state it is."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(AutograderError):
                process.close()

    def train(self, process: TrainerProtocol, description: Description, deadline: float) -> Trained | OrderRefusal:
        """Send an order and return its outcome.

        Raises:
            EnvironmentFault: The trainer or its child ended, or sent nothing until the deadline.
            WireError: The trainer broke the protocol.
        """
        self._number += 1
        for sha256 in description.arrays():
            array = self._shelf.array(sha256)
            process.send_array(sha256, array.header.dtype, array.header.shape, array.content)
        process.send_message({"type": "train", "number": self._number, "description": description.plain})
        delivery = Delivery(self._shelf)
        try:
            message = None
            while message is None:
                message = delivery.take(process.receive(max(0.0, deadline - time.monotonic())))
            return self._read(message, description, delivery)
        finally:
            delivery.release()

    def _read(self, message: Plain, description: Description, delivery: Delivery) -> Trained | OrderRefusal:
        if message.get("number") != self._number:
            raise WireError("a trainer answered another order")
        match message:
            case {"type": "result", "result": plain}:
                result = read_result(description.call.operation, plain)
                arrays = {sha256: delivery.array(sha256) for sha256 in result_arrays(result)}
                check_fit(result, description, arrays, {sha: self._shelf.header(sha) for sha in description.arrays()})
                return Trained(plain, arrays)
            case {"type": "unbuildable" | "failed" as reason, "detail": str(detail)}:
                return OrderRefusal("unbuildable" if reason == "unbuildable" else "failed", detail[:_LONGEST_DETAIL])
            case {"type": "died", "detail": str(detail)}:
                raise EnvironmentFault(f"a trainer failed: {detail[:_LONGEST_DETAIL]}", remedy="autograder doctor")
            case _:
                raise WireError("a trainer sent something that is not an answer")
