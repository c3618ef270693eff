"""Prepares the environment of a notebook: no input, a silent `otter`, local data sets, a folder for caches."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import local_data
from .devices import prepare_devices

if TYPE_CHECKING:
    from .imports import ImportHooks


def close_standard_input() -> None:
    """Close standard input, so that `input()` raises `EOFError` at once."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if nothing != 0:
        os.close(nothing)


def prepare(hooks: ImportHooks) -> None:
    """Set up this process for a notebook's code.

    Args:
        hooks: Registers actions after imports.
    """
    scratch = tempfile.mkdtemp(prefix="notebook-")
    # The home folder may be read-only, about which IPython and Matplotlib would warn on every start.
    os.environ.setdefault("IPYTHONDIR", scratch)
    os.environ.setdefault("MPLCONFIGDIR", scratch)
    os.environ["MPLBACKEND"] = "agg"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.modules["otter"] = _silent_otter()
    hooks.after_each_in("keras.src.datasets", local_data.serve)
    hooks.after("keras.src.callbacks.tensorboard", _silence_tensorboard)
    prepare_devices(hooks)
    hooks.install()


def _silence_tensorboard(module: ModuleType) -> None:
    """Make Keras's callback for TensorBoard do nothing: what it writes is not looked at, and it needs a package."""
    callback = vars(module)["TensorBoard"]
    for name in vars(callback).copy():
        if name.startswith("on_") or name == "set_model":
            setattr(callback, name, _accept_anything)


class SilentNotebook:
    """Replaces `otter.Notebook`: every method accepts anything and does nothing."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _accept_anything


def _accept_anything(*_arguments: Any, **_options: Any) -> None:
    """Do nothing."""


def _silent_otter() -> ModuleType:
    module = ModuleType("otter", "A stand-in: the checks that a student sees have no part in grading.")
    module.Notebook = SilentNotebook  # type: ignore[attr-defined]
    module.__spec__ = ModuleSpec("otter", None)  # without it, `find_spec("otter")` raises an error
    return module
