"""Describes as plain data everything that decides the result of a call: equal descriptions give bit-identical results.

Left out on purpose: names, and the random generators of Python and NumPy. Keras draws initial weights from Python's,
but the weights themselves are described, and no described call draws anything else from them.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras.src.backend import config as keras_config

from . import randomness
from .call import BuiltCall
from .callbacks import describe_callback
from .captured_arrays import Arrays, values_of
from .compiled import (
    compiled_metrics,
    describe_loss,
    describe_metric,
    describe_optimizer,
    is_own_metric,
    loss_weight,
    weighted_metrics,
)
from .network import describe_network, functional_graph, network_variables
from .own import NotOrderableError

FORMAT = 1
_EPSILON = 1e-7

Description = dict[str, Any]


def describe_call(call: BuiltCall) -> tuple[Description, Arrays]:
    """Describe a call whose model has all its variables.

    Raises:
        NotOrderableError: Something that decides the result cannot be expressed as plain data.
    """
    model = call.model
    if model.run_eagerly or model.steps_per_execution != 1 or tf.config.functions_run_eagerly():
        raise NotOrderableError("steps run in another way")
    arrays = Arrays()
    description: Description = {
        "format": FORMAT,
        "operation": call.operation,
        **surroundings(model),
        "network": describe_network(model),
        "weights": arrays.add_all(values_of(network_variables(model))),
        "batch_size": call.batch_size,
        "x": arrays.add_all(call.x),
    }
    # Keras unwraps a list of one output, but not a dictionary.
    if len(description["network"]["outputs"]) != 1 or isinstance(functional_graph(model)._outputs_struct, dict):
        raise NotOrderableError("several outputs, or one with a name")
    if call.operation != "predict":
        description |= _against_targets(call, arrays)
    if call.operation == "fit":
        description |= _training(call, arrays)
    return description, arrays


def surroundings(model: Any) -> Description:
    """Return the global settings of Keras and TensorFlow."""
    told = {
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "floatx": keras.config.floatx(),
        "determinism": randomness.determinism(),
        "jit_compile": bool(model.jit_compile),
    }
    if keras.config.epsilon() != _EPSILON:
        told["epsilon"] = float(keras.config.epsilon())
    if keras_config.max_steps_per_epoch():
        told["max_steps_per_epoch"] = int(keras_config.max_steps_per_epoch())
    return told


def asked_metrics(model: Any) -> list[Any]:
    """Return the metrics of a built model that go into a description.

    Raises:
        NotOrderableError: Two series of the history would have the same name.
    """
    metrics = [*compiled_metrics(model), *weighted_metrics(model)]
    names = ["loss", *(metric.name for metric in metrics)]
    if len(set(names)) != len(names) or any(metric.name.startswith("val_") for metric in metrics):
        raise NotOrderableError("two metrics of one name")
    return [metric for metric in metrics if not is_own_metric(metric)]


def _against_targets(call: BuiltCall, arrays: Arrays) -> Description:
    model = call.model
    if call.y is None or not model.compiled:
        raise NotOrderableError("nothing to learn or to evaluate against")
    asked = {id(metric) for metric in asked_metrics(model)}
    described: Description = {
        "loss": describe_loss(model),
        "metrics": [describe_metric(metric) for metric in compiled_metrics(model) if id(metric) in asked],
        "y": [arrays.add(call.y)],
    }
    weighted = [describe_metric(metric) for metric in weighted_metrics(model) if id(metric) in asked]
    if weighted:
        described["weighted_metrics"] = weighted
    weight = loss_weight(model)
    if weight is not None:
        described["loss_weights"] = [weight]
    if call.sample_weight is not None:
        described["sample_weight"] = arrays.add(call.sample_weight)
    return described


def _training(call: BuiltCall, arrays: Arrays) -> Description:
    optimizer = call.model.optimizer
    trained = [id(variable) for variable in optimizer._trainable_variables]
    if trained != [id(variable) for variable in call.model.trainable_variables]:
        raise NotOrderableError("an optimizer of other variables")
    if call.shuffle and call.seed is None:
        raise NotOrderableError("shuffling without a seed")
    described: Description = {
        "optimizer": describe_optimizer(optimizer),
        "optimizer_state": arrays.add_all(values_of(optimizer.variables)),
        "epochs": call.epochs,
        "shuffle": call.shuffle,
        "seed": call.seed if call.shuffle else None,
        **({"unseeded": True} if call.unseeded else {}),
    }
    if keras_config.max_epochs():
        described["max_epochs"] = int(keras_config.max_epochs())
    if call.initial_epoch:
        described["initial_epoch"] = call.initial_epoch
    if call.steps_per_epoch is not None:
        described["steps_per_epoch"] = call.steps_per_epoch
    if call.class_weight is not None:
        described["class_weight"] = {str(name): weight for name, weight in sorted(call.class_weight.items())}
    if call.callbacks:
        described["callbacks"] = [describe_callback(callback, call.model) for callback in call.callbacks]
    if call.rates is not None:
        described["rates"] = list(call.rates)
    if call.validation is not None:
        described |= _validation(call, arrays)
    return described


def _validation(call: BuiltCall, arrays: Arrays) -> Description:
    validation = call.validation
    assert validation is not None  # noqa: S101 (told by the caller)
    described: Description = {
        "x": arrays.add_all(validation.x),
        "y": [arrays.add(validation.y)],
        "batch_size": validation.batch_size,
    }
    if validation.sample_weight is not None:
        described["sample_weight"] = arrays.add(validation.sample_weight)
    beside: Description = {"validation": described}
    if validation.frequency != 1:
        beside["validation_freq"] = validation.frequency
    if validation.steps is not None:
        beside["validation_steps"] = validation.steps
    return beside
