"""Takes the values of Keras variables out and puts others in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from .arrays import pack, unpack


def values_of(variables: Sequence[Any]) -> list[NDArray[Any]]:
    """Return the values of variables."""
    return [np.asarray(keras.ops.convert_to_numpy(variable)) for variable in variables]


def pack_all(variables: Sequence[Any]) -> list[Any]:
    """Return the values of variables as JSON."""
    return [pack(value) for value in values_of(variables)]


def unpack_for(variables: Sequence[Any], packed: Sequence[Any]) -> list[NDArray[Any]]:
    """Return values read back, having looked that they fit, so that an assignment can't stop halfway.

    Raises:
        ValueError: They are not as many, or not of these shapes and types.
    """
    values = [unpack(item) for item in packed]
    if len(values) != len(variables):
        raise ValueError(f"{len(values)} values for {len(variables)} variables")
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape or variable.dtype != value.dtype.name:
            raise ValueError(f"{value.dtype}{value.shape} for a variable {variable.dtype}{tuple(variable.shape)}")
    return values


def assign_all(variables: Sequence[Any], values: Sequence[NDArray[Any]]) -> None:
    """Put values in."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
