"""One notebook at the desk: its limits are counted here, and its journal is written, as answers are taken."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from autograder.errors import WireError
from autograder.orders.answer import Answer, Refused, refusal, unwanted
from autograder.orders.arrays import ArrayShelf, Incoming
from autograder.orders.description import Description, Plain, read_claim, read_order
from autograder.orders.journal import Circumstances, Facts, Journal
from autograder.orders.results import (
    EvaluateResult,
    FitResult,
    course_of,
    logs_of,
    read_claimed_course,
    read_claimed_logs,
    read_result,
    result_arrays,
    serving,
)
from autograder.orders.store import Kept
from autograder.orders.trainers import Reason, Refusal
from autograder.records import JSON, TrainingMode
from autograder.spec.run_spec import Limits

_MOST_SUMMARIES = 1_000
_MOST_FAULTS = 100
_MOST_KEPT_BYTES = 2**30
"""So much of what came of a notebook's orders is kept for others: it shall not fill the disk."""

_UNSEEN = "not seen"

Outcome = Kept | Refusal | Exception


class Fulfilment(Protocol):
    """What a counter asks of the desk behind it."""

    def is_known(self, pending: Pending) -> bool:
        """Return whether an order will be answered without any array of its own."""
        ...

    def fill(self, pending: Pending) -> None:
        """See that an order is answered."""
        ...


class Counter:
    """Takes the orders and claims of one execution, one thread at a time; answers come from any thread."""

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
        """Orders that a store, or another notebook's order, answered."""
        self.unknown = 0
        """Orders that were trained for this notebook, or refused."""
        self.training_seconds = 0.0
        """What the trainings of this notebook took."""
        self.training_cpu_seconds = 0.0
        """What they took of a processor."""
        self._faults: deque[str] = deque(maxlen=_MOST_FAULTS)

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
        """Return the loops that were seen."""
        return self._journal.loops

    @property
    def faults(self) -> tuple[str, ...]:
        """Return why calls that happened are not in the journal."""
        return tuple(self._faults)

    def cell(self, index: int) -> None:
        """Take it that this cell runs from now on."""
        self._cell = index

    def place(self, number: int, description: Plain) -> Pending | Refused:
        """Take an order; one that can't be read is refused, and the notebook makes the call itself.

        Raises:
            EnvironmentFault: What the reference keeps of it is damaged.
        """
        self._orders += 1
        try:
            order = read_order(description)
        except WireError:
            return self._refuse(number, "unbuildable")
        if self._orders > self._limits.orders:
            # A notebook that predicts one example at a time may do so by itself. Trainings have their limit.
            reason: Reason = "limit" if order.call.operation == "fit" else "failed"
            return self._refuse(number, reason)
        pending = Pending(self, self._desk, self._shelf, number, order, self._cell)
        if not self._desk.is_known(pending):
            pending.look_for_arrays()
        return pending

    def claim(self, description: Plain, summaries: Plain, result: Plain) -> None:
        """Take down what the notebook says of a call that was no order; what can't be read is one of its `faults`."""
        try:
            self._write_claim(description, summaries, result)
        except WireError as error:
            self._faults.append(f"a call in cell {self._cell} can't be read: {error}")

    def loop(self, kind: str, steps: int) -> None:
        """Take down that a training loop of the notebook's own was seen."""
        self._journal.write_loop(self._cell, kind, steps)

    def seconds_left(self) -> float:
        """Return how long trainings may still take."""
        return max(0.0, self._limits.training_seconds - self.training_seconds)

    def may_keep(self, size_bytes: int) -> bool:
        """Return whether a result may be kept for others as well, and count it then."""
        may = self._kept_bytes + size_bytes <= _MOST_KEPT_BYTES
        self._kept_bytes += size_bytes * may
        return may

    def take(self, pending: Pending, outcome: Outcome, seconds: float, *, trained: bool) -> Answer:
        """Write down what came of an order, and return the answer to it."""
        if isinstance(outcome, Exception):
            raise outcome
        self.training_seconds += seconds
        self.replayed += not trained and isinstance(outcome, Kept)
        self.unknown += trained or isinstance(outcome, Refusal)
        if isinstance(outcome, Refusal):
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

    def _write_claim(self, description: Plain, summaries: Plain, result: Plain) -> None:
        claimed = read_claim(description)
        if len(summaries) > _MOST_SUMMARIES or not all(isinstance(one, dict) for one in summaries.values()):
            raise WireError("a claim without the summaries of its data")
        facts = Facts(summaries, self._claimed_parameters(claimed), _UNSEEN)
        how = Circumstances(self._cell, attested=False, replayed=False, seconds=0.0)
        if claimed.call.operation == "fit":
            self._journal.write_training(claimed, read_claimed_course(result), facts, how)
        else:
            self._journal.write_evaluation(claimed, read_claimed_logs(result), facts, how)

    def _claimed_parameters(self, claimed: Description) -> int:
        """Return how many weights the network of a claim has: what it says, or else what is here of them."""
        said = claimed.call.parameters
        return self._shelf.parameters(claimed.call.weights) if said is None else said


class Pending:
    """An order that has no answer yet. Its arrays stay on the shelf until it has one."""

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
        """The digests of the arrays that nobody has sent yet."""
        self._hold = shelf.hold(description.arrays())
        self._began = time.monotonic()
        self._wake: Callable[[], None] = _nobody
        self._started = False
        self._outcome: tuple[Outcome, float, bool] | None = None
        self._answer: Answer | None = None

    @property
    def mode(self) -> TrainingMode:
        """Return what the job wants of its trainings."""
        return self._counter.mode

    @property
    def seconds_left(self) -> float:
        """Return how long it may be trained."""
        return self._counter.seconds_left()

    def may_keep(self, size_bytes: int) -> bool:
        """Return whether its result may be kept for others as well."""
        return self._counter.may_keep(size_bytes)

    def look_for_arrays(self) -> None:
        """Find out which arrays have to be sent."""
        self.wanted = tuple(digest for digest in self.description.arrays() if not self._shelf.has(digest))

    def supply(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> Incoming:
        """Begin to take in a wanted array.

        Raises:
            WireError: It isn't wanted.
        """
        if sha256 not in self.wanted:
            raise unwanted()
        return self._shelf.begin(sha256, dtype, shape)

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to look it up, or to train it; comes back at once.

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
        """Take it that nobody waits for the answer any more; a training that has begun goes on, for whoever is next."""
        self._wake = _nobody
        if not self._started:
            self._hold.release()

    def waited(self) -> float:
        """Return for how many seconds the order has been here."""
        return time.monotonic() - self._began

    def resolve(self, outcome: Outcome, *, trained: bool, seconds: float = 0.0) -> None:
        """Say what came of it, from any thread."""
        self._outcome = (outcome, seconds, trained)
        self._hold.release()
        self._wake()

    @property
    def answer(self) -> Answer | None:
        """The answer, None as long as there is none. It is written down as it is first taken.

        Raises:
            EnvironmentFault: A fault of ours kept it from being answered.
        """
        if self._answer is None and self._outcome is not None:
            outcome, seconds, trained = self._outcome
            self._answer = self._counter.take(self, outcome, seconds, trained=trained)
        return self._answer


def _nobody() -> None:
    """Wake nobody: the order has not been started."""
