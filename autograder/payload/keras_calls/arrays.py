"""Arrays and lists of numbers as JSON that gives every bit back, NaN and infinities included."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(array: NDArray[Any]) -> dict[str, Any]:
    """Return an array as JSON."""
    # `ascontiguousarray` would turn a number into a list of one.
    contiguous = np.asarray(array, order="C")
    return {
        "dtype": contiguous.dtype.str,
        "shape": list(contiguous.shape),
        "data": base64.b64encode(contiguous.tobytes()).decode("ascii"),
    }


def unpack(packed: Mapping[str, Any]) -> NDArray[Any]:
    """Return the array that `pack` was given.

    Raises:
        ValueError: Length and shape disagree.
    """
    array = np.frombuffer(base64.b64decode(packed["data"], validate=True), np.dtype(packed["dtype"]))
    return array.reshape(packed["shape"]).copy()


def pack_lists(lists: Mapping[str, Sequence[float]]) -> list[list[Any]]:
    """Return named lists of Python floats, in their order.

    Raises:
        TypeError: Something is not exactly a float.
    """
    packed = []
    for name, numbers in lists.items():
        if type(name) is not str or any(type(number) is not float for number in numbers):
            raise TypeError(f"{name} holds something else than floats")
        packed.append([name, pack(np.array(numbers, np.float64))])
    return packed


def unpack_lists(packed: Sequence[Any]) -> dict[str, list[float]]:
    """Return the lists that `pack_lists` was given."""
    return {name: unpack(numbers).tolist() for name, numbers in packed}
