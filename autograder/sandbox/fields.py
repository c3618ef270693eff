"""The fields of a message from a sandbox: there, and of the kind that they must be."""

from __future__ import annotations

from typing import Any, TypeVar

from autograder.errors import WireError

MAXIMUM_TEXT = 500
"""So much of a hostile text is repeated in our own words."""

Kind = TypeVar("Kind")

_NAMES = {str: "text", int: "whole number", dict: "object"}


def field(message: dict[str, Any], name: str) -> Any:
    """Return a field of any kind.

    Raises:
        WireError: It is not there.
    """
    if name not in message:
        raise WireError(f"a {message['type']!r} without {name!r}")
    return message[name]


def checked_field(message: dict[str, Any], name: str, kind: type[Kind]) -> Kind:
    """Return a field of one kind; True is no whole number.

    Raises:
        WireError: It is not there, or is of another kind.
    """
    value = message.get(name)
    if type(value) is not kind:
        raise WireError(f"a {message['type']!r} without the {_NAMES[kind]} {name!r}")
    return value
