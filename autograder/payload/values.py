"""Encodes a variable's value as plain JSON by exact type, never through a method that a student could override.

Tables and objects keep their labels, sets and members of enums are marked, since only the trusted side knows what is
asked for: `{"$series": [[label, value], …]}`, `{"$frame": [[label, column], …]}`, `{"$record": [[field, value], …]}`,
`{"$set": […]}`, `{"$member": [name, value]}`. A part that cannot be encoded becomes `{"$unsupported": detail}`, so that
the rest still counts; a detail is a code with its fields, as in `autograder.records`.
"""

from __future__ import annotations

import array
import itertools
import math
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .own_objects import enum_member, stored_fields
from .stand_ins import StandIn, path_of

UNSUPPORTED = "$unsupported"
DEEPEST = 12
"""The maximum nesting: answers need three or four levels, and a frame may have 32."""

WIDEST_INTEGER_BITS = 63
"""The largest integer that every JSON parser reads exactly; answers are far smaller."""

_WITH_NUMPY = (
    ("tensorflow.python.framework.ops", "EagerTensor"),
    ("keras.src.backend", "Variable"),
    ("keras.src.backend.tensorflow.core", "Variable"),
    ("tensorflow.python.ops.resource_variable_ops", "ResourceVariable"),
)
"""Classes whose `numpy()` returns a NumPy array or number."""

_WITH_TO_NUMPY = (
    ("pandas.core.arrays.categorical", "Categorical"),
    ("pandas.core.arrays.floating", "FloatingArray"),
    ("pandas.core.arrays.integer", "IntegerArray"),
    ("pandas.core.arrays.numpy_", "NumpyExtensionArray"),
    ("pandas.core.arrays.string_", "StringArray"),
    ("pandas.core.arrays.string_arrow", "ArrowStringArray"),
    ("pandas.core.indexes.base", "Index"),
    ("pandas.core.indexes.category", "CategoricalIndex"),
    ("pandas.core.indexes.range", "RangeIndex"),
)
"""Classes whose `to_numpy()` returns an array, in their order."""

_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))

_ITERATORS: tuple[type, ...] = (
    types.GeneratorType, map, filter, zip, enumerate, reversed, *map(type, (
        iter([]), iter(()), iter({}), iter({}.values()), iter({}.items()), iter(set()), iter(""), iter(b""),
        iter(range(0)), iter(range(1 << 70)), reversed([]), reversed({}), reversed({}.values()), reversed({}.items()),
    )), itertools.accumulate, itertools.chain, itertools.islice, itertools.starmap, itertools.takewhile,
    itertools.zip_longest,
)  # fmt: skip
"""Classes whose objects give their values once: reading them would take them from the notebook's later cells."""

_NUMPY_SCALARS = (
    "bool_", "int8", "int16", "int32", "int64", "longlong", "uint8", "uint16", "uint32", "uint64", "ulonglong",
    "float16", "float32", "float64", "str_", "bytes_",
)  # fmt: skip

_NUMPY_ARRAYS = (("numpy", "ndarray"), ("numpy", "matrix"), ("numpy", "memmap"))

_TRACKED_LISTS = (("keras.src.utils.tracking", "TrackedList"),)
_TRACKED_DICTIONARIES = (("keras.src.utils.tracking", "TrackedDict"),)
"""What a list or a dictionary becomes that is set as an attribute of a Keras model."""


def plain(value: Any, most_bytes: int) -> Any:
    """Encode a value as plain JSON.

    Args:
        value: Anything at all.
        most_bytes: The limit on the encoded size; encoding stops there.

    >>> plain({2: (1, 0.5)}, 1000)
    {'2': [1, 0.5]}
    """
    try:
        return _Encoder(most_bytes).encode(value, 1)
    except _TooLargeError:
        return unsupported("bytes", bytes=most_bytes)
    except Exception:  # noqa: BLE001 (a value that cannot be read must not affect the other answers)
        return unsupported("unreadable")


def unsupported(code: str, **fields: str | int) -> dict[str, Any]:
    """Return the placeholder of a value that cannot be encoded."""
    return {UNSUPPORTED: {"code": f"unsupported.{code}", "fields": fields}}


