"""Reports calls that run in the notebook itself to the trusted side, with all that can be observed of them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from ..channel import Channel
from ..keras_calls import randomness
from ..keras_calls.call import BuiltCall, Operation
from ..keras_calls.captured_arrays import Array, Arrays, values_of
from ..keras_calls.describing import FORMAT, Description, surroundings
from ..keras_calls.keras_data import as_array, as_inputs, unpack
from ..keras_calls.network import network_variables
from .data_summary import summarise
from .seen import see_loss, see_metrics, see_network, see_optimizer

_OPTIONS = ("initial_epoch", "steps_per_epoch", "validation_split", "validation_freq", "validation_steps")
_USUAL = (None, 0, 0.0, 1)
_LONGEST_NOTE = 200


class ReportedCall:
    """A call that is about to run in the notebook; created before the call, sent after it.

    Args:
        operation: The method called.
        bound: Its arguments.
        own: Why the call is not an order.
        description: The description for an order, if there is one.
        call: The described call, if there is a description.
    """

    def __init__(
        self,
        operation: Operation,
        bound: inspect.BoundArguments,
        own: Sequence[str],
        description: Description | None = None,
        call: BuiltCall | None = None,
    ) -> None:
        self._operation = operation
        self._given = bound.arguments
        self._model = self._given["self"]
        self._own = [reason[:_LONGEST_NOTE] for reason in own]
        self._summaries: dict[str, Any] = {}
        self._description = description
        if description is None or call is None:
            self._seen = self._see_before()
        else:
            self._seen = description
            self._summarise_call(description, call)

    @property
    def inputs(self) -> list[str]:
        """The digests of the inputs."""
        return list(self._seen["x"])

    def send(self, channel: Channel, result: Mapping[str, Any]) -> None:
        """Send the report with the result of the call."""
        description = self._see_after() if self._description is None else self._description
        message = {"type": "reported", "description": {**description, "notes": {"own": self._own}}}
        channel.send({**message, "summaries": self._summaries, "result": dict(result)})

    def _see_before(self) -> Description:
        """Return what the call will change, and its data."""
        given, model = self._given, self._model
        seen: Description = {
            "format": FORMAT,
            "operation": self._operation,
            "weights": digests(lambda: values_of(_variables(model))),
            "x": self._data(given.get("x")),
        }
        if self._operation != "predict":
            seen["y"] = self._data(given.get("y"))
        if self._operation == "fit":
            optimizer = model.optimizer
            seen["optimizer_state"] = digests(lambda: values_of(optimizer.variables) if optimizer.built else [])
            seen |= self._see_options()
        return seen

    def _see_options(self) -> Description:
        given = self._given
        seen: Description = {"shuffle": bool(given["shuffle"]), "seed": randomness.tensorflow_seed()}
        seen["epochs"] = int(given["epochs"]) if isinstance(given["epochs"], int | np.integer) else 0
        for name in _OPTIONS:
            value = given[name]
            if type(value) in (int, float) and value not in _USUAL:
                seen[name] = value
        if given["class_weight"] is not None:
            seen["class_weight"] = _class_weight(given["class_weight"])
        if given["sample_weight"] is not None:
            seen["sample_weight"] = "".join(self._data(given["sample_weight"]))
        if given["validation_data"] is not None:
            seen["validation"] = self._see_validation(given["validation_data"])
        return seen

    def _see_validation(self, data: Any) -> Description:
        try:
            x, y, _ = unpack(data)
        except Exception:  # noqa: BLE001 (whatever a student may hand to `fit`)
            x = y = None
        return {"x": self._data(x), "y": self._data(y), "batch_size": 0}

    def _see_after(self) -> Description:
        """Return what is observed after the call, which may have built the model."""
        model = self._model
        seen = {**self._seen, **surroundings(model), "network": see_network(model)}
        seen["parameters"] = int(model.count_params())
        size = self._given.get("batch_size")
        seen["batch_size"] = int(size) if isinstance(size, int | np.integer) else 32 if seen["x"] else 0
        if self._operation != "predict":
            seen["loss"] = see_loss(model)
            seen["metrics"] = see_metrics(model)
        if self._operation == "fit":
            seen["optimizer"] = see_optimizer(model)
        return seen

    def _data(self, value: Any) -> list[str]:
        """Return the digests of data; none for data that are not arrays."""
        try:
            arrays = as_inputs(value, self._names(value)) if isinstance(value, dict | list) else [as_array(value)]
            return self._named(arrays)
        except Exception:  # noqa: BLE001 (`fit` also accepts pipelines, generators, …)
            return []

    def _names(self, value: Any) -> list[str]:
        return list(value) if isinstance(value, dict) else [""] * len(value)

    def _named(self, arrays: Sequence[Array]) -> list[str]:
        names = Arrays().add_all(arrays)
        self._summaries.update(zip(names, map(summarise, arrays), strict=True))
        return names

    def _summarise_call(self, description: Description, call: BuiltCall) -> None:
        held_out = call.validation
        validation = description.get("validation", {})
        for names, arrays in (
            (description["x"], call.x),
            (description.get("y", []), _given(call.y)),
            (_given(description.get("sample_weight")), _given(call.sample_weight)),
            (validation.get("x", []), [] if held_out is None else held_out.x),
            (_given(validation.get("sample_weight")), [] if held_out is None else _given(held_out.sample_weight)),
        ):
            self._summaries.update(zip(names, map(summarise, arrays), strict=True))


def fit_result(
    model: Any, history: Any, results: Sequence[Mapping[str, Any]], rates: Sequence[float]
) -> dict[str, Any]:
    """Return a training's result as observed before any callback.

    Series that callbacks added to the history are kept, up to the number of epochs. An epoch that broke off does not
    count.
    """
    recorded = getattr(history, "history", {})
    seen = {name: [result.get(name) for result in results] for name in (results[0] if results else ())}
    added = {name: values[: len(results)] for name, values in recorded.items() if isinstance(values, list)}
    return {
        "history": {str(name): [finite(value) for value in values] for name, values in (added | seen).items()},
        "rates": [rate for rate in rates[: len(results)] if math.isfinite(rate)],
        "epochs_run": len(results),
        "weights": digests(lambda: values_of(_variables(model))),
    }


def evaluate_result(logs: Any) -> dict[str, Any]:
    """Return an evaluation's result."""
    return {"logs": {str(name): finite(value) for name, value in logs.items()} if isinstance(logs, Mapping) else {}}


def finite(value: Any) -> float | None:
    """Return a number for JSON; None if it is not a finite number."""
    try:
        number = float(keras.ops.convert_to_numpy(value)) if value is not None else math.nan
    except Exception:  # noqa: BLE001 (a log of the notebook's own classes)
        return None
    return number if math.isfinite(number) else None


def digests(values: Callable[[], Sequence[Array]]) -> list[str]:
    """Return the digests of arrays; none if they cannot be computed."""
    try:
        return Arrays().add_all(values())
    except Exception:  # noqa: BLE001 (variables of the notebook's own model class)
        return []


def _given(value: Any) -> list[Any]:
    return [] if value is None else [value]


def _class_weight(weights: Any) -> dict[str, float]:
    pairs = weights.items() if isinstance(weights, Mapping) else ()
    return {str(name)[:40]: number for name, weight in pairs if (number := finite(weight)) is not None}


def _variables(model: Any) -> list[Any]:
    try:
        return network_variables(model)
    except Exception:  # noqa: BLE001 (a model without a graph)
        return list(model.variables)
