"""Describes what a network computes, independent of names and of the API used, and rebuilds it.

A `Sequential` and the same layers in the functional API have equal descriptions and train bit-identically from the same
weights (a test verifies that).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType, MethodType
from typing import Any

import keras
from keras.src.models.functional import Functional

from .allowed import operation_class, operation_text
from .object_settings import differences, is_float_policy, make, plain, settings_of
from .own import NotOrderableError

_OWN_PACKAGES = ("keras", "tensorflow")


def functional_graph(model: Any) -> Any:
    """Return the graph of a built `Sequential` or functional model.

    Raises:
        NotOrderableError: It is another kind of model.
    """
    if type(model) is keras.Sequential and model._functional is not None:
        return model._functional
    if type(model) is Functional:
        return model
    raise NotOrderableError(f"a model of the kind {type(model).__name__}")


def describe_network(model: Any) -> dict[str, Any]:
    """Return one entry per operation, in the order of the graph: class, settings, and what feeds it.

    A nested model is replaced by its layers.

    Raises:
        NotOrderableError: Part of the network is not Keras's own, or is used twice.
    """
    graph = functional_graph(model)
    description = _Graph()
    description.add(model, None)
    return {
        "operations": description.operations,
        "inputs": [description.reference(tensor) for tensor in graph.inputs],
        "outputs": [description.reference(tensor) for tensor in graph.outputs],
    }


def rebuild_network(network: Mapping[str, Any]) -> Any:
    """Return a functional model that computes what a description states, with new weights.

    Raises:
        NotOrderableError: It names classes that are not on the list, or is inconsistent.
    """
    made: list[list[Any]] = []

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            return made[value["from"]][value["tensor"]]
        return [read(item) for item in value] if isinstance(value, list) else value

    for operation in network["operations"]:
        kind = operation_class(operation["class"])
        settings = dict(operation["settings"])
        if kind is keras.layers.InputLayer:
            outputs = make(kind, {"batch_shape": settings.pop("shape"), **settings}).output
        else:
            layer = make(kind, settings)
            options = {name: read(value) for name, value in operation["options"].items()}
            outputs = layer(*read(operation["call"]), **options)
        made.append(list(outputs) if isinstance(outputs, list | tuple) else [outputs])
    inputs, outputs = (read(network[end]) for end in ("inputs", "outputs"))
    return keras.Model(inputs[0] if len(inputs) == 1 else inputs, outputs[0] if len(outputs) == 1 else outputs)


def network_variables(model: Any) -> list[Any]:
    """Return the variables of a network in the order of its graph, including random states of its layers.

    Raises:
        NotOrderableError: The model has variables outside its graph.
    """
    variables: list[Any] = []
    for operation in functional_graph(model).operations:
        if isinstance(operation, keras.Model):
            variables += network_variables(operation)
        elif isinstance(operation, keras.Layer):
            variables += operation.variables
    if [id(variable) for variable in variables] != [id(variable) for variable in model.variables]:
        raise NotOrderableError("variables outside the layers")
    return variables


def finish_layers(model: Any) -> None:
    """Let layers recompute what they derive from their variables, after these were assigned."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def node_of(operation: Any, graph: Any) -> Any:
    """Return the single call of an operation in a graph (it may have others in other models).

    Raises:
        NotOrderableError: It is called more than once.
    """
    nodes = [node for nodes in graph._nodes_by_depth.values() for node in nodes if node.operation is operation]
    if len(nodes) != 1:
        raise NotOrderableError("a layer used more than once")
    return nodes[0]


def reject_foreign_functions(thing: Any) -> None:
    """Search the attributes of a layer or model for foreign functions, such as a replaced method.

    Raises:
        NotOrderableError: One of them is not Keras's own.
    """
    for name, value in vars(thing).items():
        function = value.__func__ if isinstance(value, MethodType) else value
        if isinstance(function, FunctionType) and str(function.__module__).partition(".")[0] not in _OWN_PACKAGES:
            raise NotOrderableError(f"{name} of a {type(thing).__name__} is a function of the notebook's")


