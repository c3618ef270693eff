"""Tells Keras's own classes and functions from the student's: a replay knows what the former do."""

from __future__ import annotations

import inspect
import sys
from types import FunctionType, MethodType
from typing import Any

from .calls import NotReplayableError

_OWN_PACKAGES = ("keras", "tensorflow")


def is_keras_class(kind: type) -> bool:
    """Return whether a class is defined in Keras, under that name."""
    return (
        kind.__module__.startswith("keras.src.")
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


def refuse_foreign_functions(thing: Any) -> None:
    """Look at the attributes of a layer or model for functions: an activation, a replaced method.

    Raises:
        NotReplayableError: One of them isn't Keras's own.
    """
    for name, value in vars(thing).items():
        function = value.__func__ if isinstance(value, MethodType) else value
        if isinstance(function, FunctionType) and function.__module__.partition(".")[0] not in _OWN_PACKAGES:
            raise NotReplayableError(f"{type(thing).__name__}.{name} is a function of the notebook")


def describe_function(function: Any, options: dict[str, Any]) -> list[Any]:
    """Return a loss or metric function's name and all its options, those left to their defaults included.

    Raises:
        NotReplayableError: The function isn't Keras's own.
    """
    if not is_keras_function(function) or not function.__module__.startswith("keras.src."):
        raise NotReplayableError("a function that isn't Keras's own")
    defaults = {
        parameter.name: parameter.default
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is not inspect.Parameter.empty
    }
    return [function.__name__, {**defaults, **options}]
