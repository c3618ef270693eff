"""Observes the learning rate at the beginning of each epoch, and the results at its end."""

from __future__ import annotations

import contextlib
from typing import Any

import keras


class RateObserver(keras.callbacks.Callback):  # type: ignore[misc]
    """Records the learning rate at the beginning of each epoch. Must be the last callback, after any scheduler."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Record the current rate."""
        # A notebook's own optimizer may have no rate; its training must not fail because of that.
        with contextlib.suppress(Exception):
            self.rates.append(current_rate(self.model.optimizer))


class ResultObserver(keras.callbacks.Callback):  # type: ignore[misc]
    """Records the results of each epoch. Must be the first callback, since the notebook's may modify the logs."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[dict[str, Any]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Record the results of an epoch."""
        self.results.append(dict(logs or {}))


def current_rate(optimizer: Any) -> float:
    """Return an optimizer's learning rate as the 32-bit number that it uses."""
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def settable_rate(optimizer: Any) -> float | None:
    """Return an optimizer's learning rate, None if it follows a schedule that cannot be overridden."""
    return current_rate(optimizer) if isinstance(optimizer._learning_rate, keras.Variable) else None
