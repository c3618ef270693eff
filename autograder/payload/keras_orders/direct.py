"""Observes what a notebook does besides `fit`, `evaluate` and `predict`: direct calls of networks, custom loops."""

from __future__ import annotations

import inspect
from collections import Counter
from typing import Any

import tensorflow as tf
from tensorflow.python import pywrap_tfe

from ..channel import Channel
from ..keras_calls.captured_arrays import Arrays, values_of
from .reported_calls import ReportedCall

MOST_REPORTS = 100
MOST_LOOKS = 1_000
"""The most direct calls reported: a notebook may call its network on every single row."""

_ARRAYS = ("ndarray", "EagerTensor")


class DirectCalls:
    """Reports direct calls of networks, which predict without `predict`; each network and input once."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._reported: set[tuple[str, ...]] = set()
        self._looks = 0

    def saw(self, model: Any, x: Any) -> None:
        """Report that a network was called on arrays, unless that is part of a training or of a graph."""
        if self._looks >= MOST_LOOKS or len(self._reported) >= MOST_REPORTS:
            return
        if not _is_concrete(x) or not tf.executing_eagerly():
            return
        # Under a gradient tape, a network is being trained, which is observed when its gradients are applied.
        if not pywrap_tfe.TFE_Py_TapeSetIsEmpty():
            return
        self._looks += 1
        bound = inspect.BoundArguments(inspect.signature(_predict), {"self": model, "x": x, "batch_size": None})
        report = ReportedCall("predict", bound, ["a network called directly"])
        arrays = Arrays()
        key = (*arrays.add_all(values_of(model.variables)), "x", *report.inputs)
        if key not in self._reported:
            self._reported.add(key)
            report.send(self._channel, {})


class Loops:
    """Counts the custom training steps of a cell, and reports them when the cell ends."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._steps: Counter[str] = Counter()

    def count(self, kind: str) -> None:
        """Count one step."""
        self._steps[kind] += 1

    def end_cell(self) -> None:
        """Report the steps of the cell that has ended."""
        for kind, steps in sorted(self._steps.items()):
            self._channel.send({"type": "loop", "kind": kind, "steps": steps})
        self._steps.clear()


def _is_concrete(x: Any) -> bool:
    parts = list(x.values()) if isinstance(x, dict) else x if isinstance(x, list | tuple) else [x]
    return all(type(part).__name__ in _ARRAYS for part in parts)


def _predict(self: Any, x: Any, batch_size: Any) -> None:
    """Provide the signature for reports of direct calls."""
