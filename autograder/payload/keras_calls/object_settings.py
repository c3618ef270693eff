"""Converts the settings of Keras objects to plain JSON and back, and names those that differ from the defaults.

Left out on purpose: names and seeds. What a seed has drawn, initial weights or a generator's state, is itself
described.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import math
import random
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state

from .allowed import ACTIVATIONS, TENSORFLOW_ACTIVATIONS, class_of, family_of
from .own import NotOrderableError

_IRRELEVANT = frozenset({"name", "seed", "verbose"})
_TENSORFLOW = "tf.nn:"
_GLOBAL_DEFAULTS = {"dtype": "float32", "data_format": "channels_last"}
"""Defaults that a notebook can change globally."""

_defaults: dict[tuple[type, str], dict[str, Any]] = {}


def describe(thing: Any) -> dict[str, Any]:
    """Return class, settings and differences from the defaults of a Keras object.

    Raises:
        NotOrderableError: The trainer does not build its class or that of something in it.
    """
    family_of(thing)
    settings = settings_of(thing)
    return {"class": type(thing).__name__, "settings": settings, "differs": differences(thing, settings)}


def settings_of(thing: Any) -> dict[str, Any]:
    """Return all settings of an object, as its constructor takes them.

    Raises:
        NotOrderableError: One of them cannot be expressed in JSON.
    """
    return {
        name: _plain_setting(thing, name, value)
        for name, value in thing.get_config().items()
        if name not in _IRRELEVANT
    }


def differences(thing: Any, settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings without a default in Keras, or different from it."""
    kind = type(thing)
    required = _required(kind)  # type: ignore[arg-type]  # mypy sees no hash in a class
    config = thing.get_config()
    key = (kind, json.dumps({name: settings.get(name) for name in required}, sort_keys=True))
    if key not in _defaults:
        given: dict[str, Any] = {name: _given(thing, name, config) for name in required}
        if "name" in config:
            given["name"] = "default"
        with _leaving_no_trace():
            _defaults[key] = settings_of(kind(**given))
    defaults = _defaults[key] | {name: value for name, value in _GLOBAL_DEFAULTS.items() if name in settings}
    return [name for name, value in settings.items() if name in required or value != defaults.get(name)]


def build(family: str, description: Mapping[str, Any], **more: Any) -> Any:
    """Build an object from its description.

    Args:
        family: The list of classes in which its name is looked up.
        description: The result of `describe`.
        more: Further arguments.

    Raises:
        NotOrderableError: There is no such class, or it does not accept the settings.
    """
    return make(class_of(family, description["class"]), description["settings"], **more)


def make(kind: type, settings: Mapping[str, Any], **more: Any) -> Any:
    """Build an object of a class from its settings.

    Raises:
        NotOrderableError: The class does not accept the settings.
    """
    try:
        return kind(**{name: _read(name, value) for name, value in settings.items()}, **more)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotOrderableError(f"{kind.__name__}: {error}") from error


def plain(value: Any) -> Any:
    """Return a value as plain JSON, including NumPy's numbers and lists.

    Raises:
        NotOrderableError: It is another type, or a number that is not finite.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value)):
        return value
    raise NotOrderableError(f"a setting of the kind {type(value).__name__}")


def _plain_setting(thing: Any, name: str, value: Any) -> Any:
    """Return one entry of a configuration; objects are read from `thing` itself, not from the configuration."""
    real: Any = getattr(thing, name, None)
    if isinstance(real, FunctionType) or _is_tensorflow_activation(real):
        return activation_text(real)
    if isinstance(value, Mapping) and "class_name" in value:
        if value["class_name"] == "DTypePolicy":
            return value["config"]["name"]
        if name == "learning_rate":
            real = thing._learning_rate
        if real is None or type(real).__name__ != value["class_name"]:
            raise NotOrderableError(f"a setting that is a {value['class_name']}")
        return describe(real)
    return plain(value)


def _is_tensorflow_activation(value: Any) -> bool:
    return any(value is function for function in TENSORFLOW_ACTIVATIONS.values())


def activation_text(function: Any) -> str:
    """Return the name of an activation in an order.

    Raises:
        NotOrderableError: It is neither Keras's nor one of TensorFlow's usual ones.
    """
    own_name = str(function.__name__)
    if ACTIVATIONS.get(own_name) is function:
        return own_name
    for name, other in TENSORFLOW_ACTIVATIONS.items():
        if other is function:
            return _TENSORFLOW + name
    raise NotOrderableError(f"a function {own_name} of the notebook's")


def _read(name: str, value: Any) -> Any:
    """Return a setting as its class accepts it."""
    if isinstance(value, Mapping):
        return build(_family_of_setting(name), value)
    if isinstance(value, list):
        return tuple(_read(name, item) for item in value)
    if isinstance(value, str) and name.endswith("activation"):
        return _activation(value)
    return value


def _activation(text: str) -> Any:
    functions, name = (
        (TENSORFLOW_ACTIVATIONS, text.removeprefix(_TENSORFLOW))
        if text.startswith(_TENSORFLOW)
        else (ACTIVATIONS, text)
    )
    if name not in functions:
        raise NotOrderableError(f"no activation {text[:80]!r}")
    return functions[name]


def _family_of_setting(name: str) -> str:
    for ending, family in (
        ("_initializer", "initializers"),
        ("_regularizer", "regularizers"),
        ("_constraint", "constraints"),
        ("activation", "layers"),
        ("learning_rate", "schedules"),
    ):
        if name.endswith(ending):
            return family
    raise NotOrderableError(f"an object as {name[:80]!r}")


@functools.cache
def _required(kind: type) -> list[str]:
    return [
        parameter.name
        for parameter in list(inspect.signature(kind.__init__).parameters.values())[1:]  # type: ignore[misc]
        if parameter.default is inspect.Parameter.empty
        and parameter.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    ]


def _given(thing: Any, name: str, config: Mapping[str, Any]) -> Any:
    return config[name] if name in config else getattr(thing, name)


@contextlib.contextmanager
def _leaving_no_trace() -> Iterator[None]:
    """Build objects without consuming seeds and names, which the notebook draws from the same sources."""
    state = random.getstate()
    names = global_state.get_global_attribute("object_name_uids")
    before = None if names is None else dict(names)
    try:
        yield
    finally:
        random.setstate(state)
        if names is not None and before is not None:
            names.clear()
            names.update(before)


def is_float_policy(policy: Any) -> bool:
    """Return whether a dtype policy is a plain one, without quantization."""
    return type(policy) is keras.DTypePolicy
