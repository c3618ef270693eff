"""The desk: accepts the orders of all notebooks, answers known ones from stores, and has the others trained once.

    Counter.place ──► Pending ──► known? ──► store ──► Answer
                                    └ no ──► in flight? wait, else train ──► store ──► Answer

The journal of each notebook is written by its `Counter`, from complete messages only. Nothing passes from one
notebook's order to another, except the answer to an equal order.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from autograder.errors import EnvironmentFault
from autograder.orders.arrays import ArrayShelf
from autograder.orders.counter import Counter, Pending
from autograder.orders.description import Description, Graph, Plain
from autograder.orders.initial import unusual_start, used_optimizer
from autograder.orders.machine import instructions, processor
from autograder.orders.order_store import Kept, Made, OrderStore
from autograder.orders.trainers import OrderRefusal, Trained, TrainerProtocol, Trainers, Work
from autograder.records import Detail, Job
from autograder.rubric.run_spec import Limits

_MOST_BESIDE = 8
"""The most metrics of other notebooks with which an order is trained, so that they cost it little."""


@dataclasses.dataclass(slots=True)
class _Flight:
    """An order being trained according to `description`, and the orders that wait for it."""

    pending: Pending
    description: Description
    waiting: list[Pending] = dataclasses.field(default_factory=list)

    def serves(self, pending: Pending) -> bool:
        """Return whether its result will answer another order with the same key."""
        return all(metric in self.description.metrics for metric in pending.description.metrics)


class Desk:
    """Accepts orders from one thread per notebook; a context manager that ends its trainers.

    Args:
        limits: The limits of each notebook.
        reference: Answers recorded from the solved notebook; written to in mode `record` only.
        own: Answers to this class's orders, stored for the next class; None stores none.
        trainers: The number of orders trained at once.
    """

    def __init__(self, limits: Limits, reference: OrderStore, own: OrderStore | None, trainers: int) -> None:
        self._limits = limits
        self._reference = reference
        self._most_trainers = trainers
        self._resources = contextlib.ExitStack()
        self._shelf = self._resources.enter_context(ArrayShelf())
        self._own = OrderStore(self._shelf.folder / "trainings") if own is None else own
        self._trainers: Trainers | None = None
        self._lock = threading.Lock()
        self._flights: dict[str, list[_Flight]] = {}
        # By trial, not by key: a failure caused by one notebook's metrics must not affect other orders of the call.
        self._refused: dict[str, OrderRefusal] = {}
        self._too_long: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def engage(self, start_trainer: Callable[[], TrainerProtocol]) -> None:
        """Set how trainers are started; they run in the notebooks' sandbox, so it has to be open."""
        self._trainers = Trainers(start_trainer, self._most_trainers, self._shelf)

    def close(self) -> None:
        """End the trainers and drop the arrays."""
        if self._trainers is not None:
            self._trainers.close()
        self._resources.close()

    @property
    def in_flight(self) -> int:
        """The number of orders that are being trained or wait for a trainer."""
        with self._lock:
            return sum(map(len, self._flights.values()))

    def open(self, job: Job) -> Counter:
        """Open a counter for one execution of a notebook."""
        return Counter(self, self._shelf, self._limits, job.mode)

    def is_known(self, pending: Pending) -> bool:
        """Return whether an order will be answered without any array of its own.

        Raises:
            EnvironmentFault: What the reference keeps of it is damaged.
        """
        with self._lock:
            if self._flight_for(pending) is not None:
                return True
        return self._known(pending) is not None

    def fill(self, pending: Pending) -> None:
        """Answer an order from a store, have it trained, or let it wait for an equal one; returns at once."""
        outcome: Kept | OrderRefusal | Exception | None
        try:
            outcome = self._known(pending) or self._begin(pending)
        except EnvironmentFault as fault:
            outcome = fault
        if outcome is not None:
            pending.resolve(outcome, trained=False)

    def _begin(self, pending: Pending) -> OrderRefusal | None:
        """Have an unknown order trained, or return why it cannot be."""
        if self._trainers is None:
            raise EnvironmentFault("no trainer can be started")
        seconds, call = pending.seconds_left, pending.description.call
        flight = _Flight(pending, pending.description.with_metrics(self._wider(pending)))
        trial = flight.description.trial
        with self._lock:
            if (refused := self._refused.get(trial)) is not None:
                return refused
            if any(not self._shelf.has(sha256) for sha256 in pending.description.arrays()):
                # When it was placed, it was known or being trained; now it is neither.
                return OrderRefusal("failed")
            if (
                seconds <= self._too_long.get(trial, 0.0)
                or self._shelf.parameters(call.weights) > self._limits.order_parameters
            ):
                return OrderRefusal("limit")
            if (under_way := self._flight_for(pending)) is not None:
                under_way.waiting.append(pending)
                return None
            self._flights.setdefault(pending.key, []).append(flight)

        def done(outcome: Trained | OrderRefusal | Exception, took: float) -> None:
            self._land(flight, outcome, seconds, took)

        self._trainers.train(Work(flight.description, seconds, done))
        return None

    def _flight_for(self, pending: Pending) -> _Flight | None:
        """Return the running training that an order waits for, None if there is none."""
        if pending.mode == "train":
            return None
        return next((one for one in self._flights.get(pending.key, ()) if one.serves(pending)), None)

    def _land(self, flight: _Flight, outcome: Trained | OrderRefusal | Exception, allowed: float, took: float) -> None:
        """Store the result of a training, resolve its order, and let waiting orders ask again."""
        pending, trial = flight.pending, flight.description.trial
        told: Kept | OrderRefusal | Exception
        try:
            told = self._keep(pending, flight.description.metrics, outcome) if isinstance(outcome, Trained) else outcome
        except Exception as error:  # noqa: BLE001 (reported to the waiting orders)
            told = error
        with self._lock:
            if isinstance(told, OrderRefusal) and told.reason == "limit":
                self._too_long[trial] = max(allowed, self._too_long.get(trial, 0.0))
            elif isinstance(told, OrderRefusal) and told.lasting:
                self._refused[trial] = told
            others = [one for one in self._flights.pop(pending.key) if one is not flight]
            if others:
                self._flights[pending.key] = others
        pending.resolve(told, trained=True, seconds=took)
        for waiting in flight.waiting:
            if isinstance(told, Exception):
                waiting.resolve(told, trained=False)
            else:
                self.fill(waiting)

    def _keep(self, pending: Pending, metrics: list[Plain], trained: Trained) -> Kept:
        description = pending.description
        kept = Kept(
            operation=description.call.operation,
            result=trained.result,
            metrics=metrics,
            arrays=trained.arrays,
            summaries={sha256: self._shelf.summary(sha256) for sha256 in description.summarised()},
            parameters=self._shelf.parameters(description.call.weights),
            initial_values=self._unusual_start(description),
            made=Made(description.call.versions, processor(), instructions()),
        )
        if pending.mode == "replay":
            if pending.may_keep(sum(array.header.size_bytes for array in kept.arrays.values())):
                self._own.put(pending.key, kept)
        elif pending.mode == "record":
            self._reference.put(pending.key, kept)
        return kept

    def _unusual_start(self, description: Description) -> Detail | None:
        """Return how a training starts otherwise than Keras starts one; None if it does not, and for other calls."""
        call = description.call
        if call.operation != "fit" or not isinstance(call.network, Graph) or call.optimizer is None:
            return None
        weights, state = (
            [self._shelf.array(sha256) for sha256 in group] for group in (call.weights, call.optimizer_state)
        )
        return unusual_start(call.network, weights) or used_optimizer(call.optimizer, state)

    def _known(self, pending: Pending) -> Kept | None:
        """Return the stored answer to an order, None if there is none."""
        metrics = pending.description.metrics
        return next((kept for kept in self._kept(pending) if kept.serves(metrics)), None)

    def _kept(self, pending: Pending) -> Iterator[Kept]:
        """Yield the stored results of an order, whatever metrics it was trained with."""
        if pending.mode != "train" and (kept := self._reference.get(pending.key)) is not None:
            yield kept
        if pending.mode == "replay":
            # A damaged file of the class's own store counts as unknown: the order is trained again and the file
            # replaced.
            with contextlib.suppress(EnvironmentFault):
                if (kept := self._own.get(pending.key)) is not None:
                    yield kept

    def _wider(self, pending: Pending) -> list[Plain]:
        """Return the metrics to train an order with: also those of earlier orders of it, so that one result serves all.

        Other notebooks' metrics must cost this order next to nothing: few of them, and only Keras's defaults.
        """
        asked = pending.description.metrics
        before = [
            metric
            for kept in self._kept(pending)
            for metric in kept.metrics
            if metric not in asked and not metric.get("differs")
        ]
        wider = [*asked, *_unique(before)[:_MOST_BESIDE]]
        # A history cannot hold two metrics of one name.
        return wider if len({metric["name"] for metric in wider}) == len(wider) else asked


def _unique(metrics: Iterable[Plain]) -> list[Plain]:
    result: list[Plain] = []
    for metric in metrics:
        if metric not in result:
            result.append(metric)
    return result
