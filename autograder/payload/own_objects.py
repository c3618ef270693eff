"""Reads the fields of named tuples and data classes and the values of enum members, without calling anything of theirs.

Only what the object itself stores is read, through Python's own types: a property, an `__iter__` or a metaclass of the
notebook's cannot show anything else. A class that is none of these exactly is not read.
"""

from __future__ import annotations

import dataclasses
import enum
import types
from collections.abc import Mapping
from typing import Any, Final

_ITERATION: Final = ("__iter__", "__getitem__", "__len__")
"""What a named tuple inherits from `tuple`: one that overrides it shows other things than it stores."""


def stored_fields(value: Any) -> list[tuple[str, Any]] | None:
    """Return the names and values that a named tuple, a data class or a namespace stores, None if it is none.

    >>> stored_fields(types.SimpleNamespace(letter="c"))
    [('letter', 'c')]
    """
    kind = type(value)
    if kind is types.SimpleNamespace:
        return _texts(_stored(value) or {})
    own: Mapping[str, Any] = _namespace(kind)
    bases = type.__dict__["__bases__"].__get__(kind)
    if bases == (tuple,):
        names: Any = own.get("_fields")
        is_named = type(names) is tuple and all(type(name) is str for name in names)
        if not is_named or len(names) != tuple.__len__(value) or any(name in own for name in _ITERATION):
            return None
        return list(zip(names, tuple.__iter__(value), strict=True))
    fields = own.get("__dataclass_fields__")
    return _data_class_fields(value, own, fields) if bases == (object,) and type(fields) is dict else None


def enum_member(value: Any) -> tuple[str, Any] | None:
    """Return name and value of an enum's member, None if it is none.

    >>> enum_member(enum.Enum("Option", {"C": "c"}).C)
    ('C', 'c')
    """
    if type(type(value)) is not enum.EnumMeta:
        return None
    stored = _stored(value)
    name = stored.get("_name_") if stored is not None else None
    return (name, stored["_value_"]) if stored is not None and type(name) is str and "_value_" in stored else None


def _data_class_fields(
    value: Any, own: Mapping[str, Any], fields: dict[Any, dataclasses.Field[Any]]
) -> list[tuple[str, Any]] | None:
    stored = _stored(value) or {}
    found = []
    for name in fields:
        slot = own.get(name) if type(name) is str else None
        if type(slot) is types.MemberDescriptorType:
            found.append((name, slot.__get__(value)))
        elif type(name) is str and name in stored:
            found.append((name, stored[name]))
        else:
            return None
    return found


def _stored(value: Any) -> dict[Any, Any] | None:
    """Return the dictionary in which an object keeps its attributes."""
    for kind in type.__dict__["__mro__"].__get__(type(value)):
        access = _namespace(kind).get("__dict__")
        if access is not None:
            is_python_own = type(access) in (types.GetSetDescriptorType, types.MemberDescriptorType)
            stored = access.__get__(value) if is_python_own else None
            return stored if type(stored) is dict else None
    return None


def _namespace(kind: type) -> Mapping[str, Any]:
    """Return what a class defines itself, read through `type`, since a metaclass may show anything."""
    namespace: Mapping[str, Any] = type.__dict__["__dict__"].__get__(kind)
    return namespace


def _texts(stored: dict[Any, Any]) -> list[tuple[str, Any]] | None:
    return list(stored.items()) if all(type(name) is str for name in stored) else None
