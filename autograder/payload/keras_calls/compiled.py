"""Says what a model was compiled with: its loss, its metrics, its optimizer, whichever way each was written."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

import keras
from keras.src.losses.losses import LossFunctionWrapper
from keras.src.metrics.reduction_metrics import MeanMetricWrapper
from keras.src.optimizers.base_optimizer import BaseOptimizer

from .calls import NotReplayableError
from .network import canonical
from .own import (
    class_name,
    describe_function,
    function_name,
    is_keras_class,
    is_keras_function,
    refuse_foreign_functions,
)

_STEPS = {
    name: inspect.getattr_static(keras.Model, name)
    for name in (
        "train_step", "test_step", "compute_loss", "compute_metrics", "get_metrics_result", "make_train_function",
        "make_test_function",
    )
}  # fmt: skip
"""The methods of a model that decide what a training minimises and what it reports, as Keras has them."""


def describe_loss(model: Any) -> Any:
    """Return the loss of a built model: `"mse"`, the function and the class give the same.

    Raises:
        NotReplayableError: It isn't one loss of Keras's own.
    """
    losses = model._compile_loss._flat_losses if model._compile_loss is not None else None
    if not losses or len(losses) != 1 or losses[0].loss_weights is not None:
        raise NotReplayableError("not exactly one loss")
    loss = losses[0].loss
    if not is_keras_class(type(loss)):
        raise NotReplayableError(f"a loss of the kind {type(loss).__name__}")
    if isinstance(loss, LossFunctionWrapper):
        return [*describe_function(loss.fn, canonical(loss._fn_kwargs)), loss.reduction, loss.dtype]
    refuse_foreign_functions(loss)
    return [type(loss).__name__, canonical(loss.get_config())]


def describe_metrics(model: Any) -> list[Any]:
    """Return the metrics of a built model, with their names: those are keys of the history.

    Raises:
        NotReplayableError: One of them isn't Keras's own.
    """
    compiled = model._compile_metrics
    if compiled is None:
        return []
    if compiled._user_weighted_metrics:
        raise NotReplayableError("weighted metrics")
    return [_describe_metric(metric) for metric in compiled.metrics]


def describe_optimizer(optimizer: Any) -> list[Any]:
    """Return an optimizer's class and settings; its state is in its variables.

    Raises:
        NotReplayableError: It isn't Keras's own.
    """
    if not isinstance(optimizer, BaseOptimizer) or not is_keras_class(type(optimizer)):
        raise NotReplayableError(f"an optimizer of the kind {type(optimizer).__name__}")
    if hasattr(optimizer, "inner_optimizer"):
        raise NotReplayableError("an optimizer inside another")
    refuse_foreign_functions(optimizer)
    return [type(optimizer).__name__, canonical(optimizer.get_config())]


def _describe_metric(metric: Any) -> list[Any]:
    if not is_keras_class(type(metric)):
        raise NotReplayableError(f"a metric of the kind {type(metric).__name__}")
    if isinstance(metric, MeanMetricWrapper):
        return [metric.name, *describe_function(metric._fn, canonical(metric._fn_kwargs)), metric.dtype]
    refuse_foreign_functions(metric)
    return [metric.name, type(metric).__name__, canonical(metric.get_config()), metric.dtype]


def loss_name(model: Any) -> str:
    """Return the canonical name of a model's loss for the journal, even one that can't be replayed.

    A function of the notebook's own is named with where it stands, and so is a step that may do without the loss.

    >>> # `"mse"`, `keras.losses.MeanSquaredError()` and the function: `mean_squared_error`
    """
    for name, step in _STEPS.items():
        # The very function of Keras's: all that a function says of itself can be written by a notebook.
        if name in vars(model) or inspect.getattr_static(type(model), name, None) is not step:
            return f"{name} of {type(model).__name__}"
    loss = model.loss
    try:
        losses = model._compile_loss._flat_losses
        loss = losses[0].loss if losses and len(losses) == 1 else keras.losses.get(loss)
    except Exception:  # noqa: BLE001 (whatever a student handed to compile)
        return class_name(type(loss))
    if isinstance(loss, FunctionType):
        return function_name(loss)
    if "call" in vars(loss):
        return f"call of {type(loss).__name__}"
    if isinstance(loss, LossFunctionWrapper) and is_keras_class(type(loss)):
        return function_name(loss.fn)
    return class_name(type(loss))


def metric_names(model: Any, names: list[str]) -> list[str]:
    """Return the names of a history, those of metrics that the notebook wrote with where these stand."""
    compiled = model._compile_metrics
    foreign = {
        metric.name: function_name(metric._fn) if is_keras_class(type(metric)) else class_name(type(metric))
        for metric in (compiled.metrics if compiled is not None else ())
        if not _is_keras_metric(metric)
    }
    return [f"{name}: {foreign[name]}" if name in foreign else name for name in names]


def _is_keras_metric(metric: Any) -> bool:
    wraps = isinstance(metric, MeanMetricWrapper)
    return is_keras_class(type(metric)) and (not wraps or is_keras_function(metric._fn))
