"""The result of a call as plain data with arrays by digest, as trainers send it and stores keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .call import BuiltCall
from .callbacks import capture_callbacks
from .captured_arrays import Arrays, values_of
from .describing import asked_metrics
from .network import network_variables

Result = dict[str, Any]


def capture_fit(
    call: BuiltCall, history: Mapping[str, Sequence[float]], rates: Sequence[float], epochs_run: int
) -> tuple[Result, Arrays]:
    """Return the result of a training that has just ended.

    Raises:
        TypeError: The history does not hold floats only.
    """
    arrays = Arrays()
    return {
        "history": [[name, arrays.add(_floats(numbers))] for name, numbers in history.items()],
        "rates": arrays.add(np.array(rates, np.float64)),
        "epochs_run": epochs_run,
        "weights": arrays.add_all(values_of(network_variables(call.model))),
        "optimizer_state": arrays.add_all(values_of(call.model.optimizer.variables)),
        "metric_states": _metric_states(call.model, arrays),
        "callbacks": capture_callbacks(call.callbacks, call.model),
    }, arrays


def capture_evaluate(call: BuiltCall, logs: Mapping[str, float]) -> tuple[Result, Arrays]:
    """Return the result of an evaluation that has just ended.

    Raises:
        TypeError: A log is not a float.
    """
    arrays = Arrays()
    return {
        "logs": [[name, arrays.add(_floats([value]).reshape(()))] for name, value in logs.items()],
        "metric_states": _metric_states(call.model, arrays),
    }, arrays


def capture_predict(outputs: Any) -> tuple[Result, Arrays]:
    """Return the result of a prediction.

    Raises:
        TypeError: It is not an array.
    """
    if type(outputs) is not np.ndarray:
        raise TypeError(f"predictions in a {type(outputs).__name__}")
    arrays = Arrays()
    return {"outputs": [arrays.add(outputs)]}, arrays


def metric_variables(model: Any) -> dict[str, list[Any]]:
    """Return the variables of the running loss and of every described metric, by its name."""
    return {"loss": model._loss_tracker.variables} | {metric.name: metric.variables for metric in asked_metrics(model)}


def _metric_states(model: Any, arrays: Arrays) -> list[Any]:
    return [[name, arrays.add_all(values_of(variables))] for name, variables in metric_variables(model).items()]


def _floats(numbers: Sequence[float]) -> Any:
    if any(type(number) is not float for number in numbers):
        raise TypeError("a history of something else than floats")
    return np.array(numbers, np.float64)
