"""The learning rate at the beginning of each epoch, and the results at its end, as a training really had them."""

from __future__ import annotations

import contextlib
from typing import Any

import keras


class RateObserver(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes the learning rate as each epoch begins. Goes last, after any scheduler has spoken."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the present rate."""
        # An optimizer of the notebook's own may have none, and its training shall not fail for that.
        with contextlib.suppress(Exception):
            self.rates.append(current_rate(self.model.optimizer))


class ResultObserver(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes what each epoch gave. Goes first: a callback of the notebook's may rewrite what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[dict[str, Any]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note the results of an epoch."""
        self.results.append(dict(logs or {}))


def current_rate(optimizer: Any) -> float:
    """Return an optimizer's learning rate, as the 32-bit number that it computes with."""
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate))


def settable_rate(optimizer: Any) -> float | None:
    """Return an optimizer's learning rate, None where it follows a rule of its own that nothing can overrule."""
    return current_rate(optimizer) if isinstance(optimizer._learning_rate, keras.Variable) else None
