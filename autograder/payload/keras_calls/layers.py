"""A model's layers as the journal shows them: what each computes, however the student wrote it down."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import keras

from .network import functional_graph, node_of
from .own import class_name, function_name, is_keras_class

_ACTIVATIONS = {"ReLU": "relu", "Relu": "relu", "Softmax": "softmax", "Sigmoid": "sigmoid", "Tanh": "tanh"}
_SHOWN = (
    "units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "data_format", "groups", "activation",
    "use_bias", "pool_size", "rate", "axis", "momentum", "epsilon", "alpha", "negative_slope", "keepdims", "trainable",
    "target_shape",
)  # fmt: skip
_BOUND_BY = (
    "kernel_regularizer", "bias_regularizer", "activity_regularizer", "recurrent_regularizer", "embeddings_regularizer",
    "kernel_constraint", "bias_constraint", "recurrent_constraint", "embeddings_constraint",
)  # fmt: skip
"""What changes what a layer learns; shown by the name of its class, where there is one."""


def summarise_layers(model: Any) -> list[dict[str, Any]]:
    """Return kind and settings of every layer but the inputs.

    An activation written as a layer of its own is shown in the layer before it, when that has none and feeds
    nothing else: `Dense(8)` then `Activation("relu")` reads as `Dense(8, activation="relu")`. Of a block in a class of
    the notebook's own the layers are shown, `within` that class; how it calls them is not seen.
    """
    try:
        return _summarise_graph(functional_graph(model))
    except Exception:  # noqa: BLE001 (subclassed, shared: no graph to read)
        layers = getattr(model, "layers", [])
        return _within(model, [shown for layer in layers for shown in _inside(layer) or [_summarise(layer)]])


def _summarise_graph(graph: Any) -> list[dict[str, Any]]:
    operations = [operation for operation in graph.operations if not isinstance(operation, keras.layers.InputLayer)]
    feeders = {id(operation): _feeders(operation, graph) for operation in operations}
    consumers: dict[int, int] = {}
    for fed in feeders.values():
        for feeder in fed:
            consumers[id(feeder)] = consumers.get(id(feeder), 0) + 1
    outputs = {id(tensor._keras_history.operation) for tensor in graph.outputs}

    shown: dict[int, dict[str, Any]] = {}
    result = []
    for operation in operations:
        activation = _activation_of(operation)
        fed = feeders[id(operation)]
        before = shown.get(id(fed[0])) if len(fed) == 1 else None
        if (
            activation is not None
            and before is not None
            and before["settings"].get("activation") == "linear"
            and consumers[id(fed[0])] == 1
            and id(fed[0]) not in outputs
        ):
            before["settings"]["activation"] = activation
            shown[id(operation)] = before
            continue
        inside = _inside(operation)
        shown[id(operation)] = _summarise(operation)
        result += inside or [shown[id(operation)]]
    return result


def _inside(operation: Any) -> list[dict[str, Any]]:
    """Return the layers that a model or a block within a network is made of; none for a layer of Keras's own."""
    if isinstance(operation, keras.Model):
        return summarise_layers(operation)
    if not isinstance(operation, keras.Layer) or is_keras_class(type(operation)):
        return []
    # Also what a list or a dictionary of the block holds, and what lies in a block within it.
    layers = [layer for layer in operation._flatten_layers(include_self=False) if _is_single(layer)]
    return _within(operation, list(map(_summarise, layers)))


def _is_single(layer: Any) -> bool:
    return is_keras_class(type(layer)) and not isinstance(layer, keras.Model | keras.layers.InputLayer)


def _within(block: Any, layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**shown, "settings": {"within": type(block).__name__} | shown["settings"]} for shown in layers]


def _feeders(operation: Any, graph: Any) -> list[Any]:
    return [tensor._keras_history.operation for tensor in node_of(operation, graph).arguments.keras_tensors]


def _activation_of(operation: Any) -> str | None:
    """Return the name of the activation that an operation is, None when it is anything else."""
    if not is_keras_class(type(operation)):
        return None
    kind = type(operation).__name__
    if kind == "Activation":
        return _activation_name(operation.activation)
    if kind == "ReLU" and not _is_plain_relu(operation):
        return None
    return _ACTIVATIONS.get(kind)


def _activation_name(activation: Any) -> str:
    if isinstance(activation, FunctionType):
        # TensorFlow's softmax is called so; a recipe asks for what is computed.
        return function_name(activation).removesuffix("_v2")
    return class_name(type(activation))


def _is_plain_relu(layer: Any) -> bool:
    return layer.max_value is None and not layer.negative_slope and not layer.threshold


def _summarise(operation: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for name in _SHOWN:
        value = getattr(operation, name, None)
        if name == "activation" and callable(value):
            value = _activation_name(value)
        if isinstance(value, tuple | list) and all(type(item) is int for item in value):
            settings[name] = list(value)
        elif type(value) in (bool, int, float, str):
            settings[name] = value
    for name in _BOUND_BY:
        bound = getattr(operation, name, None)
        if bound is not None:
            settings[name] = type(bound).__name__
    kind = type(operation)
    if not is_keras_class(kind):
        # What a class of the notebook's own does with its settings is not seen, whatever it is called.
        settings["within"] = kind.__name__
    return {"kind": class_name(kind), "settings": settings}
