"""Makes a notebook find what it expects: no input, a silent `otter`, local data sets, a place for caches."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import local_data

if TYPE_CHECKING:
    from .imports import ImportHooks

_INSTALLER = re.compile(r"\s*(sudo\s+)?(\S*python\S*\s+-m\s+)?(\S*pip[\d.]*|conda|mamba|uv|apt|apt-get)\s")


def close_standard_input() -> None:
    """Leave the notebook nothing to read: `input()` raises `EOFError` at once."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if nothing != 0:
        os.close(nothing)


def prepare(hooks: ImportHooks) -> None:
    """Set up this process for a notebook's code.

    Args:
        hooks: Where to say what has to happen after an import.
    """
    scratch = tempfile.mkdtemp(prefix="notebook-")
    # The home folder may be read-only: IPython and Matplotlib would complain on every start.
    os.environ.setdefault("IPYTHONDIR", scratch)
    os.environ.setdefault("MPLCONFIGDIR", scratch)
    os.environ["MPLBACKEND"] = "agg"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.modules["otter"] = _silent_otter()
    hooks.after_each_in("keras.src.datasets", local_data.serve)
    hooks.install()


def is_installer_command(command: str) -> bool:
    """Return whether a shell command is one of the usual ways to install packages.

    >>> is_installer_command("pip install -q keras"), is_installer_command("ls -l")
    (True, False)
    """
    return _INSTALLER.match(command + " ") is not None


class SilentNotebook:
    """Stands in for `otter.Notebook`: every method takes anything, does nothing, costs nothing."""

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
    return module
