"""Tells the trusted side of calls that ran in the notebook: with all that can be seen of them, and as a claim only."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from ..channel import Channel
from ..keras_calls import randomness
from ..keras_calls.arrays import Array, Arrays, values_of
from ..keras_calls.call import Call, Operation
from ..keras_calls.data import as_array, as_inputs, unpack
from ..keras_calls.description import FORMAT, Description, surroundings
from ..keras_calls.network import network_variables
from .seen import see_loss, see_metrics, see_network, see_optimizer
from .summary import summarise

_OPTIONS = ("initial_epoch", "steps_per_epoch", "validation_split", "validation_freq", "validation_steps")
_USUAL = (None, 0, 0.0, 1)
_LONGEST_NOTE = 200


class Claim:
    """A call that is about to run in the notebook. Made before the call, sent after it.

    Args:
        operation: What was called.
        bound: The call.
        own: Why it is no order.
        description: What an order would have said of it, where there is such a description.
        call: The call that was described, if it was.
    """

    def __init__(
        self,
        operation: Operation,
        bound: inspect.BoundArguments,
        own: Sequence[str],
        description: Description | None = None,
        call: Call | None = None,
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
        """Send the claim, with what came of the call."""
        description = self._see_after() if self._description is None else self._description
        message = {"type": "claim", "description": {**description, "notes": {"own": self._own}}}
        channel.send({**message, "summaries": self._summaries, "result": dict(result)})

    def _see_before(self) -> Description:
        """Return what the call itself changes, and its data."""
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
        """Return the rest: a model may have been built by the call."""
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
        """Return the digests of data, none for what is no array."""
        try:
            arrays = as_inputs(value, self._names(value)) if isinstance(value, dict | list) else [as_array(value)]
            return self._named(arrays)
        except Exception:  # noqa: BLE001 (pipelines, generators: all that `fit` takes and that is no array)
            return []

    def _names(self, value: Any) -> list[str]:
        return list(value) if isinstance(value, dict) else [""] * len(value)

    def _named(self, arrays: Sequence[Array]) -> list[str]:
        names = Arrays().add_all(arrays)
        self._summaries.update(zip(names, map(summarise, arrays), strict=True))
        return names

    def _summarise_call(self, description: Description, call: Call) -> None:
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
    """Return what a training gave, as it was seen before any callback.

    What a callback added to the history stays, but for what goes beyond the epochs. One that broke off does not count.
    """
    told = getattr(history, "history", {})
    seen = {name: [result.get(name) for result in results] for name in (results[0] if results else ())}
    added = {name: values[: len(results)] for name, values in told.items() if isinstance(values, list)}
    return {
        "history": {str(name): [finite(value) for value in values] for name, values in (added | seen).items()},
        "rates": [rate for rate in rates[: len(results)] if math.isfinite(rate)],
        "epochs_run": len(results),
        "weights": digests(lambda: values_of(_variables(model))),
    }


def evaluate_result(logs: Any) -> dict[str, Any]:
    """Return what an evaluation gave."""
    return {"logs": {str(name): finite(value) for name, value in logs.items()} if isinstance(logs, Mapping) else {}}


def finite(value: Any) -> float | None:
    """Return a number as JSON has it, None for what is none or not finite."""
    try:
        number = float(keras.ops.convert_to_numpy(value)) if value is not None else math.nan
    except Exception:  # noqa: BLE001 (a log of the notebook's own)
        return None
    return number if math.isfinite(number) else None


def digests(values: Callable[[], Sequence[Array]]) -> list[str]:
    """Return the digests of arrays, none where they can't be taken."""
    try:
        return Arrays().add_all(values())
    except Exception:  # noqa: BLE001 (variables of a model of the notebook's own)
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
