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
    module = sys.modules.get(getattr(function, "__module__", ""))
    name = getattr(function, "__name__", "")
    if not isinstance(function, FunctionType) or not function.__module__.startswith("keras.src."):
        raise NotReplayableError("a function that isn't Keras's own")
    if getattr(module, name, None) is not function:
        raise NotReplayableError(f"{name} is not Keras's own")
    defaults = {
        parameter.name: parameter.default
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is not inspect.Parameter.empty
    }
    return [name, {**defaults, **options}]
