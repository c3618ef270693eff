"""Distinguishes Keras's classes and functions from the notebook's by identity, since names can be forged."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

_OWN_PACKAGES = ("keras", "tensorflow")


class NotOrderableError(Exception):
    """The result of this call depends on something that plain data cannot express."""


def is_keras_class(kind: type) -> bool:
    """Return whether a class is defined in Keras, under that name."""
    return (
        str(kind.__module__).startswith("keras.src.")
        and getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
    )


def is_keras_function(function: Any) -> bool:
    """Return whether a function is defined in Keras or TensorFlow, under that name."""
    # A function's `__module__` can be forged, so look the function up in that module.
    return (
        isinstance(function, FunctionType)
        and str(function.__module__).partition(".")[0] in _OWN_PACKAGES
        and getattr(sys.modules.get(function.__module__), function.__name__, None) is function
    )


def class_name(kind: type) -> str:
    """Return the name of a Keras class; for any other, its name with its module."""
    return kind.__name__ if is_keras_class(kind) else _placed(kind.__name__, kind.__module__)


def function_name(function: Any) -> str:
    """Return the name of a Keras function; for any other, its name with its module."""
    name = str(getattr(function, "__name__", type(function).__name__))
    if is_keras_function(function):
        return name
    return _placed(name, getattr(function, "__module__", "") or type(function).__module__)


def _placed(name: str, module: Any) -> str:
    # An object that falsely names Keras as its module was written by a notebook.
    return f"{name} of {'the notebook' if str(module).partition('.')[0] in _OWN_PACKAGES else module}"
