"""Makes a call of `fit`, `evaluate` or `predict`, and says what came of it."""

from __future__ import annotations

import os
import time
from typing import Any

import keras

from ..keras_calls.arrays import Array, Arrays
from ..keras_calls.call import Call
from ..keras_calls.rates import RateObserver
from ..keras_calls.results import Result, capture_evaluate, capture_fit, capture_predict


def perform(call: Call) -> tuple[Result, Arrays]:
    """Make a call and return its result, with what it took.

    The processor time is that of the whole process: it is forked for this order, and has rebuilt it as well.
    """
    started = time.monotonic()
    result, arrays = {"fit": _fit, "evaluate": _evaluate, "predict": _predict}[call.operation](call)
    result["seconds"] = round(time.monotonic() - started, 3)
    spent = os.times()
    result["cpu_seconds"] = round(spent.user + spent.system, 3)
    return result, arrays


def _fit(call: Call) -> tuple[Result, Arrays]:
    rates = RateObserver()
    validation = call.validation
    # In this order, as most notebooks write it: the schedule, what else decides, then the history.
    callbacks = [*_scheduler(call), *call.callbacks, rates]
    history = call.model.fit(
        _as_given(call.x),
        call.y,
        batch_size=call.batch_size,
        epochs=call.epochs,
        verbose=0,
        callbacks=callbacks,
        validation_data=None if validation is None else _held_out(call),
        shuffle=call.shuffle,
        class_weight=call.class_weight,
        sample_weight=call.sample_weight,
        initial_epoch=call.initial_epoch,
        steps_per_epoch=call.steps_per_epoch,
        validation_steps=None if validation is None else validation.steps,
        validation_batch_size=None if validation is None else validation.batch_size,
        validation_freq=1 if validation is None else validation.frequency,
    )
    return capture_fit(call, history.history, rates.rates, len(history.epoch))


def _evaluate(call: Call) -> tuple[Result, Arrays]:
    logs = call.model.evaluate(
        _as_given(call.x),
        call.y,
        batch_size=call.batch_size,
        verbose=0,
        sample_weight=call.sample_weight,
        return_dict=True,
    )
    return capture_evaluate(call, logs)


def _predict(call: Call) -> tuple[Result, Arrays]:
    return capture_predict(call.model.predict(_as_given(call.x), batch_size=call.batch_size, verbose=0))


def _scheduler(call: Call) -> list[Any]:
    if call.rates is None:
        return []
    rates = call.rates
    return [keras.callbacks.LearningRateScheduler(lambda epoch, _rate: rates[epoch - call.initial_epoch])]


def _held_out(call: Call) -> tuple[Any, ...]:
    validation = call.validation
    assert validation is not None  # noqa: S101 (told by the caller)
    held_out = (_as_given(validation.x), validation.y)
    return held_out if validation.sample_weight is None else (*held_out, validation.sample_weight)


def _as_given(x: list[Array]) -> Any:
    return x[0] if len(x) == 1 else x
