"""Arrays by the hash of their content: an order names them, and only requested ones are sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from .own import NotOrderableError

Array = NDArray[Any]

DTYPES = frozenset({"|b1", "|i1", "|u1"} | {f"<{kind}{size}" for kind in "iuf" for size in (2, 4, 8)})
"""The types of number that may be sent."""


class Arrays:
    """The arrays of one description or result, by their digests."""

    def __init__(self) -> None:
        self._arrays: dict[str, Array] = {}

    def add(self, array: Array) -> str:
        """Store an array, without a copy if possible, and return its digest.

        Raises:
            NotOrderableError: It does not hold plain numbers.
        """
        plain = plainly_stored(array)
        digest = digest_of(plain)
        self._arrays[digest] = plain
        return digest

    def add_all(self, arrays: Iterable[Array]) -> list[str]:
        """Store several arrays and return their digests."""
        return [self.add(array) for array in arrays]

    def put(self, digest: str, array: Array) -> None:
        """Store a received array whose digest was checked or need not be checked on this side."""
        self._arrays[digest] = array

    def __getitem__(self, digest: str) -> Array:
        return self._arrays[digest]

    def __contains__(self, digest: object) -> bool:
        return digest in self._arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def all(self, digests: Sequence[str]) -> list[Array]:
        """Return several arrays.

        Raises:
            KeyError: One of them is missing.
        """
        return [self._arrays[digest] for digest in digests]


def plainly_stored(array: Array) -> Array:
    """Return an array in little-endian C order, as used for its digest.

    Raises:
        NotOrderableError: It does not hold plain numbers.
    """
    # `ascontiguousarray` would turn a scalar into an array of length one.
    plain = np.asarray(array, order="C")
    if plain.dtype.byteorder == ">":
        plain = plain.astype(plain.dtype.newbyteorder("<"))
    if plain.dtype.str not in DTYPES:
        raise NotOrderableError(f"an array of {plain.dtype.name}")
    return plain


def digest_of(plain: Array) -> str:
    """Return the SHA-256 of an array's type, shape and content."""
    head = json.dumps([plain.dtype.str, list(plain.shape)], separators=(",", ":"))
    digest = hashlib.sha256(head.encode() + b"\n")
    digest.update(bytes_of(plain))
    return digest.hexdigest()


def bytes_of(plain: Array) -> memoryview:
    """Return the bytes of a plainly stored array, without copying them."""
    return plain.reshape(-1).view(np.uint8).data


def values_of(variables: Sequence[Any]) -> list[Array]:
    """Return copies of the values of Keras's variables, which later trainings do not change."""
    return [np.array(keras.ops.convert_to_numpy(variable), order="C") for variable in variables]


def check_fitting(variables: Sequence[Any], values: Sequence[Array]) -> None:
    """Check that values fit variables, so that assigning them cannot fail halfway.

    Raises:
        ValueError: Their number, shapes or types differ.
    """
    if len(values) != len(variables):
        raise ValueError(f"{len(values)} values for {len(variables)} variables")
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape or variable.dtype != value.dtype.name:
            raise ValueError(f"{value.dtype}{value.shape} for a variable {variable.dtype}{tuple(variable.shape)}")


def assign_all(variables: Sequence[Any], values: Sequence[Array]) -> None:
    """Assign values to variables."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
