"""Tells Keras's own classes and functions from the notebook's, by identity: names can be written by anyone."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

_OWN_PACKAGES = ("keras", "tensorflow")


class NotOrderableError(Exception):
    """The result of this call depends on something that plain data does not hold."""


def is_keras_class(kind: type) -> bool:
    """Return whether a class is defined in Keras, under that name."""
    return (
        str(kind.__module__).startswith("keras.src.")
        and getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
    )


def is_keras_function(function: Any) -> bool:
    """Return whether a function is defined in Keras or TensorFlow, under that name."""
    # Whoever writes a function may write its `__module__` as well, so the module is asked for it.
    return (
        isinstance(function, FunctionType)
        and str(function.__module__).partition(".")[0] in _OWN_PACKAGES
        and getattr(sys.modules.get(function.__module__), function.__name__, None) is function
    )


def class_name(kind: type) -> str:
    """Return the name of a class of Keras's; for any other, its name with where it stands."""
    return kind.__name__ if is_keras_class(kind) else _placed(kind.__name__, kind.__module__)


def function_name(function: Any) -> str:
    """Return the name of a function of Keras's; for any other, its name with where it stands."""
    name = str(getattr(function, "__name__", type(function).__name__))
    if is_keras_function(function):
        return name
    return _placed(name, getattr(function, "__module__", "") or type(function).__module__)


def _placed(name: str, module: Any) -> str:
    # What claims to stand in Keras, and doesn't, was written by a notebook.
    return f"{name} of {'the notebook' if str(module).partition('.')[0] in _OWN_PACKAGES else module}"
