"""Rebuilds the call that an order's plain data describe, from Keras's own classes only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from ..keras_calls.call import BuiltCall, BuiltValidation
from ..keras_calls.callbacks import rebuild_callback
from ..keras_calls.captured_arrays import Array, Arrays, assign_all, check_fitting
from ..keras_calls.compiled import rebuild_loss, rebuild_metric
from ..keras_calls.describing import describe_call
from ..keras_calls.network import finish_layers, network_variables, rebuild_network
from ..keras_calls.object_settings import build as build_object
from ..keras_calls.own import NotOrderableError
from ..keras_calls.variables import build


class UnbuildableError(Exception):
    """The call cannot be rebuilt, or differs from the description once rebuilt."""


def rebuild(description: Mapping[str, Any], arrays: Arrays, network: Any = None) -> BuiltCall:
    """Return the described call, ready to be made.

    Args:
        description: The order's description.
        arrays: The arrays that it names.
        network: An earlier rebuilt network with an equal description, to be reused. It is compiled again and gets the
            order's weights, so that no earlier state or traced function remains.

    Raises:
        UnbuildableError: A part is not Keras's own or does not fit, or the rebuilt call has another description: what
            is hashed must be what is trained.
    """
    try:
        call = _rebuild(description, arrays, network)
        again, _ = describe_call(call)
    except Exception as error:
        raise UnbuildableError(f"{type(error).__name__}: {error}") from error
    if again != description:
        names = sorted(name for name in {*again, *description} if again.get(name) != description.get(name))
        raise UnbuildableError(f"the rebuilt call's description differs in {', '.join(names)}")
    return call


def _rebuild(description: Mapping[str, Any], arrays: Arrays, network: Any) -> BuiltCall:
    _set_surroundings(description)
    model = rebuild_network(description["network"]) if network is None else network
    operation = description["operation"]
    if operation not in ("fit", "evaluate", "predict"):
        raise NotOrderableError("an operation of another kind")
    _compile(model, description)
    x = arrays.all(description["x"])
    y = _single(description.get("y"), arrays)
    build(model, x, y, description["batch_size"], optimizer=operation == "fit")
    _assign(network_variables(model), arrays.all(description["weights"]))
    finish_layers(model)
    if operation == "fit":
        _assign(model.optimizer.variables, arrays.all(description["optimizer_state"]))
    rates = description.get("rates")
    return BuiltCall(
        operation=operation,
        model=model,
        x=x,
        batch_size=description["batch_size"],
        y=y,
        sample_weight=_weights(description, arrays),
        epochs=description.get("epochs", 1),
        initial_epoch=description.get("initial_epoch", 0),
        shuffle=description.get("shuffle", True),
        seed=description.get("seed"),
        unseeded=description.get("unseeded", False),
        steps_per_epoch=description.get("steps_per_epoch"),
        class_weight=_class_weight(description.get("class_weight")),
        validation=_validation(description, arrays),
        callbacks=tuple(rebuild_callback(callback) for callback in description.get("callbacks", ())),
        rates=None if rates is None else tuple(rates),
    )


def _set_surroundings(description: Mapping[str, Any]) -> None:
    if description["floatx"] != keras.config.floatx():
        keras.config.set_floatx(description["floatx"])
    if description["determinism"]:
        tf.config.experimental.enable_op_determinism()
    if "epsilon" in description:
        keras.config.set_epsilon(description["epsilon"])
    if "max_epochs" in description:
        keras.config.set_max_epochs(description["max_epochs"])
    if "max_steps_per_epoch" in description:
        keras.config.set_max_steps_per_epoch(description["max_steps_per_epoch"])
    if description.get("seed") is not None:
        tf.random.set_seed(description["seed"])


def _compile(model: Any, description: Mapping[str, Any]) -> None:
    options: dict[str, Any] = {"jit_compile": description["jit_compile"], "auto_scale_loss": False}
    if "optimizer" in description:
        options["optimizer"] = build_object("optimizers", description["optimizer"])
    if "loss" in description:
        options["loss"] = rebuild_loss(description["loss"])
        options["metrics"] = [rebuild_metric(metric) for metric in description["metrics"]] or None
        options["weighted_metrics"] = [
            rebuild_metric(metric) for metric in description.get("weighted_metrics", ())
        ] or None
        options["loss_weights"] = description.get("loss_weights")
    model.compile(**options)


def _assign(variables: list[Any], values: list[Array]) -> None:
    check_fitting(variables, values)
    assign_all(variables, values)


def _single(digests: Any, arrays: Arrays) -> Array | None:
    if digests is None:
        return None
    (array,) = arrays.all(digests)
    return array


def _weights(description: Mapping[str, Any], arrays: Arrays) -> Array | None:
    return arrays[description["sample_weight"]] if "sample_weight" in description else None


def _class_weight(weights: Any) -> dict[int, float] | None:
    return None if weights is None else {int(name): weight for name, weight in weights.items()}


def _validation(description: Mapping[str, Any], arrays: Arrays) -> BuiltValidation | None:
    held_out = description.get("validation")
    if held_out is None:
        return None
    (y,) = arrays.all(held_out["y"])
    return BuiltValidation(
        x=arrays.all(held_out["x"]),
        y=y,
        sample_weight=_weights(held_out, arrays),
        batch_size=held_out["batch_size"],
        steps=description.get("validation_steps"),
        frequency=description.get("validation_freq", 1),
    )
