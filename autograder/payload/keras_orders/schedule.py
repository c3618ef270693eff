"""Calls a notebook's schedule in advance for the learning rate of every epoch, and replays the rates to `fit`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from ..keras_calls import randomness
from ..keras_calls.own import NotOrderableError
from ..keras_calls.rates import current_rate


@dataclass(frozen=True)
class PrecomputedRates:
    """The rates of the first epochs, and the exception that the schedule raised for the next one, if any."""

    first_epoch: int
    rates: tuple[float, ...]
    error: Exception | None = None


def rates_ahead(scheduler: Any, model: Any, epochs: range) -> PrecomputedRates:
    """Return the rate of every epoch, by calling the notebook's schedule once per epoch, as `fit` would.

    The optimizer's rate and the states of the random generators are restored.

    Raises:
        NotOrderableError: The optimizer's rate cannot be set. The schedule was not called.
    """
    optimizer = model.optimizer
    if not isinstance(optimizer._learning_rate, keras.Variable):
        raise NotOrderableError("two schedules for one rate")
    before = randomness.take()
    rate_before = current_rate(optimizer)
    rates: list[float] = []
    try:
        for epoch in epochs:
            scheduler._update_optimizer_lr(optimizer, epoch)
            rates.append(current_rate(optimizer))
    except Exception as error:  # noqa: BLE001 (the student's error: `fit` runs that far and raises it)
        return PrecomputedRates(epochs.start, tuple(rates), error)
    finally:
        optimizer.learning_rate = rate_before
        randomness.put(before)
    return PrecomputedRates(epochs.start, tuple(rates))


@contextlib.contextmanager
def repeated(scheduler: Any, computed: PrecomputedRates | None) -> Iterator[None]:
    """Replay precomputed rates to `fit`, so that the schedule is called once per epoch, not twice.

    A schedule that counts its calls or appends to a list would notice the second time.
    """
    if computed is None:
        yield
        return
    schedule = scheduler.schedule

    # Keras calls once more, without the rate, after a TypeError.
    def repeat(epoch: int, _rate: float | None = None) -> float:
        place = epoch - computed.first_epoch
        if computed.error is not None and place == len(computed.rates):
            raise computed.error
        return computed.rates[place]

    scheduler.schedule = repeat
    try:
        yield
    finally:
        scheduler.schedule = schedule
