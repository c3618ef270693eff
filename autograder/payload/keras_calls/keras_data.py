"""Converts the arguments of `fit`, `evaluate` and `predict` to the arrays that Keras would make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras.src.backend.config import max_steps_per_epoch
from keras.src.trainers.data_adapters import array_data_adapter, array_slicing, data_adapter_utils

from .captured_arrays import Array, plainly_stored
from .own import NotOrderableError

DEFAULT_BATCH_SIZE = 32


def as_array(value: Any) -> Array:
    """Return one array as Keras sees it: a table or tensor as an array, floats in Keras's precision.

    Raises:
        NotOrderableError: Keras would not make an array of plain numbers.
    """
    kind = type(value).__name__
    if isinstance(value, list | tuple | dict) or _is_of_varying_form(value):
        raise NotOrderableError(f"data in a {kind}")
    try:
        seen = array_slicing.convert_to_sliceable(value, target_backend="tensorflow")
        array = np.asarray(seen.numpy() if hasattr(seen, "numpy") else seen)
    except Exception as error:
        raise NotOrderableError(f"data in a {kind}") from error
    if array.ndim < 1:
        raise NotOrderableError("data that is a single number")
    return plainly_stored(array)


def as_inputs(value: Any, names: Sequence[str]) -> list[Array]:
    """Return the inputs of a model, one array for each.

    Args:
        value: An array, or a list or dictionary of arrays.
        names: The names of the inputs, in order.

    Raises:
        NotOrderableError: Their number differs, or they are not arrays.
    """
    if not _is_data(value):
        raise NotOrderableError(f"data in a {type(value).__name__}")
    if isinstance(value, dict):
        if set(value) != set(names):
            raise NotOrderableError("inputs that are named otherwise")
        value = [value[name] for name in names]
    parts = list(value) if isinstance(value, list | tuple) else [value]
    if len(parts) != len(names):
        raise NotOrderableError(f"{len(parts)} inputs for {len(names)}")
    return [as_array(part) for part in parts]


def split(x: Any, y: Any, sample_weight: Any, share: float) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    """Return training and validation data as `validation_split` divides them, by Keras's own rule.

    Raises:
        NotOrderableError: Keras cannot split them.
    """
    try:
        training, validation = array_slicing.train_validation_split((x, y, sample_weight), validation_split=share)
    except Exception as error:
        raise NotOrderableError(f"data that can't be split: {error}") from error
    return training, validation


def unpack(data: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and weights of the given validation data.

    Raises:
        NotOrderableError: It is not validation data.
    """
    try:
        x, y, sample_weight = data_adapter_utils.unpack_x_y_sample_weight(data)
    except ValueError as error:
        raise NotOrderableError("validation data of another form") from error
    return x, y, sample_weight


def batch_size(given: Any, rows: int, steps: int | None) -> int:
    """Return the batch size that Keras uses.

    Raises:
        NotOrderableError: `given` is not a positive integer.
    """
    if given is not None:
        return whole(given, "batch_size", 1)
    most = max_steps_per_epoch()
    steps = min(filter(None, (steps, most)), default=None)
    return math.ceil(rows / steps) if steps else DEFAULT_BATCH_SIZE


def whole(value: Any, name: str, least: int) -> int:
    """Return an integer.

    Raises:
        NotOrderableError: It is not an integer, or is too small.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise NotOrderableError(f"a {name} that is no whole number of at least {least}")
    return int(value)


def _is_of_varying_form(value: Any) -> bool:
    """Return whether Keras keeps data in another form than an array, even if an array could be made."""
    utilities = data_adapter_utils
    return bool(
        utilities.is_scipy_sparse(value)
        or (
            utilities.is_tensorflow_tensor(value)
            and (utilities.is_tensorflow_ragged(value) or utilities.is_tensorflow_sparse(value))
        )
    )


def _is_data(value: Any) -> bool:
    try:
        return value is not None and bool(array_data_adapter.can_convert_arrays((value, None, None)))
    except Exception:  # noqa: BLE001 (a student's object may raise anything on inspection)
        return False
