"""Compares a call's result in the notebook, bit by bit, with that of the order without the notebook's own part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from ..keras_calls.call import BuiltCall
from ..keras_calls.captured_arrays import Array, values_of
from ..keras_calls.capturing import metric_variables
from ..keras_calls.network import network_variables
from .ordering import TrustedAnswer
from .restoring import history_of, logs_of, metric_states


def same_training(call: BuiltCall, results: Sequence[Mapping[str, Any]], answer: TrustedAnswer) -> bool:
    """Return whether a training that just ended here equals the ordered one.

    Args:
        call: The ordered call; its model was trained here.
        results: The results of each epoch, observed before any callback.
        answer: The answer to the order.
    """
    history = history_of(call, answer)
    history.pop("learning_rate", None)
    optimizer = call.model.optimizer
    # A rate that a callback sets for the next training did not affect this one.
    kept = [place for place, variable in enumerate(optimizer.variables) if variable is not optimizer._learning_rate]
    here = values_of(optimizer.variables)
    there = answer.arrays.all(answer.result["optimizer_state"])
    return (
        len(results) == answer.result["epochs_run"]
        and all(
            _same([np.float64(_number(result.get(name))) for result in results if name in result], numbers)
            for name, numbers in history.items()
        )
        and _equal(values_of(network_variables(call.model)), answer.arrays.all(answer.result["weights"]))
        and len(here) == len(there)
        and _equal([here[place] for place in kept], [there[place] for place in kept])
        and _same_metric_states(call, answer)
    )


def same_evaluation(call: BuiltCall, logs: Mapping[str, Any], answer: TrustedAnswer) -> bool:
    """Return whether an evaluation that just ended here equals the ordered one."""
    return all(
        _same([np.float64(_number(logs.get(name)))], [number]) for name, number in logs_of(call, answer).items()
    ) and _same_metric_states(call, answer)


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value)) if value is not None else float("inf")


def _same_metric_states(call: BuiltCall, answer: TrustedAnswer) -> bool:
    states = metric_states(answer)
    return all(_equal(values_of(variables), states[name]) for name, variables in metric_variables(call.model).items())


def _same(here: Sequence[Any], there: Sequence[float]) -> bool:
    return _equal([np.array(here, np.float64)], [np.array(there, np.float64)])


def _equal(here: Sequence[Array], there: Sequence[Array]) -> bool:
    """Compare bitwise: NaN equals itself, and 0 differs from -0."""
    return len(here) == len(there) and all(
        one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
        for one, other in zip(here, there, strict=True)
    )
