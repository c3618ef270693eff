"""Learning rates: ahead of a training from the student's own schedule, and as each epoch began; the epochs' results."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from . import randomness
from .calls import FitCall, NotReplayableError


class RateObserver(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes the learning rate as each epoch begins. Goes last, after any scheduler has spoken."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the present rate."""
        # An optimizer of the notebook's own may have none, and its training shall not fail for that.
        with contextlib.suppress(Exception):
            self.rates.append(current_rate(self.model.optimizer))


class ResultObserver(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes what each epoch gave. Goes first: a callback of the notebook's may rewrite what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[dict[str, Any]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note the results of an epoch."""
        self.results.append(dict(logs or {}))


def current_rate(optimizer: Any) -> float:
    """Return an optimizer's learning rate, as the 32-bit number that it computes with."""
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def add_observers(bound: inspect.BoundArguments, first: ResultObserver, last: RateObserver) -> Any:
    """Return the callbacks of a `fit` with the observers around them."""
    given = bound.arguments["callbacks"]
    if given is None:
        return [first, last]
    if isinstance(given, list | tuple):
        return [first, *given, last]
    if isinstance(given, keras.callbacks.CallbackList):
        # It has handed the model to its callbacks already.
        return given
    return [first, given, last]


def schedulers(call: FitCall) -> list[Any]:
    """Return the callbacks that set the learning rate."""
    return [callback for callback in call.callbacks if type(callback) is keras.callbacks.LearningRateScheduler]


@dataclass(frozen=True)
class Spoken:
    """What a schedule said ahead: the rates of the first epochs, and what it raised in place of the next one's."""

    rates: list[float]
    error: Exception | None = None


def rates_ahead(call: FitCall) -> Spoken | None:
    """Return the rate of every epoch, by letting the student's schedule speak once an epoch, as `fit` would.

    Nothing is left behind: not the optimizer's rate, not the states of the random generators.

    Returns:
        None when nothing but the optimizer itself decides the rate.

    Raises:
        NotReplayableError: More than one schedule decides it. None of them was asked.
    """
    callbacks = schedulers(call)
    if not callbacks:
        return None
    optimizer = call.model.optimizer
    if len(callbacks) > 1 or not isinstance(optimizer._learning_rate, keras.Variable):
        raise NotReplayableError("two schedules for one rate")
    before = randomness.take()
    rate_before = current_rate(optimizer)
    rates: list[float] = []
    try:
        for epoch in range(call.epochs):
            callbacks[0]._update_optimizer_lr(optimizer, epoch)
            rates.append(current_rate(optimizer))
    except Exception as error:  # noqa: BLE001 (the student's own: `fit` shall run that far and raise it)
        return Spoken(rates, error)
    finally:
        optimizer.learning_rate = rate_before
        randomness.put(before)
    return Spoken(rates)


@contextlib.contextmanager
def repeated(call: FitCall, said: Spoken | None) -> Iterator[None]:
    """Let `fit` hear what the schedule has already said, so that it speaks once an epoch, not twice.

    A schedule that counts its calls or appends to a list would notice the second time.
    """
    if said is None:
        yield
        return
    (scheduler,) = schedulers(call)
    schedule = scheduler.schedule

    # Keras asks once more, without the rate, after a TypeError.
    def repeat(epoch: int, _rate: float | None = None) -> float:
        if said.error is not None and epoch == len(said.rates):
            raise said.error
        return said.rates[epoch]

    scheduler.schedule = repeat
    try:
        yield
    finally:
        scheduler.schedule = schedule
