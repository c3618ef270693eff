"""Turns what a notebook hands to `fit`, `evaluate` and `predict` into the arrays that Keras makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras.src.backend.config import max_steps_per_epoch
from keras.src.trainers.data_adapters import array_data_adapter, array_slicing, data_adapter_utils

from .arrays import Array, plainly_stored
from .own import NotOrderableError

DEFAULT_BATCH_SIZE = 32


def as_array(value: Any) -> Array:
    """Return one array as Keras sees it: a table or a tensor as an array, numbers with a point in Keras's precision.

    Raises:
        NotOrderableError: Keras makes no array of plain numbers of it.
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
        names: What the inputs are called, in their order.

    Raises:
        NotOrderableError: They are not as many, or no arrays.
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
        NotOrderableError: Keras can't divide them.
    """
    try:
        training, validation = array_slicing.train_validation_split((x, y, sample_weight), validation_split=share)
    except Exception as error:
        raise NotOrderableError(f"data that can't be split: {error}") from error
    return training, validation


def unpack(data: Any) -> tuple[Any, Any, Any]:
    """Return inputs, targets and weights of what was handed over as validation data.

    Raises:
        NotOrderableError: It is nothing of the kind.
    """
    try:
        x, y, sample_weight = data_adapter_utils.unpack_x_y_sample_weight(data)
    except ValueError as error:
        raise NotOrderableError("validation data of another form") from error
    return x, y, sample_weight


def batch_size(given: Any, rows: int, steps: int | None) -> int:
    """Return how many rows Keras puts into a batch.

    Raises:
        NotOrderableError: `given` is no positive whole number.
    """
    if given is not None:
        return whole(given, "batch_size", 1)
    most = max_steps_per_epoch()
    steps = min(filter(None, (steps, most)), default=None)
    return math.ceil(rows / steps) if steps else DEFAULT_BATCH_SIZE


def whole(value: Any, name: str, least: int) -> int:
    """Return a whole number.

    Raises:
        NotOrderableError: It is none, or less than it may be.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise NotOrderableError(f"a {name} that is no whole number of at least {least}")
    return int(value)


def _is_of_varying_form(value: Any) -> bool:
    """Return whether Keras keeps data in another form than an array's, even where an array could be made of it."""
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
    except Exception:  # noqa: BLE001 (a student's object may fail in any way when it is looked at)
        return False
