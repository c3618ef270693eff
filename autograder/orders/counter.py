"""One notebook's side of the desk: enforces its limits, and writes its journal as answers are delivered."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from autograder.errors import WireError
from autograder.orders.answer import Answer, Refused, refusal, unwanted
from autograder.orders.arrays import ArrayShelf, Incoming
from autograder.orders.call_results import (
    EvaluateResult,
    FitResult,
    course_of,
    logs_of,
    read_reported_course,
    read_reported_logs,
    read_result,
    result_arrays,
    serving,
)
from autograder.orders.description import Description, Plain, read_order, read_reported_call
from autograder.orders.journal import Circumstances, Facts, Journal
from autograder.orders.order_store import Kept
from autograder.orders.trainers import OrderRefusal, Reason
from autograder.records import JSON, Detail, TrainingMode
from autograder.rubric.run_spec import Limits

_MOST_SUMMARIES = 1_000
_MOST_FAULTS = 100
_MOST_KEPT_BYTES = 2**30
"""The most bytes of one notebook's results that are stored for others, so that it cannot fill the disk."""

_UNSEEN = Detail("initial.unseen")

Outcome = Kept | OrderRefusal | Exception


class Fulfilment(Protocol):
    """The part of the desk that a counter uses."""

    def is_known(self, pending: Pending) -> bool:
        """Return whether an order can be answered without receiving its arrays."""
        ...

    def fill(self, pending: Pending) -> None:
        """Make sure that an order is answered."""
        ...


class Counter:
    """Accepts the orders and reported calls of one execution, in one thread; answers come from any thread."""

    def __init__(self, desk: Fulfilment, shelf: ArrayShelf, limits: Limits, mode: TrainingMode) -> None:
        self._desk = desk
        self._shelf = shelf
        self._limits = limits
        self.mode = mode
        self._journal = Journal()
        self._cell = 0
        self._orders = 0
        self._kept_bytes = 0
        self.replayed = 0
        """Orders answered by a store or by another notebook's order."""
        self.unknown = 0
        """Orders trained for this notebook, or refused."""
        self.training_seconds = 0.0
        """Wall-clock seconds of this notebook's trainings."""
        self.training_cpu_seconds = 0.0
        """Their processor seconds."""
        self._faults: deque[Detail] = deque(maxlen=_MOST_FAULTS)

    @property
    def trainings(self) -> tuple[JSON, ...]:
        """Return the journal's trainings."""
        return self._journal.trainings

    @property
    def evaluations(self) -> tuple[JSON, ...]:
        """Return the journal's evaluations and predictions."""
        return self._journal.evaluations

    @property
    def loops(self) -> tuple[JSON, ...]:
        """Return the observed custom training loops."""
        return self._journal.loops

    @property
    def faults(self) -> tuple[Detail, ...]:
        """Return why some calls are not in the journal."""
        return tuple(self._faults)

    def cell(self, index: int) -> None:
        """Note that this cell is running now."""
        self._cell = index

    def place(self, number: int, description: Plain) -> Pending | Refused:
        """Accept an order. An unreadable one is refused, and the notebook makes the call itself.

        Raises:
            EnvironmentFault: The reference's stored result is damaged.
        """
        self._orders += 1
        try:
            order = read_order(description)
        except WireError:
            return self._refuse(number, "unbuildable")
        if self._orders > self._limits.orders:
            # A notebook that predicts one example at a time may do so itself; for trainings the limit is fatal.
            reason: Reason = "limit" if order.call.operation == "fit" else "failed"
            return self._refuse(number, reason)
        pending = Pending(self, self._desk, self._shelf, number, order, self._cell)
        if not self._desk.is_known(pending):
            pending.look_for_arrays()
        return pending

    def report_call(self, description: Plain, summaries: Plain, result: Plain) -> None:
        """Record a call that the notebook reports and made itself; an unreadable report becomes one of the `faults`."""
        try:
            self._write_reported(description, summaries, result)
        except WireError as error:
            self._faults.append(Detail.of("journal.call", cell=self._cell, error=str(error)))

    def loop(self, kind: str, steps: int) -> None:
        """Record that a custom training loop was observed."""
        self._journal.write_loop(self._cell, kind, steps)

    def seconds_left(self) -> float:
        """Return how many seconds trainings may still take."""
        return max(0.0, self._limits.training_seconds - self.training_seconds)

    def may_keep(self, size_bytes: int) -> bool:
        """Return whether a result may be stored for others as well, and count it if so."""
        may = self._kept_bytes + size_bytes <= _MOST_KEPT_BYTES
        self._kept_bytes += size_bytes * may
        return may

    def take(self, pending: Pending, outcome: Outcome, seconds: float, *, trained: bool) -> Answer:
        """Record the outcome of an order in the journal, and return its answer."""
        if isinstance(outcome, Exception):
            raise outcome
        self.training_seconds += seconds
        self.replayed += not trained and isinstance(outcome, Kept)
        self.unknown += trained or isinstance(outcome, OrderRefusal)
        if isinstance(outcome, OrderRefusal):
            return refusal(pending.number, outcome.reason)
        asked = pending.description.metrics
        unasked = {metric["name"] for metric in outcome.metrics if metric not in asked}
        plain = serving(outcome.result, unasked)
        result = read_result(outcome.operation, plain)
        self.training_cpu_seconds += result.cpu_seconds if trained else 0.0
        how = Circumstances(pending.cell, attested=True, replayed=not trained, seconds=round(pending.waited(), 3))
        facts = Facts(outcome.summaries, outcome.parameters, outcome.initial_values)
        if isinstance(result, FitResult):
            self._journal.write_training(pending.description, course_of(result, outcome.arrays), facts, how)
        else:
            logs = logs_of(result, outcome.arrays) if isinstance(result, EvaluateResult) else {}
            self._journal.write_evaluation(pending.description, logs, facts, how)
        arrays = tuple(outcome.arrays[sha256] for sha256 in result_arrays(result))
        message = {"type": "answer", "number": pending.number, "status": "done", "result": plain}
        return Answer(message, arrays)

    def _refuse(self, number: int, reason: Reason) -> Refused:
        self.unknown += 1
        return Refused(number, reason)

    def _write_reported(self, description: Plain, summaries: Plain, result: Plain) -> None:
        reported = read_reported_call(description)
        if len(summaries) > _MOST_SUMMARIES or not all(isinstance(one, dict) for one in summaries.values()):
            raise WireError("a reported call without the summaries of its data")
        facts = Facts(summaries, self._parameters(reported), _UNSEEN)
        how = Circumstances(self._cell, attested=False, replayed=False, seconds=0.0)
        if reported.call.operation == "fit":
            self._journal.write_training(reported, read_reported_course(result), facts, how)
        else:
            self._journal.write_evaluation(reported, read_reported_logs(result), facts, how)

    def _parameters(self, reported: Description) -> int:
        """Return the number of weights in a reported network: the reported number, or that of the received arrays."""
        parameters = reported.call.parameters
        return self._shelf.parameters(reported.call.weights) if parameters is None else parameters


