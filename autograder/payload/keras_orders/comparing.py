"""Compares what a call gave in the notebook, bit by bit, with what the order gave that left out the notebook's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from ..keras_calls.arrays import Array, values_of
from ..keras_calls.call import Call
from ..keras_calls.network import network_variables
from ..keras_calls.results import metric_variables
from .ordering import Answer
from .restoring import history_of, logs_of, metric_states


def same_training(call: Call, results: Sequence[Mapping[str, Any]], answer: Answer) -> bool:
    """Return whether a training that has just ended here is the one that was ordered.

    Args:
        call: What was ordered; its model was trained here.
        results: What each epoch gave, as it was seen before any callback.
        answer: What came of the order.
    """
    history = history_of(call, answer)
    history.pop("learning_rate", None)
    optimizer = call.model.optimizer
    # The rate that a callback has left for the next training decided nothing of this one.
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


def same_evaluation(call: Call, logs: Mapping[str, Any], answer: Answer) -> bool:
    """Return whether an evaluation that has just ended here is the one that was ordered."""
    return all(
        _same([np.float64(_number(logs.get(name)))], [number]) for name, number in logs_of(call, answer).items()
    ) and _same_metric_states(call, answer)


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value)) if value is not None else float("inf")


def _same_metric_states(call: Call, answer: Answer) -> bool:
    states = metric_states(answer)
    return all(_equal(values_of(variables), states[name]) for name, variables in metric_variables(call.model).items())


def _same(here: Sequence[Any], there: Sequence[float]) -> bool:
    return _equal([np.array(here, np.float64)], [np.array(there, np.float64)])


def _equal(here: Sequence[Array], there: Sequence[Array]) -> bool:
    """Compare bits: NaN is equal to itself here, and 0 is not -0."""
    return len(here) == len(there) and all(
        one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
        for one, other in zip(here, there, strict=True)
    )
