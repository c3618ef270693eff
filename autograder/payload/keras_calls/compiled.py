"""Describes what a model was compiled with (loss, metrics, optimizer, in any notation) and rebuilds it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import keras
from keras.src.losses.losses import LossFunctionWrapper
from keras.src.metrics.reduction_metrics import MeanMetricWrapper
from keras.src.optimizers.base_optimizer import BaseOptimizer

from .allowed import LOSS_FUNCTIONS, family_of
from .network import reject_foreign_functions
from .object_settings import build, describe, plain
from .own import NotOrderableError, is_keras_class

_LOSS_DEFAULTS = {"reduction": "sum_over_batch_size", "dtype": "float32"}
_METRIC_DEFAULTS = {"dtype": "float32"}


def describe_loss(model: Any) -> dict[str, Any]:
    """Return the loss of a built model; `"mse"`, the function and the class give the same description.

    Raises:
        NotOrderableError: It is not a single loss of Keras.
    """
    loss = _single_loss(model).loss
    reject_foreign_functions_except(loss, "fn")
    if isinstance(loss, LossFunctionWrapper) and is_keras_class(type(loss)):
        settings = {"reduction": loss.reduction, "dtype": loss.dtype}
        return _describe_function(loss.fn, dict(loss._fn_kwargs), settings, _LOSS_DEFAULTS)
    described = describe(loss)
    described["settings"] |= {"reduction": loss.reduction, "dtype": loss.dtype}
    return described


def loss_weight(model: Any) -> float | None:
    """Return the factor of a built model's loss, None if there is none.

    Raises:
        NotOrderableError: It is not a number.
    """
    weight = plain(_single_loss(model).loss_weights)
    if weight is not None and type(weight) not in (int, float):
        raise NotOrderableError("loss weights that are no number")
    return None if weight is None else float(weight)


def rebuild_loss(description: Mapping[str, Any]) -> Any:
    """Return the loss that `describe_loss` described.

    Raises:
        NotOrderableError: It is not one of Keras's.
    """
    function = LOSS_FUNCTIONS.get(description["class"])
    if function is None:
        return build("losses", description)
    return LossFunctionWrapper(function, **description["settings"])


def compiled_metrics(model: Any) -> list[Any]:
    """Return the metrics of a built model that ignore sample weights."""
    compiled = model._compile_metrics
    if compiled is None or not compiled.built:
        return []
    return [metric for group in compiled._flat_metrics if group is not None for metric in group.metrics]


def weighted_metrics(model: Any) -> list[Any]:
    """Return the metrics of a built model that use sample weights."""
    compiled = model._compile_metrics
    if compiled is None or not compiled.built:
        return []
    return [metric for group in compiled._flat_weighted_metrics if group is not None for metric in group.metrics]


def is_own_metric(metric: Any) -> bool:
    """Return whether a metric is the notebook's own, or one that the trainer does not build."""
    try:
        describe_metric(metric)
    except NotOrderableError:
        return True
    return False


def describe_metric(metric: Any) -> dict[str, Any]:
    """Return a metric with its name, which is a key of the history.

    Raises:
        NotOrderableError: It is not Keras's own.
    """
    direction = getattr(metric, "_direction", None)
    reject_foreign_functions_except(metric, "_fn")
    if isinstance(metric, MeanMetricWrapper) and is_keras_class(type(metric)):
        settings = {"dtype": metric.dtype, "direction": direction}
        described = _describe_function(metric._fn, dict(metric._fn_kwargs), settings, _METRIC_DEFAULTS)
    else:
        described = describe(metric)
    return {"name": str(metric.name), **described}


def rebuild_metric(description: Mapping[str, Any]) -> Any:
    """Return the metric that `describe_metric` described.

    Raises:
        NotOrderableError: It is not one of Keras's.
    """
    function = LOSS_FUNCTIONS.get(description["class"])
    if function is None:
        return build("metrics", description, name=description["name"])
    settings = dict(description["settings"])
    direction = settings.pop("direction")
    metric = MeanMetricWrapper(function, name=description["name"], **settings)
    vars(metric).pop("_direction", None)
    if direction is not None:
        metric._direction = direction
    return metric


def describe_optimizer(optimizer: Any) -> dict[str, Any]:
    """Return an optimizer's class and settings; its variables hold its state.

    Raises:
        NotOrderableError: It is not Keras's own.
    """
    if not isinstance(optimizer, BaseOptimizer) or family_of(optimizer) != "optimizers":
        raise NotOrderableError(f"an optimizer of the kind {type(optimizer).__name__}")
    reject_foreign_functions(optimizer)
    excluded = getattr(optimizer, "_exclude_from_weight_decay", None)
    if excluded or getattr(optimizer, "_exclude_from_weight_decay_pattern", None):
        raise NotOrderableError("variables that are left out of the weight decay")
    return describe(optimizer)


def _single_loss(model: Any) -> Any:
    losses = model._compile_loss._flat_losses if model._compile_loss is not None else None
    if not losses or len(losses) != 1 or model._compile_loss.dtype != keras.config.floatx():
        raise NotOrderableError("not exactly one loss")
    return losses[0]


def reject_foreign_functions_except(thing: Any, known: str) -> None:
    """Search the attributes of a loss or metric for foreign functions, except the one that is described separately.

    Raises:
        NotOrderableError: One of them is not Keras's own.
    """
    function = vars(thing).get(known)
    if function is None:
        reject_foreign_functions(thing)
    elif LOSS_FUNCTIONS.get(getattr(function, "__name__", "")) is not function:
        raise NotOrderableError("a function that isn't Keras's own")


def _describe_function(
    function: Any, options: dict[str, Any], beside: dict[str, Any], defaults: dict[str, Any]
) -> dict[str, Any]:
    """Return a function's name and all its options, including defaults."""
    own_defaults = {
        parameter.name: parameter.default
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is not inspect.Parameter.empty
    }
    settings = plain({**own_defaults, **options, **beside})
    usual = plain({**own_defaults, **defaults})
    return {
        "class": function.__name__,
        "settings": settings,
        "differs": [name for name, value in settings.items() if name != "direction" and value != usual.get(name)],
    }
