"""Read the fields of a message from a sandbox, checking that they exist and have the expected type."""

from __future__ import annotations

from typing import Any, TypeVar

from autograder.errors import WireError

MAXIMUM_TEXT = 500
"""The most characters of an untrusted text that are copied to our messages."""

Kind = TypeVar("Kind")

_NAMES = {str: "text", int: "whole number", dict: "object"}


def field(message: dict[str, Any], name: str) -> Any:
    """Return a field of any type.

    Raises:
        WireError: The field is missing.
    """
    if name not in message:
        raise WireError(f"a {message['type']!r} without {name!r}")
    return message[name]


def checked_field(message: dict[str, Any], name: str, kind: type[Kind]) -> Kind:
    """Return a field of exactly one type; a bool is not an int.

    Raises:
        WireError: The field is missing or has another type.
    """
    value = message.get(name)
    if type(value) is not kind:
        raise WireError(f"a {message['type']!r} without the {_NAMES[kind]} {name!r}")
    return value
