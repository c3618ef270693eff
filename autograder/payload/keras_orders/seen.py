"""Describes the visible parts of a model that cannot be ordered: layers, loss, metrics, optimizer."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import keras
from keras.src.losses.losses import LossFunctionWrapper
from keras.src.metrics.reduction_metrics import MeanMetricWrapper

from ..keras_calls.compiled import (
    compiled_metrics,
    describe_loss,
    describe_metric,
    describe_optimizer,
    weighted_metrics,
)
from ..keras_calls.network import describe_network
from ..keras_calls.own import NotOrderableError, class_name, function_name, is_keras_class

Seen = dict[str, Any]

_STEPS = {
    name: inspect.getattr_static(keras.Model, name)
    for name in (
        "train_step", "test_step", "compute_loss", "compute_metrics", "get_metrics_result", "make_train_function",
        "make_test_function",
    )
}  # fmt: skip
"""The methods of a model that decide what a training minimises and what it reports, as Keras has them."""

_SHOWN = (
    "units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "data_format", "groups", "activation",
    "use_bias", "pool_size", "rate", "axis", "momentum", "epsilon", "alpha", "negative_slope", "keepdims", "trainable",
    "target_shape",
)  # fmt: skip
_BOUND_BY = (
    "kernel_regularizer", "bias_regularizer", "activity_regularizer", "recurrent_regularizer", "embeddings_regularizer",
    "kernel_constraint", "bias_constraint", "recurrent_constraint", "embeddings_constraint",
)  # fmt: skip
"""Settings that change what a layer learns; shown by the name of their class, if they have one."""


def replaced_step(model: Any) -> str:
    """Return which training step a model overrides, empty if none.

    Compares with Keras's own function objects, since a function's attributes can be forged.
    """
    for name, step in _STEPS.items():
        if name in vars(model) or inspect.getattr_static(type(model), name, None) is not step:
            return f"{name} of {type(model).__name__}"
    return ""


def see_network(model: Any) -> Seen:
    """Return the graph of a model, or the visible layers of a model without a graph."""
    try:
        return describe_network(model)
    except Exception:  # noqa: BLE001 (subclassed, shared or own layers: anything without a plain graph)
        return {"opaque": list(_layers(model, []))}


def see_loss(model: Any) -> Seen:
    """Return the loss of a model; the notebook's own function is named with its module."""
    own = replaced_step(model)
    if own:
        return _named(own)
    try:
        return describe_loss(model)
    except Exception:  # noqa: BLE001 (not built, or several losses, or one of the notebook's own)
        return _named(_loss_name(model))


def see_metrics(model: Any) -> list[Seen]:
    """Return the metrics of a model, the notebook's own by their names."""
    return [_metric(metric) for metric in (*compiled_metrics(model), *weighted_metrics(model))]


def see_optimizer(model: Any) -> Seen:
    """Return the optimizer of a model with its numeric settings."""
    optimizer = model.optimizer
    try:
        return describe_optimizer(optimizer)
    except Exception:  # noqa: BLE001 (of the notebook's own)
        seen = _named(class_name(type(optimizer)))
        try:
            settings = optimizer.get_config()
        except Exception:  # noqa: BLE001 (of the notebook's own)
            return seen
        return {**seen, "settings": {name: value for name, value in settings.items() if _is_number(value)}}


def _metric(metric: Any) -> Seen:
    name = str(metric.name)[:100]
    try:
        return describe_metric(metric)
    except NotOrderableError:
        wraps = isinstance(metric, MeanMetricWrapper) and is_keras_class(type(metric))
        return {"name": name, **_named(function_name(metric._fn) if wraps else class_name(type(metric)))}


def _named(name: str) -> Seen:
    return {"class": name[:100], "settings": {}, "differs": []}


def _is_number(value: Any) -> bool:
    return type(value) in (bool, int) or (type(value) is float and math.isfinite(value))


def _loss_name(model: Any) -> str:
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


def _layers(thing: Any, within: list[str]) -> Iterator[Seen]:
    """Yield the single layers of a model or a block, each with the notebook's own classes that enclose it."""
    around = within if is_keras_class(type(thing)) else [*within, type(thing).__name__]
    # Including those in a list or a dictionary of a block.
    for layer in thing._flatten_layers(recursive=False, include_self=False):
        if isinstance(layer, keras.layers.InputLayer):
            continue
        inner = isinstance(layer, keras.Model) or not is_keras_class(type(layer))
        found = list(_layers(layer, around)) if inner else []
        yield from found or [_layer(layer, around)]


def _layer(layer: Any, within: list[str]) -> Seen:
    settings: Seen = {}
    for name in _SHOWN:
        value = getattr(layer, name, None)
        if name == "activation" and callable(value):
            value = _activation_name(value)
        if isinstance(value, tuple | list) and all(type(item) is int for item in value):
            settings[name] = list(value)
        elif type(value) is str or _is_number(value):
            settings[name] = value
    for name in _BOUND_BY:
        bound = getattr(layer, name, None)
        if bound is not None:
            settings[name] = type(bound).__name__
    kind = type(layer)
    # The effect of settings in the notebook's own class is not observed, whatever its name.
    around = within if is_keras_class(kind) else [*within, kind.__name__]
    seen: Seen = {"class": class_name(kind), "settings": settings}
    return {**seen, "within": around[-1]} if around else seen


def _activation_name(activation: Any) -> str:
    if isinstance(activation, FunctionType):
        # TensorFlow's name for softmax; a recipe asks for what is computed.
        return function_name(activation).removesuffix("_v2")
    return class_name(type(activation))