class _Graph:
    """The operations of a model and of its nested models, and the origin of each tensor."""

    def __init__(self) -> None:
        self.operations: list[dict[str, Any]] = []
        self._references: dict[tuple[int, int], dict[str, int]] = {}

    def add(self, model: Any, inputs: list[dict[str, int]] | None, *, trainable: bool = True) -> None:
        """Add the operations of a model.

        Args:
            model: A model with a graph.
            inputs: The origins of its inputs, if it is nested in another.
            trainable: Whether the enclosing model may be trained.
        """
        graph = functional_graph(model)
        reject_foreign_functions(model)
        trainable = trainable and model.trainable
        for tensor, reference in zip(graph.inputs, inputs or (), strict=inputs is not None):
            self._references[_origin(tensor)] = reference
        for operation in graph.operations:
            node = node_of(operation, graph)
            known = (id(operation), 0) in self._references
            if isinstance(operation, keras.Model):
                self._add_model(operation, node, trainable=trainable)
            elif not known:
                self._add_operation(operation, node, trainable=trainable)
            elif not isinstance(operation, keras.layers.InputLayer):
                raise NotOrderableError("a layer used more than once")

    def reference(self, tensor: Any) -> dict[str, int]:
        """Return the origin of a tensor.

        Raises:
            NotOrderableError: It comes from outside the network.
        """
        try:
            return self._references[_origin(tensor)]
        except KeyError:
            raise NotOrderableError("a tensor from outside the network") from None

    def _add_model(self, model: Any, node: Any, *, trainable: bool) -> None:
        if node.arguments.kwargs.get("training"):
            raise NotOrderableError("a model within another that is always in training")
        inputs = [self.reference(tensor) for tensor in node.arguments.keras_tensors]
        self.add(model, inputs, trainable=trainable)
        for index, tensor in enumerate(functional_graph(model).outputs):
            self._references[id(model), index] = self.reference(tensor)

    def _add_operation(self, operation: Any, node: Any, *, trainable: bool) -> None:
        settings, differs = _settings(operation, trainable=trainable)
        arguments = node.arguments
        options = {name: self._argument(argument) for name, argument in arguments.kwargs.items()}
        # `fit` and `evaluate` set `training` at each call, unless the notebook has fixed it.
        options = {
            name: option for name, option in options.items() if option is not None and (name != "training" or option)
        }
        place = len(self.operations)
        for index in range(len(node.output_tensors)):
            self._references[id(operation), index] = {"from": place, "tensor": index}
        self.operations.append(
            {
                "class": operation_text(operation),
                "settings": settings,
                "differs": differs,
                "call": [self._argument(argument) for argument in arguments.args],
                "options": options,
            }
        )

    def _argument(self, argument: Any) -> Any:
        if isinstance(argument, keras.KerasTensor):
            return self.reference(argument)
        if isinstance(argument, list | tuple):
            return [self._argument(item) for item in argument]
        if isinstance(argument, dict):
            raise NotOrderableError("a layer called with a dictionary")
        return plain(argument)


def _origin(tensor: Any) -> tuple[int, int]:
    history = tensor._keras_history
    return id(history.operation), history.tensor_index


def _settings(operation: Any, *, trainable: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the settings of a layer or operation, and the names of those that differ from Keras's defaults."""
    operation_text(operation)
    reject_foreign_functions(operation)
    if getattr(operation, "_remat_mode", None) is not None:
        raise NotOrderableError("a layer that computes its activations twice")
    if isinstance(operation, keras.layers.InputLayer):
        settings = {
            "shape": plain([None, *operation.batch_shape[1:]]),
            "dtype": operation.dtype,
            "sparse": operation.sparse,
            "ragged": operation.ragged,
        }
        return settings, ["shape", *(["dtype"] if operation.dtype != "float32" else [])]
    if isinstance(operation, keras.Layer):
        if not operation.autocast or not is_float_policy(operation.dtype_policy):
            raise NotOrderableError("a layer with a type policy of another kind")
        settings = settings_of(operation)
        if "trainable" in settings:
            settings["trainable"] = bool(settings["trainable"] and trainable)
        return settings, differences(operation, settings)
    # The configuration of an operation like `keras.ops.concatenate` may omit some of its settings.
    settings = {
        name: plain(value) for name, value in vars(operation).items() if not name.startswith("_") and name != "name"
    }
    return settings, list(settings)