class Pending:
    """An order without an answer yet. Its arrays stay on the shelf until it has one."""

    def __init__(
        self,
        counter: Counter,
        desk: Fulfilment,
        shelf: ArrayShelf,
        number: int,
        description: Description,
        cell: int,
    ) -> None:
        self._counter = counter
        self._desk = desk
        self._shelf = shelf
        self.number = number
        self.description = description
        self.key = description.key
        self.cell = cell
        self.wanted: tuple[str, ...] = ()
        """The digests of the arrays that have not been received yet."""
        self._hold = shelf.hold(description.arrays())
        self._began = time.monotonic()
        self._wake: Callable[[], None] = _do_not_wake
        self._started = False
        self._outcome: tuple[Outcome, float, bool] | None = None
        self._answer: Answer | None = None

    @property
    def mode(self) -> TrainingMode:
        """Return the job's training mode."""
        return self._counter.mode

    @property
    def seconds_left(self) -> float:
        """Return how many seconds it may be trained."""
        return self._counter.seconds_left()

    def may_keep(self, size_bytes: int) -> bool:
        """Return whether its result may be stored for others as well."""
        return self._counter.may_keep(size_bytes)

    def look_for_arrays(self) -> None:
        """Determine which arrays have to be sent."""
        self.wanted = tuple(digest for digest in self.description.arrays() if not self._shelf.has(digest))

    def supply(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> Incoming:
        """Begin to receive a requested array.

        Raises:
            WireError: It was not requested.
        """
        if sha256 not in self.wanted:
            raise unwanted()
        return self._shelf.begin(sha256, dtype, shape)

    def start(self, wake: Callable[[], None]) -> None:
        """Start the lookup or the training; returns at once.

        Args:
            wake: Called from any thread as soon as there is an answer.
        """
        self._wake = wake
        self._started = True
        if self._outcome is None:
            self._desk.fill(self)
        else:
            wake()

    def abandon(self) -> None:
        """Note that the notebook no longer waits. A training that has begun continues, for the next order of it."""
        self._wake = _do_not_wake
        if not self._started:
            self._hold.release()

    def waited(self) -> float:
        """Return how many seconds the order has been waiting."""
        return time.monotonic() - self._began

    def resolve(self, outcome: Outcome, *, trained: bool, seconds: float = 0.0) -> None:
        """Set the outcome, from any thread."""
        self._outcome = (outcome, seconds, trained)
        self._hold.release()
        self._wake()

    @property
    def answer(self) -> Answer | None:
        """The answer, None until there is one. The first access records it in the journal.

        Raises:
            EnvironmentFault: A fault of the grader prevented the answer.
        """
        if self._answer is None and self._outcome is not None:
            outcome, seconds, trained = self._outcome
            self._answer = self._counter.take(self, outcome, seconds, trained=trained)
        return self._answer


def _do_not_wake() -> None:
    """Do nothing: the order has not been started."""
