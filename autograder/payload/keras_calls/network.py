"""Says what a network computes, apart from names and from the style in which it was written.

A `Sequential` and the same layers chained with the functional API come out equal, and train bit for bit alike
from the same weights (a test holds us to that).
"""

from __future__ import annotations

import json
from typing import Any

import keras
from keras.src.models.functional import Functional

from .calls import NotReplayableError
from .own import is_keras_class, refuse_foreign_functions

# Names count layers, initialisers have done their work once the weights exist (which are looked at themselves).
_IRRELEVANT = frozenset(
    {"name", "seed", "batch_shape", "batch_input_shape", "build_config", "registered_name", "module"}
)


def functional_graph(model: Any) -> Any:
    """Return the graph of a built `Sequential` or functional model.

    Raises:
        NotReplayableError: It is a model of another kind.
    """
    if type(model) is keras.Sequential and model._functional is not None:
        return model._functional
    if type(model) is Functional:
        return model
    raise NotReplayableError(f"a model of the kind {type(model).__name__}")


def describe_network(model: Any) -> list[Any]:
    """Return one entry an operation, in the order of the graph: class, settings, and what feeds it.

    Raises:
        NotReplayableError: Part of the network isn't Keras's own, is nested, or is used twice.
    """
    graph = functional_graph(model)
    refuse_foreign_functions(model)
    operations = list(graph.operations)
    places = {id(operation): place for place, operation in enumerate(operations)}
    described = [_describe(operation, graph, places) for operation in operations]
    described.append(["outputs", [_reference(tensor, places) for tensor in graph.outputs]])
    described.append(["inputs", [_reference(tensor, places) for tensor in graph.inputs]])
    return described


def network_variables(model: Any) -> list[Any]:
    """Return the variables of a network in the order of its graph, random states of its layers included.

    Raises:
        NotReplayableError: The model has variables that its graph does not show.
    """
    layers = [operation for operation in functional_graph(model).operations if isinstance(operation, keras.Layer)]
    variables = [variable for layer in layers for variable in layer.variables]
    if [id(variable) for variable in variables] != [id(variable) for variable in model.variables]:
        raise NotReplayableError("variables outside the layers")
    return variables


def node_of(operation: Any, graph: Any) -> Any:
    """Return the one call of an operation in a graph (it may have others, in other models).

    Raises:
        NotReplayableError: It is called more than once.
    """
    nodes = [node for nodes in graph._nodes_by_depth.values() for node in nodes if node.operation is operation]
    if len(nodes) != 1:
        raise NotReplayableError("a layer used more than once")
    return nodes[0]


def canonical(value: Any) -> Any:
    """Return a configuration without what has no influence on the result.

    Raises:
        NotReplayableError: It names a class or function that isn't Keras's own.
    """
    if isinstance(value, dict):
        if value.get("class_name") == "DTypePolicy":
            return value["config"]["name"]
        if "class_name" in value and not str(value.get("module")).startswith("keras"):
            raise NotReplayableError(f"a {value['class_name']} that isn't Keras's own")
        return {
            str(key): canonical(item)
            for key, item in value.items()
            if key not in _IRRELEVANT and not str(key).endswith("_initializer")
        }
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if value is None or type(value) in (bool, int, float, str):
        return value
    raise NotReplayableError(f"a setting of the kind {type(value).__name__}")


def _describe(operation: Any, graph: Any, places: dict[int, int]) -> list[Any]:
    if not is_keras_class(type(operation)) or isinstance(operation, keras.Model):
        raise NotReplayableError(f"a layer of the kind {type(operation).__name__}")
    refuse_foreign_functions(operation)
    if isinstance(operation, keras.Layer):
        settings = canonical(operation.get_config())
        settings["dtype"] = [operation.compute_dtype, operation.variable_dtype]
        if isinstance(operation, keras.layers.InputLayer):
            settings["shape"] = list(operation.batch_shape[1:])
    else:
        # An operation like `keras.ops.concatenate`: its configuration leaves out its settings.
        settings = {
            name: canonical(value)
            for name, value in vars(operation).items()
            if not name.startswith("_") and name != "name"
        }
    arguments = node_of(operation, graph).arguments
    call = [_argument(argument, places) for argument in arguments.args]
    options = {name: _argument(argument, places) for name, argument in arguments.kwargs.items()}
    # What fit and evaluate set themselves at each call.
    options = {name: option for name, option in options.items() if option is not None and name != "training"}
    if arguments.kwargs.get("training"):
        options["training"] = True
    return [type(operation).__name__, settings, call, options]


def _argument(argument: Any, places: dict[int, int]) -> Any:
    if isinstance(argument, keras.KerasTensor):
        return _reference(argument, places)
    if isinstance(argument, list | tuple):
        return [_argument(item, places) for item in argument]
    if argument is None or type(argument) in (bool, int, float, str):
        return argument
    raise NotReplayableError(f"a layer called with a {type(argument).__name__}")


def _reference(tensor: Any, places: dict[int, int]) -> dict[str, int]:
    history = tensor._keras_history
    if id(history.operation) not in places:
        raise NotReplayableError("a tensor from outside the network")
    return {"from": places[id(history.operation)], "tensor": history.tensor_index}


def to_text(description: Any) -> str:
    """Return a description as text: equal descriptions give equal text."""
    return json.dumps(description, sort_keys=True, separators=(",", ":"))
