"""Says a variable's value in plain JSON, by exact type, never through a method that a student could override.

What cannot be said plainly becomes `{"$unsupported": reason}` in its place, so that the rest still counts.
"""

from __future__ import annotations

import math
import sys
from collections import OrderedDict, defaultdict
from typing import Any

UNSUPPORTED = "$unsupported"
DEEPEST = 12
"""Levels of nesting: any answer of a rubric needs three or four, and a frame may have 32."""

WIDEST_INTEGER_BITS = 63
"""What every reader of JSON takes for a whole number; a rubric asks for nothing near."""

_WITH_NUMPY = (
    ("tensorflow.python.framework.ops", "EagerTensor"),
    ("keras.src.backend", "Variable"),
    ("keras.src.backend.tensorflow.core", "Variable"),
)
"""Classes whose `numpy()` gives an array or a number of numpy's."""

_WITH_TO_NUMPY = (("pandas.core.series", "Series"), ("pandas.core.indexes.base", "Index"))
"""Classes whose `to_numpy()` gives an array: one column of a table, in its order."""

_NUMPY_SCALARS = (
    "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
    "float64", "str_",
)  # fmt: skip


def plain(value: Any, most_bytes: int) -> Any:
    """Return a value as JSON has it.

    Args:
        value: Anything at all.
        most_bytes: What takes more as JSON is not looked at to its end.

    >>> plain({2: (1, 0.5)}, 1000)
    {'2': [1, 0.5]}
    """
    try:
        return _Encoder(most_bytes).encode(value, 1)
    except _TooLargeError:
        return unsupported(f"larger than {most_bytes:,} bytes")
    except Exception:  # noqa: BLE001 (a value that breaks its reader shall not cost the notebook its other answers)
        return unsupported("cannot be read")


def unsupported(reason: str) -> dict[str, str]:
    """Return what stands in the place of a value that cannot be said."""
    return {UNSUPPORTED: reason}


class _TooLargeError(Exception):
    """The value takes more bytes than it may."""


class _Encoder:
    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self._numpy: Any = sys.modules.get("numpy")
        # By the identity of the type: hashing or comparing a student's class could run a metaclass of theirs.
        single = {float: self._number, str: self._text, int: self._integer, bool: self._word, type(None): self._word}
        several = dict.fromkeys((list, tuple, range), self._items)
        several |= dict.fromkeys((dict, OrderedDict, defaultdict), self._mapping)
        self._single: dict[int, Any] = {id(kind): encode for kind, encode in single.items()}
        self._several: dict[int, Any] = {id(kind): encode for kind, encode in several.items()}

    def encode(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            return unsupported("nested too deep")
        kind = type(value)
        single = self._single.get(id(kind))
        if single is not None:
            return single(value)
        return self._several.get(id(kind), self._foreign)(value, depth)

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _TooLargeError

    def _word(self, value: Any) -> Any:
        self._spend(len("false"))
        return value

    def _number(self, value: float) -> Any:
        if not math.isfinite(value):
            return unsupported("not a finite number")
        self._spend(len(repr(value)) + 1)
        return value

    def _integer(self, value: int) -> Any:
        if value.bit_length() > WIDEST_INTEGER_BITS:
            return unsupported(f"a whole number of more than {WIDEST_INTEGER_BITS} bits")
        self._spend(len(repr(value)) + 1)
        return value

    def _text(self, value: str) -> Any:
        self._spend(len(value) + 3)
        if any("\ud800" <= character <= "\udfff" for character in value):
            return unsupported("text that is not Unicode")
        # A character outside ASCII travels as \uXXXX.
        self._spend(5 * sum(character > "\x7f" for character in value))
        return value

    def _items(self, value: Any, depth: int) -> Any:
        self._spend(2 + len(value))
        return [self.encode(item, depth + 1) for item in value]

    def _mapping(self, value: Any, depth: int) -> Any:
        self._spend(2 + len(value))
        result: dict[str, Any] = {}
        for key, item in list(dict.items(value)):
            name = self._key(key)
            if name is None:
                return unsupported(f"a key is neither text nor a whole number but {_name(type(key))}")
            if name in result:
                return unsupported(f"two keys read {name[:40]!r}")
            if isinstance(self._text(name), dict):
                return unsupported("a key that is not Unicode")
            result[name] = self.encode(item, depth + 1)
        return result

    def _key(self, key: Any) -> str | None:
        kind = type(key)
        if kind is str:
            return str(key)
        if kind is int and key.bit_length() <= WIDEST_INTEGER_BITS:
            return str(key)
        if self._is_numpy_scalar(kind):
            inner = key.item()
            if type(inner) in (int, str):
                return str(inner)
        return None

    def _is_numpy_scalar(self, kind: type) -> bool:
        return any(kind is getattr(self._numpy, name, None) for name in _NUMPY_SCALARS)

    def _foreign(self, value: Any, depth: int) -> Any:
        """Look through the few types of other packages that hold plain numbers."""
        kind = type(value)
        if self._is_numpy_scalar(kind):
            return self.encode(value.item(), depth)
        if self._numpy is not None and kind is self._numpy.ndarray:
            return self._array(value, depth)
        if any(kind is _class(*place) for place in _WITH_NUMPY):
            return self.encode(value.numpy(), depth)
        if any(kind is _class(*place) for place in _WITH_TO_NUMPY):
            return self.encode(value.to_numpy(), depth)
        if kind is _class("keras.src.callbacks.history", "History"):
            return self.encode(vars(value).get("history"), depth)
        return unsupported(f"a {_name(kind)}")

    def _array(self, value: Any, depth: int) -> Any:
        if value.dtype.kind not in "biufU":
            return unsupported(f"an array of {value.dtype.name}")
        # Two characters are the least that an element takes.
        if 2 * value.size > self._left:
            raise _TooLargeError
        return self.encode(value.tolist(), depth)


def _class(module: str, name: str) -> Any:
    """Return a class of a package, if the notebook has imported it; else something that no type is."""
    return getattr(sys.modules.get(module), name, ())


def _name(kind: type) -> str:
    # `type.__name__` is read through `type`, since a metaclass may answer anything.
    module = type.__dict__["__module__"].__get__(kind)
    name = type.__dict__["__name__"].__get__(kind)
    shown = f"{name} of {module}" if type(module) is str else str(name)
    return shown.encode("utf-8", "replace").decode()[:80]
