"""Parses the arguments of `fit`, `evaluate` and `predict` into a call that may be ordered."""

from __future__ import annotations

import dataclasses
import inspect
import math
import os
from collections.abc import Mapping
from typing import Any

import keras
from keras.src.backend import config as keras_config

from ..keras_calls import randomness
from ..keras_calls.call import BuiltCall, BuiltValidation
from ..keras_calls.callbacks import decides
from ..keras_calls.captured_arrays import Array
from ..keras_calls.compiled import compiled_metrics, is_own_metric, weighted_metrics
from ..keras_calls.keras_data import as_array, as_inputs, batch_size, split, unpack, whole
from ..keras_calls.object_settings import plain
from ..keras_calls.own import NotOrderableError
from ..keras_calls.variables import build


@dataclasses.dataclass(frozen=True)
class Callbacks:
    """The callbacks of a `fit`, grouped by their role in an order.

    `left_out` names those that an order cannot express: with one of them, the notebook trains itself, and the result is
    compared with the order's.
    """

    deciding: tuple[Any, ...] = ()
    schedulers: tuple[Any, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Reading:
    """A call on a built model, and the parts that an order leaves out."""

    call: BuiltCall
    schedulers: tuple[Any, ...] = ()
    left_out: tuple[str, ...] = ()


def read_fit(bound: inspect.BoundArguments) -> Reading:
    """Parse a call of `fit`, and build its model.

    Raises:
        NotOrderableError: An argument cannot be expressed as plain data.
    """
    given = bound.arguments
    model = given["self"]
    if not model.compiled or getattr(model, "_initial_epoch", None):
        raise NotOrderableError("a model that isn't compiled, or goes on where a backup ended")
    _reject_changed_flags(model)
    x, y, sample_weight, validation_data = given["x"], given["y"], given["sample_weight"], given["validation_data"]
    if given["validation_split"] and validation_data is None:
        (x, y, sample_weight), validation_data = split(x, y, sample_weight, given["validation_split"])
    if y is None:
        raise NotOrderableError("no targets")
    inputs = as_inputs(x, _input_names(model))
    steps = None if given["steps_per_epoch"] is None else whole(given["steps_per_epoch"], "steps_per_epoch", 1)
    initial_epoch = whole(given["initial_epoch"], "initial_epoch", 0)
    callbacks = read_callbacks(given["callbacks"])
    call = BuiltCall(
        operation="fit",
        model=model,
        x=inputs,
        batch_size=batch_size(given["batch_size"], len(inputs[0]), steps),
        y=as_array(y),
        sample_weight=None if sample_weight is None else as_array(sample_weight),
        epochs=whole(given["epochs"], "epochs", initial_epoch + 1),
        initial_epoch=initial_epoch,
        shuffle=_shuffle(given["shuffle"]),
        seed=_seed(given["shuffle"]),
        unseeded=bool(given["shuffle"]) and randomness.tensorflow_seed() is None,
        steps_per_epoch=steps,
        class_weight=_class_weight(given["class_weight"], sample_weight),
        validation=None if validation_data is None else _validation(validation_data, given),
        callbacks=callbacks.deciding,
    )
    build(model, call.x, call.y, call.batch_size, optimizer=True)
    return Reading(call, callbacks.schedulers, (*callbacks.left_out, *_own_metrics(model)))


def read_evaluate(bound: inspect.BoundArguments) -> Reading:
    """Parse a call of `evaluate` or `test_on_batch`, and build its model.

    Raises:
        NotOrderableError: An argument cannot be expressed as plain data.
    """
    given = bound.arguments
    model = given["self"]
    _reject_given(given, "steps callbacks kwargs")
    if not model.compiled or given["y"] is None:
        raise NotOrderableError("nothing to evaluate against")
    x = as_inputs(given["x"], _input_names(model))
    # `test_on_batch` uses a single batch.
    size = batch_size(given["batch_size"], len(x[0]), None) if "batch_size" in given else max(len(x[0]), 1)
    sample_weight = given["sample_weight"]
    call = BuiltCall(
        operation="evaluate",
        model=model,
        x=x,
        batch_size=size,
        y=as_array(given["y"]),
        sample_weight=None if sample_weight is None else as_array(sample_weight),
    )
    build(model, call.x, call.y, call.batch_size, optimizer=False)
    return Reading(call, left_out=tuple(_own_metrics(model)))


def read_predict(bound: inspect.BoundArguments) -> Reading:
    """Parse a call of `predict`, and build its model.

    Raises:
        NotOrderableError: An argument cannot be expressed as plain data.
    """
    given = bound.arguments
    _reject_given(given, "steps callbacks")
    x = as_inputs(given["x"], _input_names(given["self"]))
    call = BuiltCall("predict", given["self"], x, batch_size(given["batch_size"], len(x[0]), None))
    build(call.model, call.x, None, call.batch_size, optimizer=False)
    return Reading(call)


def read_callbacks(value: Any) -> Callbacks:
    """Group the callbacks of a `fit` by their role.

    Raises:
        NotOrderableError: They are not in a list.
    """
    if isinstance(value, keras.callbacks.CallbackList | Mapping):
        raise NotOrderableError("callbacks in a container of another kind")
    given = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    deciding = tuple(callback for callback in given if decides(callback))
    schedulers = tuple(callback for callback in given if type(callback) is keras.callbacks.LearningRateScheduler)
    histories = [callback for callback in given if type(callback) is keras.callbacks.History]
    known = {id(callback) for callback in (*deciding, *schedulers, *histories)}
    left_out = [type(callback).__name__ for callback in given if id(callback) not in known]
    if len(histories) > 1 or any(history.history for history in histories):
        left_out.append("a History that goes on")
    elif histories and given[-1] is not histories[0] and (deciding or schedulers):
        left_out.append("a History before what decides")
    if len(schedulers) > 1 or (schedulers and deciding):
        # If a training may end early, or something else changes the rate, a schedule cannot be called in advance.
        left_out.append("LearningRateScheduler beside another callback")
    return Callbacks(deciding, schedulers, tuple(left_out))


def _reject_given(given: Mapping[str, Any], names: str) -> None:
    for name in names.split():
        value = given.get(name)
        # Check the type first: an array would compare element by element.
        if value is not None and not (type(value) in (int, float, dict, list, tuple) and not value):
            raise NotOrderableError(f"{name} is given")


def _reject_changed_flags(model: Any) -> None:
    """Reject `trainable` flags changed since `compile`: Keras keeps training what was trainable before."""
    compiled = getattr(model, "_compiled_trainable_state", None)
    if model.train_function is not None and compiled is not None:
        for layer, trainable in compiled.items():
            if layer.trainable != trainable:
                raise NotOrderableError("layers that were frozen or thawed without compiling")


def _own_metrics(model: Any) -> list[str]:
    own = [metric for metric in (*compiled_metrics(model), *weighted_metrics(model)) if is_own_metric(metric)]
    return [f"metric {str(metric.name)[:40]}" for metric in own]


def _input_names(model: Any) -> list[str]:
    names = getattr(model, "input_names", None)
    return list(names) if names else [""]


def _shuffle(value: Any) -> bool | str:
    if type(value) is bool or value == "batch":
        return value  # type: ignore[no-any-return]
    raise NotOrderableError("another way of shuffling")


def _seed(shuffle: Any) -> int | None:
    """Return the seed with which `fit` shuffles.

    If the notebook has set none, Keras draws one for every training without advancing any generator; so do we.
    """
    if not shuffle:
        return None
    seed = randomness.tensorflow_seed()
    return int.from_bytes(os.urandom(4), "big") >> 1 if seed is None else seed


def _class_weight(value: Any, sample_weight: Any) -> dict[int, float] | None:
    if value is None:
        return None
    if sample_weight is not None or not isinstance(value, Mapping):
        raise NotOrderableError("weights of classes that Keras does not take")
    weights = {plain(name): plain(weight) for name, weight in value.items()}
    if any(type(name) is not int or type(weight) not in (int, float) for name, weight in weights.items()):
        raise NotOrderableError("weights of classes that are no numbers")
    return {name: float(weight) for name, weight in weights.items()}


def _validation(data: Any, given: Mapping[str, Any]) -> BuiltValidation:
    x, y, sample_weight = unpack(data)
    if y is None:
        raise NotOrderableError("validation data without targets")
    inputs = as_inputs(x, _input_names(given["self"]))
    steps = None if given["validation_steps"] is None else whole(given["validation_steps"], "validation_steps", 1)
    frequency = plain(given["validation_freq"])
    if type(frequency) is not int and not isinstance(frequency, list):
        raise NotOrderableError("another validation_freq")
    weights: Array | None = None if sample_weight is None else as_array(sample_weight)
    size = batch_size(given["validation_batch_size"] or given["batch_size"], len(inputs[0]), steps)
    return BuiltValidation(inputs, as_array(y), weights, size, steps, frequency)


def most_epochs(call: BuiltCall) -> int:
    """Return the most epochs that `fit` may run, by its arguments and Keras's limit."""
    most = keras_config.max_epochs()
    return min(call.epochs, most) if most else call.epochs


def steps_of(call: BuiltCall) -> int:
    """Return the number of steps per epoch that `fit` reports."""
    steps = min(filter(None, (call.steps_per_epoch, keras_config.max_steps_per_epoch())), default=None)
    return steps or math.ceil(len(call.x[0]) / call.batch_size)
