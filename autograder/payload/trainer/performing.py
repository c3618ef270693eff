"""Makes a call of `fit`, `evaluate` or `predict`, and returns its result."""

from __future__ import annotations

from typing import Any

import keras

from ..keras_calls.call import BuiltCall
from ..keras_calls.captured_arrays import Array, Arrays
from ..keras_calls.capturing import Result, capture_evaluate, capture_fit, capture_predict
from ..keras_calls.rates import RateObserver


def perform(call: BuiltCall) -> tuple[Result, Arrays]:
    """Make a call and return its result."""
    return {"fit": _fit, "evaluate": _evaluate, "predict": _predict}[call.operation](call)


def _fit(call: BuiltCall) -> tuple[Result, Arrays]:
    rates = RateObserver()
    validation = call.validation
    # In this order, as most notebooks have it: the schedule, other deciding callbacks, then the history.
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


def _evaluate(call: BuiltCall) -> tuple[Result, Arrays]:
    logs = call.model.evaluate(
        _as_given(call.x),
        call.y,
        batch_size=call.batch_size,
        verbose=0,
        sample_weight=call.sample_weight,
        return_dict=True,
    )
    return capture_evaluate(call, logs)


def _predict(call: BuiltCall) -> tuple[Result, Arrays]:
    return capture_predict(call.model.predict(_as_given(call.x), batch_size=call.batch_size, verbose=0))


def _scheduler(call: BuiltCall) -> list[Any]:
    if call.rates is None:
        return []
    rates = call.rates
    return [keras.callbacks.LearningRateScheduler(lambda epoch, _rate: rates[epoch - call.initial_epoch])]


def _held_out(call: BuiltCall) -> tuple[Any, ...]:
    validation = call.validation
    assert validation is not None  # noqa: S101 (checked by the caller)
    held_out = (_as_given(validation.x), validation.y)
    return held_out if validation.sample_weight is None else (*held_out, validation.sample_weight)


def _as_given(x: list[Array]) -> Any:
    return x[0] if len(x) == 1 else x
