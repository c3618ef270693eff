"""Carries out one order: rebuilds the described call, makes it, and returns its result."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from ..keras_calls.captured_arrays import Array, Arrays, bytes_of
from ..keras_calls.capturing import Result
from .performing import perform
from .rebuilding import UnbuildableError, rebuild

__all__ = ["UnbuildableError", "array_from", "carry_out", "parts_of"]


def carry_out(description: dict[str, Any], arrays: Arrays, network: Any = None) -> tuple[Result, Arrays, Any]:
    """Return the result of an order, the arrays that it names, and the network used.

    Args:
        description: The order's description.
        arrays: The arrays that it names.
        network: The equal network of an earlier order, if there is one; its weights are overwritten.

    Raises:
        UnbuildableError: The call cannot be rebuilt from its description.
    """
    before = _cpu_seconds()
    call = rebuild(description, arrays, network)
    started = time.monotonic()
    result, given = perform(call)
    result["seconds"] = round(time.monotonic() - started, 3)
    # Includes all threads and the rebuilding. In a process that was forked for the order it starts at 0.
    result["cpu_seconds"] = round(_cpu_seconds() - before, 3)
    return result, given, call.model


def array_from(announcement: dict[str, Any], data: bytearray) -> Array:
    """Return a received array."""
    return np.frombuffer(data, np.dtype(announcement["dtype"])).reshape(announcement["shape"])


def parts_of(array: Array) -> tuple[str, tuple[int, ...], memoryview]:
    """Return dtype, shape and bytes of an array, as they are sent."""
    return array.dtype.str, array.shape, bytes_of(array)


def _cpu_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system
