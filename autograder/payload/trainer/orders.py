"""Carries out one order: rebuilds what it describes, makes the call, and returns what came of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..keras_calls.arrays import Array, Arrays, bytes_of
from ..keras_calls.results import Result
from .performing import perform
from .rebuilding import UnbuildableError, rebuild

__all__ = ["UnbuildableError", "array_from", "carry_out", "parts_of"]


def carry_out(description: dict[str, Any], arrays: Arrays) -> tuple[Result, Arrays]:
    """Return the result of an order and the arrays that it names.

    Raises:
        UnbuildableError: The order can't be rebuilt as it is described.
    """
    return perform(rebuild(description, arrays))


def array_from(announcement: dict[str, Any], data: bytearray) -> Array:
    """Return an array that arrived."""
    return np.frombuffer(data, np.dtype(announcement["dtype"])).reshape(announcement["shape"])


def parts_of(array: Array) -> tuple[str, tuple[int, ...], memoryview]:
    """Return type, shape and bytes of an array, as they travel."""
    return array.dtype.str, array.shape, bytes_of(array)
