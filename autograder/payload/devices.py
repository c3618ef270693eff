"""Lets notebooks that were written for GPUs, several devices or another backend of Keras run on this processor.

Naming a device that does not exist here means the processor, and the scope of a strategy that distributes a training
over devices means no distribution: the trained numbers are those of one device either way.
"""

from __future__ import annotations

import contextlib
import functools
import os
from types import ModuleType
from typing import Any

from .imports import ImportHooks

BACKEND = "tensorflow"

_STRATEGIES = (
    ("tensorflow.python.distribute.mirrored_strategy", "MirroredStrategy"),
    ("tensorflow.python.distribute.one_device_strategy", "OneDeviceStrategy"),
)


def prepare_devices(hooks: ImportHooks) -> None:
    """Act when TensorFlow is imported."""
    hooks.after("tensorflow.python.eager.context", _log_no_devices)
    for module, strategy in _STRATEGIES:
        hooks.after(module, functools.partial(_undo_distribution, strategy))


def use_tensorflow() -> str | None:
    """Choose the backend that is installed before Keras is imported, and return another one that was chosen."""
    chosen = os.environ.get("KERAS_BACKEND", BACKEND)
    os.environ["KERAS_BACKEND"] = BACKEND
    return None if chosen == BACKEND else chosen


def _log_no_devices(module: ModuleType) -> None:
    """Ignore the setting: when TensorFlow stops logging devices, it stops replacing those that do not exist as well."""
    module.Context.log_device_placement = property(lambda _context: False, lambda _context, _enabled: None)


def _undo_distribution(strategy: str, module: ModuleType) -> None:
    vars(module)[strategy].scope = _scope_of_nothing


def _scope_of_nothing(strategy: Any) -> contextlib.AbstractContextManager[Any]:
    return contextlib.nullcontext(strategy)
