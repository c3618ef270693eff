"""Writes down every training and evaluation, trained or replayed, as frames (`records.Training`, `.Evaluation`)."""

from __future__ import annotations

import inspect
import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..channel import Channel
from . import randomness
from .compiled import loss_name, metric_names
from .layers import summarise_layers
from .own import class_name
from .summary import summarise

_DECIDING_OPTIONS = ("validation_split", "class_weight", "sample_weight", "initial_epoch", "steps_per_epoch")


class Journal:
    """Numbers the trainings from 1 and remembers each model's last.

    Args:
        current_cell: Gives the index of the cell that is running.
    """

    def __init__(self, channel: Channel, current_cell: Callable[[], int]) -> None:
        self._channel = channel
        self._current_cell = current_cell
        self._trainings = 0
        self._last: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()

    def write_training(
        self,
        bound: inspect.BoundArguments,
        history: Any,
        rates: Sequence[float],
        results: Sequence[Mapping[str, Any]] | None,
        *,
        replayed: bool,
        seconds: float,
    ) -> None:
        """Journal one `fit` that has come to its end.

        Args:
            bound: The call.
            history: What it returned, which the notebook's callbacks may have edited.
            rates: The learning rate as each epoch began.
            results: What each epoch gave, as it was seen before any callback; None where the history is the store's.
            replayed: The store knew it.
            seconds: What it took.
        """
        given = bound.arguments
        model = given["self"]
        self._trainings += 1
        before = self._last.get(model)
        self._last[model] = self._trainings
        inputs = summarise(given["x"])
        self._channel.send(
            {
                "type": "training",
                "number": self._trainings,
                "cell": self._current_cell(),
                "parameters": int(model.count_params()),
                "layers": summarise_layers(model),
                "optimizer": class_name(type(model.optimizer)),
                "optimizer_settings": _numbers(model.optimizer),
                "loss": loss_name(model),
                "metrics": metric_names(
                    model, [str(name) for name in history.history if not str(name).startswith("val_")]
                ),
                "rates": list(rates),
                "epochs": len(history.epoch if results is None else results),
                "batch_size": _batch_size(given["batch_size"], inputs),
                "shuffle": bool(given["shuffle"]),
                "seed": randomness.tensorflow_seed(),
                "inputs": inputs,
                "targets": summarise(given["y"]),
                "validation": _validation(given["validation_data"]),
                "history": _finite_lists(history.history if results is None else _as_seen(history.history, results)),
                "replayed": replayed,
                "seconds": seconds,
                "continues": before,
                "options": _options(given),
            }
        )

    def write_evaluation(self, bound: inspect.BoundArguments, logs: Mapping[str, Any], *, replayed: bool) -> None:
        """Journal one `evaluate`, or a `predict` (which has no results), that has come to its end."""
        given = bound.arguments
        self._channel.send(
            {
                "type": "evaluation",
                "cell": self._current_cell(),
                "training": self._last.get(given["self"]),
                "inputs": summarise(given["x"]),
                "results": {str(name): _finite(value) for name, value in logs.items()},
                "replayed": replayed,
            }
        )


def _batch_size(given: Any, inputs: Mapping[str, Any]) -> int:
    """Return the size of a batch; 0 where the data come in batches of their own, which is not seen."""
    return int(given or (32 if inputs["shape"] else 0))


def _validation(data: Any) -> dict[str, Any] | None:
    if data is None:
        return None
    return summarise(data[0] if isinstance(data, tuple | list) and data else data)


def _options(given: Mapping[str, Any]) -> list[str]:
    """Name what else was asked of `fit` that decides what is learned, with its value where that is a number."""
    named = (name for name in _DECIDING_OPTIONS if given[name] is not None and not _is_zero(given[name]))
    return [f"{name}={given[name]}" if type(given[name]) in (int, float) else name for name in named]


def _is_zero(value: Any) -> bool:
    return type(value) in (int, float) and value == 0


def _numbers(optimizer: Any) -> dict[str, Any]:
    """Return the settings of an optimizer that are plain numbers, and its rate's first value as `learning_rate`."""
    settings = optimizer.get_config()
    return {
        name: value
        for name, value in settings.items()
        if type(value) is bool or type(value) is int or (type(value) is float and math.isfinite(value))
    }


def _as_seen(history: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a history with the results that were seen in the place of those that it tells.

    What a callback added stays, but for what goes beyond the epochs.
    """
    seen = {name: [result.get(name) for result in results] for name in (results[0] if results else ())}
    added = {name: values[: len(results)] for name, values in history.items() if isinstance(values, list)}
    return added | seen


def _finite_lists(history: Mapping[str, Any]) -> dict[str, list[float | None]]:
    return {
        str(name): [_finite(value) for value in values] for name, values in history.items() if isinstance(values, list)
    }


def _finite(value: Any) -> float | None:
    if not isinstance(value, int | float | np.number):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
