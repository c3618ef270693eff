"""Keras's own callbacks that affect a training, as plain data: settings before it, attributes after it."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from .allowed import class_of
from .compiled import compiled_metrics, describe_metric, weighted_metrics
from .object_settings import make, plain
from .own import NotOrderableError

_DEFAULTS: dict[type, dict[str, Any]] = {
    keras.callbacks.EarlyStopping: {
        "monitor": "val_loss",
        "min_delta": 0,
        "patience": 0,
        "baseline": None,
        "restore_best_weights": False,
        "start_from_epoch": 0,
    },
    keras.callbacks.ReduceLROnPlateau: {
        "monitor": "val_loss",
        "factor": 0.1,
        "patience": 10,
        "min_delta": 1e-4,
        "cooldown": 0,
        "min_lr": 0.0,
    },
    keras.callbacks.TerminateOnNaN: {"raise_error": False},
}
_STATES: dict[type, tuple[str, ...]] = {
    keras.callbacks.EarlyStopping: ("wait", "stopped_epoch", "best", "best_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.TerminateOnNaN: (),
}


def decides(callback: Any) -> bool:
    """Return whether a callback is one of Keras's that an order describes."""
    return type(callback) in _DEFAULTS


def describe_callback(callback: Any, model: Any) -> dict[str, Any]:
    """Return class, settings and differences from the defaults of a deciding callback, before a training of `model`.

    Raises:
        NotOrderableError: It monitors a metric that does not exist or that the trainer does not build.
    """
    defaults = _DEFAULTS[type(callback)]
    settings = {name: plain(getattr(callback, name)) for name in defaults}
    differs = [name for name, value in settings.items() if value != defaults[name] and name != "min_delta"]
    if "monitor" in settings:
        # After the callback was used, its sign indicates the direction.
        settings["min_delta"] = abs(settings["min_delta"])
        settings["monitored"] = _monitored(settings["monitor"], model)
        settings["mode"] = _mode(callback, model)
        differs += ["min_delta"] if settings["min_delta"] != defaults["min_delta"] else []
        differs += ["mode"] if settings["mode"] != _mode_by_itself(callback, model) else []
    return {"class": type(callback).__name__, "settings": settings, "differs": differs}


def rebuild_callback(description: Mapping[str, Any]) -> Any:
    """Return the described callback.

    Raises:
        NotOrderableError: It is not one of Keras's deciding callbacks.
    """
    settings = {name: value for name, value in description["settings"].items() if name != "monitored"}
    return make(class_of("callbacks", description["class"]), settings)


def capture_callbacks(callbacks: Sequence[Any], model: Any) -> list[dict[str, Any]]:
    """Return the attributes of the deciding callbacks after a training."""
    return [
        {name: _writable(getattr(callback, name)) for name in _STATES[type(callback)]}
        | {"stop_training": bool(model.stop_training)}
        for callback in callbacks
    ]


def restore_callbacks(callbacks: Sequence[Any], states: Sequence[Mapping[str, Any]], model: Any) -> None:
    """Set callbacks to their state after the training. They know their model, which has its final weights.

    Raises:
        ValueError: The states do not belong to these callbacks.
    """
    for callback, state in zip(callbacks, states, strict=True):
        if getattr(callback, "monitor_op", False) is None:
            callback._set_monitor_op()
        for name in _STATES[type(callback)]:
            setattr(callback, name, _readable(state[name]))
        if type(callback) is keras.callbacks.EarlyStopping:
            # Keras restores the best weights at the end.
            restored = callback.restore_best_weights and callback.best is not None
            callback.best_weights = model.get_weights() if restored else None
        model.stop_training = model.stop_training or bool(state["stop_training"])


def _monitored(monitor: str, model: Any) -> dict[str, Any] | None:
    """Return the metric with the monitored name: the name alone does not determine the training."""
    name = str(monitor).removeprefix("val_")
    if name == "loss":
        return None
    for metric in (*compiled_metrics(model), *weighted_metrics(model)):
        if metric.name == name:
            return describe_metric(metric)
    raise NotOrderableError(f"a callback that watches {name[:40]!r}, which is no metric of the model")


def _mode(callback: Any, model: Any) -> str:
    """Return the direction in which the monitored number improves, `min` or `max`."""
    if callback.monitor_op is None:
        callback = copy.copy(callback)
        callback.set_model(model)
        try:
            callback._set_monitor_op()
        except ValueError as error:
            raise NotOrderableError(str(error)) from error
    return "min" if callback.monitor_op is keras.ops.less else "max"


def _mode_by_itself(callback: Any, model: Any) -> str:
    """Return the direction that Keras chooses if none is given."""
    callback = copy.copy(callback)
    callback.mode, callback.monitor_op = "auto", None
    try:
        return _mode(callback, model)
    except NotOrderableError:
        return ""


def _writable(value: Any) -> Any:
    """Return a number for JSON; one that is not finite as text."""
    if value is None or type(value) in (bool, int):
        return value
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _readable(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value
