"""Sees what a notebook does beside `fit`, `evaluate` and `predict`: networks called directly, loops of its own."""

from __future__ import annotations

import inspect
from collections import Counter
from typing import Any

import tensorflow as tf
from tensorflow.python import pywrap_tfe

from ..channel import Channel
from ..keras_calls.arrays import Arrays, values_of
from .claims import Claim

MOST_CLAIMS = 100
MOST_LOOKS = 1_000
"""A notebook may call its network on every single row; the first calls tell what it is about."""

_ARRAYS = ("ndarray", "EagerTensor")


class DirectCalls:
    """Claims the calls of networks that predict without `predict`, each network and input once."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._claimed: set[tuple[str, ...]] = set()
        self._looks = 0

    def saw(self, model: Any, x: Any) -> None:
        """Claim that a network was called on arrays, unless that is part of a training or of a graph."""
        if self._looks >= MOST_LOOKS or len(self._claimed) >= MOST_CLAIMS:
            return
        if not _is_concrete(x) or not tf.executing_eagerly():
            return
        # Under a gradient tape a network is being trained, which shows where its gradients are applied.
        if not pywrap_tfe.TFE_Py_TapeSetIsEmpty():
            return
        self._looks += 1
        bound = inspect.BoundArguments(inspect.signature(_predict), {"self": model, "x": x, "batch_size": None})
        claim = Claim("predict", bound, ["a network called directly"])
        arrays = Arrays()
        key = (*arrays.add_all(values_of(model.variables)), "x", *claim.inputs)
        if key not in self._claimed:
            self._claimed.add(key)
            claim.send(self._channel, {})


class Loops:
    """Counts the steps of training that a cell takes by itself, and tells of them when the cell ends."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._steps: Counter[str] = Counter()

    def count(self, kind: str) -> None:
        """Count one step."""
        self._steps[kind] += 1

    def end_cell(self) -> None:
        """Tell of the steps of the cell that has ended."""
        for kind, steps in sorted(self._steps.items()):
            self._channel.send({"type": "loop", "kind": kind, "steps": steps})
        self._steps.clear()


def _is_concrete(x: Any) -> bool:
    parts = list(x.values()) if isinstance(x, dict) else x if isinstance(x, list | tuple) else [x]
    return all(type(part).__name__ in _ARRAYS for part in parts)


def _predict(self: Any, x: Any, batch_size: Any) -> None:
    """Give the claim of a direct call its signature."""
