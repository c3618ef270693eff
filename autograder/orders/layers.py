"""Summarise a network's layers for the journal: what each computes, however the notebook wrote it."""

from __future__ import annotations

from collections import Counter

from autograder.orders.description import Graph, Opaque, Operation, Plain, references
from autograder.records import JSON

_ACTIVATIONS = {"ReLU": "relu", "Relu": "relu", "Softmax": "softmax", "Sigmoid": "sigmoid", "Tanh": "tanh"}
SHOWN = (
    "units", "filters", "kernel_size", "strides", "padding", "dilation_rate", "data_format", "groups", "activation",
    "use_bias", "pool_size", "rate", "axis", "momentum", "epsilon", "alpha", "negative_slope", "keepdims", "trainable",
    "target_shape",
)  # fmt: skip
_BOUND_BY = (
    "kernel_regularizer", "bias_regularizer", "activity_regularizer", "recurrent_regularizer", "embeddings_regularizer",
    "kernel_constraint", "bias_constraint", "recurrent_constraint", "embeddings_constraint",
)  # fmt: skip
"""Settings that change what a layer learns; shown by the name of their class, if they have one."""


def summarise_layers(network: Graph | Opaque) -> list[Plain]:
    """Return the kind and settings of every layer except the inputs (`records.Layer`).

    An activation in a separate layer is merged into the layer before it, if that has none and feeds nothing else:
    `Dense(8)` then `Activation("relu")` becomes `Dense(8, activation="relu")`. For a block in the notebook's own class,
    the layers are listed `within` that class; how it calls them is not observed.
    """
    if isinstance(network, Opaque):
        return [
            {"kind": part.kind, "settings": ({"within": part.within} if part.within else {}) | _shown(part.settings)}
            for part in network.opaque
        ]
    feeders = [list(references((operation.call, operation.options))) for operation in network.operations]
    consumers = Counter(place for fed in feeders for place in fed)
    outputs = {end.operation for end in network.outputs}
    shown: dict[int, Plain] = {}
    result = []
    for place, operation in enumerate(network.operations):
        if operation.kind == "InputLayer":
            continue
        activation, fed = _activation_of(operation), feeders[place]
        before = shown.get(fed[0]) if len(fed) == 1 else None
        if (
            activation is not None
            and before is not None
            and before["settings"].get("activation") == "linear"
            and consumers[fed[0]] == 1
            and fed[0] not in outputs
        ):
            before["settings"]["activation"] = activation
            shown[place] = before
            continue
        shown[place] = {"kind": name_of(operation), "settings": _shown(operation.settings)}
        result.append(shown[place])
    return result


def name_of(operation: Operation) -> str:
    """Return the name of an operation's class: `Add` both for the layer and for `ops.numpy:Add`."""
    return operation.kind.rpartition(":")[2]


def setting_name(value: JSON) -> str:
    """Return the name of a function or object used as a setting: `relu`, `HeNormal`."""
    match value:
        case {"class_name": "function", "config": str(name)} | str(name):
            # TensorFlow's functions (`tf.nn:relu`, `softmax_v2`) by Keras's name: a recipe asks for what is computed.
            return name.rpartition(":")[2].removesuffix("_v2")
        case {"class_name": str(name)} | {"class": str(name)}:
            return name
        case _:
            return str(value)


def _activation_of(operation: Operation) -> str | None:
    """Return the name of an operation's activation, None if it is not an activation."""
    name, settings = name_of(operation), operation.settings
    if name == "Activation":
        return setting_name(settings.get("activation"))
    plain = settings.get("max_value") is None and not settings.get("negative_slope") and not settings.get("threshold")
    return _ACTIVATIONS.get(name) if name != "ReLU" or plain else None


def _shown(settings: Plain) -> Plain:
    shown: Plain = {}
    for name in SHOWN:
        value = settings.get(name)
        if name == "activation" and value is not None:
            value = setting_name(value)
        is_row = isinstance(value, list) and all(type(item) is int for item in value)
        if is_row or type(value) in (bool, int, float, str):
            shown[name] = value
    return shown | {name: setting_name(settings[name]) for name in _BOUND_BY if settings.get(name) is not None}
