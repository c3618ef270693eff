"""Says what a model was compiled with: its loss, its metrics, its optimizer, whichever way each was written."""

from __future__ import annotations

from typing import Any

import keras
from keras.src.losses.losses import LossFunctionWrapper
from keras.src.metrics.reduction_metrics import MeanMetricWrapper
from keras.src.optimizers.base_optimizer import BaseOptimizer

from .calls import NotReplayableError
from .network import canonical
from .own import describe_function, is_keras_class, refuse_foreign_functions

_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics", "get_metrics_result")
"""The methods of a model that decide what a training minimises and what it reports."""


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
    for name in _STEPS:
        if not _module_of(getattr(model, name, None)).startswith("keras.src."):
            return f"{name} of {type(model).__name__}"
    loss = model.loss
    try:
        losses = model._compile_loss._flat_losses
        loss = losses[0].loss if losses and len(losses) == 1 else keras.losses.get(loss)
    except Exception:  # noqa: BLE001 (whatever a student handed to compile)
        return type(loss).__name__
    function = getattr(loss, "fn", loss)
    name = str(getattr(function, "__name__", type(loss).__name__))
    module = _module_of(function)
    return name if module.startswith("keras.src.") else f"{name} of {module}"


def _module_of(function: Any) -> str:
    return str(getattr(function, "__module__", "") or type(function).__module__)
