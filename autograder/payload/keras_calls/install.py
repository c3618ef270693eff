"""Puts our functions around `fit`, `evaluate` and `predict` of Keras's trainer, for outermost calls alone."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from keras.src.backend.tensorflow import trainer as keras_trainer

from ..channel import Channel
from .conduct import Conductor
from .journal import Journal

OBSERVED = "_autograder_observed"


def attach(channel: Channel, mode: str, current_cell: Callable[[], int]) -> None:
    """Observe every later call of the three methods.

    Args:
        channel: Where the journal goes, and where known results are asked for.
        mode: `replay`, `train` or `record`.
        current_cell: Gives the index of the cell that is running.
    """
    conductor = Conductor(channel, mode, Journal(channel, current_cell))
    guard = _Guard()
    for name in ("fit", "evaluate", "predict"):
        original = getattr(keras_trainer.TensorFlowTrainer, name)
        if hasattr(original, OBSERVED):
            # A notebook may load Keras a second time: a call shall still be journalled once.
            continue
        conduct = getattr(conductor, name)
        setattr(keras_trainer.TensorFlowTrainer, name, _around(original, conduct, guard))


class _Guard:
    """Whether some call is being conducted: `fit` calls `evaluate` for its validation data."""

    def __init__(self) -> None:
        self.busy = False


def _around(original: Any, conduct: Any, guard: _Guard) -> Any:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def observed(*arguments: Any, **options: Any) -> Any:
        if guard.busy:
            return original(*arguments, **options)
        try:
            bound = signature.bind(*arguments, **options)
            bound.apply_defaults()
        except TypeError:
            # A wrong call: Keras's own message is the one that helps the student.
            return original(*arguments, **options)
        guard.busy = True
        try:
            return conduct(original, bound)
        finally:
            guard.busy = False

    setattr(observed, OBSERVED, True)
    return observed
