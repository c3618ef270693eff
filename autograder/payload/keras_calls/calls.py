"""The arguments of a `fit`, an `evaluate` or a `predict`, and whether a call with such arguments can be replayed."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras.src.backend import config as keras_config

DEFAULT_BATCH_SIZE = 32
_PAIR = 2
_EAGER_TENSOR = "EagerTensor"


class NotReplayableError(Exception):
    """The result of this call depends on something that a fingerprint does not hold. It is run instead."""


@dataclass(frozen=True)
class FitCall:
    """A `fit` that can be replayed: plain arrays, all epochs, no weights of samples or classes."""

    model: Any
    x: Any
    y: Any
    validation: tuple[Any, Any] | None
    batch_size: int
    validation_batch_size: int
    epochs: int
    shuffle: bool
    callbacks: tuple[Any, ...]
    verbose: Any


@dataclass(frozen=True)
class TestCall:
    """An `evaluate` or a `predict` (without targets) that can be replayed."""

    model: Any
    x: Any
    y: Any
    batch_size: int


def read_fit(bound: inspect.BoundArguments) -> FitCall:
    """Read a call of `fit`.

    Raises:
        NotReplayableError: Some argument is of another kind than `FitCall` holds.
    """
    given = bound.arguments
    _refuse_unless_default(
        given, "validation_split class_weight sample_weight initial_epoch steps_per_epoch validation_steps"
    )
    if given["validation_freq"] != 1 or keras_config.max_epochs() or keras_config.max_steps_per_epoch():
        raise NotReplayableError("not every epoch is run or validated")
    if type(given["epochs"]) is not int or given["epochs"] < 1:
        raise NotReplayableError("no epochs")
    if type(given["shuffle"]) is not bool:
        raise NotReplayableError("another way of shuffling")
    batch_size = _batch_size(given["batch_size"])
    return FitCall(
        model=given["self"],
        x=_array(given["x"]),
        y=_array(given["y"]),
        validation=_validation(given["validation_data"]),
        batch_size=batch_size,
        validation_batch_size=_batch_size(given["validation_batch_size"] or batch_size),
        epochs=given["epochs"],
        shuffle=given["shuffle"],
        callbacks=_callbacks(given["callbacks"]),
        verbose=given["verbose"],
    )


def read_test(bound: inspect.BoundArguments) -> TestCall:
    """Read a call of `evaluate` or `predict`.

    Raises:
        NotReplayableError: Some argument is of another kind than `TestCall` holds.
    """
    given = bound.arguments
    _refuse_unless_default(given, "sample_weight steps callbacks kwargs")
    if keras_config.max_steps_per_epoch():
        raise NotReplayableError("not every batch is run")
    y = _array(given["y"]) if "y" in given else None
    return TestCall(given["self"], _array(given["x"]), y, _batch_size(given["batch_size"]))


def _refuse_unless_default(given: dict[str, Any], names: str) -> None:
    for name in names.split():
        value = given.get(name)
        # By type first: an array would compare element by element.
        if value is not None and not (type(value) in (int, float, dict, list) and not value):
            raise NotReplayableError(f"{name} is given")


def _array(value: Any) -> Any:
    if type(value) is np.ndarray and value.dtype.kind in "biuf" and value.ndim >= 1:
        return value
    # `type(tf.constant(0))`, told without importing TensorFlow's insides.
    if type(value).__name__ == _EAGER_TENSOR and type(value).__module__.startswith("tensorflow."):
        return value.numpy()
    raise NotReplayableError(f"data in a {type(value).__name__}")


def _validation(value: Any) -> tuple[Any, Any] | None:
    if value is None:
        return None
    if type(value) not in (tuple, list) or len(value) != _PAIR:
        raise NotReplayableError("validation data that is no pair of arrays")
    return _array(value[0]), _array(value[1])


def _batch_size(value: Any) -> int:
    if value is None:
        return DEFAULT_BATCH_SIZE
    if not isinstance(value, int | np.integer) or value < 1:
        raise NotReplayableError("a batch size that is no whole number")
    return int(value)


def _callbacks(value: Any) -> tuple[Any, ...]:
    callbacks = tuple(value) if isinstance(value, list | tuple) else () if value is None else (value,)
    known = (keras.callbacks.LearningRateScheduler, keras.callbacks.History)
    for callback in callbacks:
        if type(callback) not in known:
            raise NotReplayableError(f"a callback of the kind {type(callback).__name__}")
    histories = [callback for callback in callbacks if type(callback) is keras.callbacks.History]
    if len(histories) > 1 or any(history.history for history in histories):
        raise NotReplayableError("two histories, or one that goes on")
    return callbacks
