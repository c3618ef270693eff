"""Serves Keras's data sets from `$KERAS_HOME/datasets` without a network and without checking hashes.

The operator chooses the files; practice data differ from what Keras expects.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any


def serve(module: ModuleType) -> None:
    """Make a module of `keras.datasets` look for its files on this machine only."""
    if hasattr(module, "get_file"):
        vars(module)["get_file"] = find_file


def find_file(fname: str, origin: str | None = None, cache_subdir: str = "datasets", **_options: Any) -> str:
    """Return the local path of a data set's file; replaces `keras.utils.get_file`.

    Raises:
        FileNotFoundError: The assignment's data do not include the file.
    """
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    path = home / cache_subdir / fname
    if not path.is_file():
        raise FileNotFoundError(
            f"{cache_subdir}/{fname} is not among this assignment's data sets, and there is no network here to fetch it"
        )
    return str(path)