class _TooLargeError(Exception):
    """The value exceeds its byte limit."""


class _Encoder:
    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self._numpy: Any = sys.modules.get("numpy")
        # By identity of the type: hashing or comparing a student's class could run its metaclass.
        single = {float: self._number, str: self._text, int: self._integer, bool: self._word, type(None): self._word}
        single |= {Fraction: self._real, Decimal: self._real, bytes: self._bytes, StandIn: self._absent}
        single |= {bytearray: self._bytes, **dict.fromkeys(_ITERATORS, self._iterator)}
        several = dict.fromkeys((list, tuple, range, deque, *_VIEWS), self._items)
        several |= dict.fromkeys((dict, OrderedDict, defaultdict, Counter), self._mapping)
        several |= dict.fromkeys((set, frozenset), self._set)
        several |= dict.fromkeys((array.array, memoryview), self._buffer)
        self._single: dict[int, Any] = {id(kind): encode for kind, encode in single.items()}
        self._of_packages: tuple[tuple[tuple[tuple[str, str], ...], Any], ...] = (
            (_WITH_NUMPY, lambda value, depth: self.encode(value.numpy(), depth)),
            (_WITH_TO_NUMPY, lambda value, depth: self.encode(value.to_numpy(), depth)),
            (_NUMPY_ARRAYS, self._array),
            (_TRACKED_LISTS, lambda value, depth: self.encode(list(list.__iter__(value)), depth)),
            (_TRACKED_DICTIONARIES, lambda value, depth: self.encode(dict(dict.items(value)), depth)),
            ((("numpy", "longdouble"),), lambda value, _depth: self._real(value)),
            ((("pandas.core.series", "Series"),), self._series),
            ((("pandas.core.frame", "DataFrame"),), self._frame),
            (
                (("keras.src.callbacks.history", "History"),),
                lambda value, depth: self.encode(vars(value).get("history"), depth),
            ),
        )
        self._several: dict[int, Any] = {id(kind): encode for kind, encode in several.items()}

    def encode(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            return unsupported("nesting")
        kind = type(value)
        single = self._single.get(id(kind))
        if single is not None:
            return single(value)
        return self._several.get(id(kind), self._foreign)(value, depth)

    def _count_bytes(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _TooLargeError

    def _word(self, value: Any) -> Any:
        self._count_bytes(len("false"))
        return value

    def _number(self, value: float) -> Any:
        if not math.isfinite(value):
            return unsupported("not_finite")
        self._count_bytes(len(repr(value)) + 1)
        return value

    def _integer(self, value: int) -> Any:
        if value.bit_length() > WIDEST_INTEGER_BITS:
            return unsupported("integer", bits=WIDEST_INTEGER_BITS)
        self._count_bytes(len(repr(value)) + 1)
        return value

    def _text(self, value: str) -> Any:
        self._count_bytes(len(value) + 3)
        if any("\ud800" <= character <= "\udfff" for character in value):
            return unsupported("not_unicode")
        # A character outside ASCII is sent as \uXXXX.
        self._count_bytes(5 * sum(character > "\x7f" for character in value))
        return value

    def _real(self, value: Any) -> Any:
        return self._number(float(value))

    def _bytes(self, value: bytes | bytearray) -> Any:
        try:
            return self._text(value.decode())
        except UnicodeDecodeError:
            return unsupported("not_unicode")

    def _iterator(self, value: Any) -> Any:
        return unsupported("iterator", name=_name(type(value))["name"])

    def _buffer(self, value: Any, depth: int) -> Any:
        """Encode an array of the standard library or a view of memory, which may have several dimensions."""
        view = memoryview(value)
        if 2 * view.nbytes // view.itemsize > self._left:
            raise _TooLargeError
        return self.encode(view.tolist(), depth)

    def _absent(self, value: StandIn) -> Any:
        return unsupported("absent_module", module=path_of(value).partition(".")[0])

    def _set(self, value: Any, depth: int) -> Any:
        return self._labelled("$set", sorted(self._items(value, depth + 1), key=repr))

    def _labelled(self, mark: str, content: list[Any]) -> dict[str, Any]:
        self._count_bytes(len(mark) + 5)
        return {mark: content}

    def _series(self, value: Any, depth: int) -> Any:
        """Encode a column with its labels, unless these only count the rows."""
        elements = self.encode(value.to_numpy(), depth + 2)
        labels = [self._key(label) for label in value.index] if isinstance(elements, list) else []
        if None in labels or labels == [str(row) for row in range(len(labels))]:
            return elements
        self._count_bytes(sum(6 * len(str(label)) + 5 for label in labels))
        return self._labelled("$series", [[label, element] for label, element in zip(labels, elements, strict=True)])

    def _frame(self, value: Any, depth: int) -> Any:
        columns = []
        for position, label in enumerate(value.columns):
            name = self._key(label)
            if name is None:
                return unsupported("key_class", **_name(type(label)))
            self._count_bytes(6 * len(name) + 5)
            columns.append([name, self._series(value.iloc[:, position], depth + 2)])
        return self._labelled("$frame", columns)

    def _items(self, value: Any, depth: int) -> Any:
        self._count_bytes(2 + len(value))
        return [self.encode(item, depth + 1) for item in value]

    def _mapping(self, value: Any, depth: int) -> Any:
        self._count_bytes(2 + len(value))
        result: dict[str, Any] = {}
        for key, item in list(dict.items(value)):
            name = self._key(key)
            if name is None:
                return unsupported("key_class", **_name(type(key)))
            if name in result:
                return unsupported("same_keys", key=_encodable(name, 40))
            if isinstance(self._text(name), dict):
                return unsupported("key_not_unicode")
            result[name] = self.encode(item, depth + 1)
        return result

    def _key(self, key: Any) -> str | None:
        kind = type(key)
        if kind is str:
            return str(key)
        if kind is int and key.bit_length() <= WIDEST_INTEGER_BITS:
            return str(key)
        if kind is float and key.is_integer():
            return str(int(key))
        inner = key.item() if self._is_numpy_scalar(kind) else (enum_member(key) or (None, None))[1]
        return self._key(inner) if type(inner) in (int, float, str) else None

    def _is_numpy_scalar(self, kind: type) -> bool:
        return any(kind is getattr(self._numpy, name, None) for name in _NUMPY_SCALARS)

    def _foreign(self, value: Any, depth: int) -> Any:
        """Handle the few types of other packages that hold plain numbers and text."""
        kind = type(value)
        if self._is_numpy_scalar(kind):
            return self.encode(value.item(), depth)
        for places, encode in self._of_packages:
            if any(kind is _class(*place) for place in places):
                return encode(value, depth)
        if (member := enum_member(value)) is not None:
            return self._labelled("$member", [self.encode(part, depth + 1) for part in member])
        if (fields := stored_fields(value)) is not None:
            self._count_bytes(sum(6 * len(name) + 5 for name, _ in fields))
            return self._labelled("$record", [[name, self.encode(part, depth + 2)] for name, part in fields])
        return unsupported("class", **_name(kind))

    def _array(self, value: Any, depth: int) -> Any:
        if value.dtype.kind not in "biufUSTO":
            return unsupported("array", dtype=value.dtype.name)
        # An element takes at least two characters.
        if 2 * value.size > self._left:
            raise _TooLargeError
        return self.encode(value.tolist(), depth)


def _class(module: str, name: str) -> Any:
    """Return a class of a package if the notebook has imported it, else an object that equals no type."""
    return getattr(sys.modules.get(module), name, ())


def _name(kind: type) -> dict[str, str]:
    # `__name__` is read through `type`, since a metaclass may return anything.
    module = type.__dict__["__module__"].__get__(kind)
    name = type.__dict__["__name__"].__get__(kind)
    return {"name": _encodable(name, 40), "module": _encodable(module, 40) if type(module) is str else ""}


def _encodable(text: str, longest: int) -> str:
    return text[:longest].encode("utf-8", "replace").decode()
