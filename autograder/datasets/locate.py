"""Find the real data sets where Keras keeps them, fetch them where a network allows, or fall back to practice data."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Literal

from autograder.datasets.fetching import REAL_FILES, Observe, fetch_files, ignore_progress, is_right
from autograder.datasets.practice import make_practice
from autograder.errors import EnvironmentFault

DataKind = Literal["real", "practice"]


@dataclasses.dataclass(frozen=True, slots=True)
class DataHome:
    """A folder that holds `datasets/` in Keras's layout, and which kind of data that is."""

    kind: DataKind
    path: Path


def keras_home() -> Path:
    """Return the folder in which Keras keeps its files: `$KERAS_HOME`, or `~/.keras`."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def find_real(home: Path | None = None) -> tuple[DataHome | None, tuple[str, ...]]:
    """Look for the real data sets.

    Returns:
        The folder, or None if a file is missing or is not what Keras ships; and what is wrong, one line per file.
    """
    home = home or keras_home()
    faults = []
    for name in REAL_FILES:
        path = home / "datasets" / name
        try:
            if not path.exists():
                faults.append(f"{path}: not there")
            elif not is_right(path, name):
                faults.append(f"{path}: not the file that Keras ships (`autograder data --fetch` replaces it)")
        except OSError as error:
            faults.append(f"{path}: cannot be read: {error.strerror}")
    return (None, tuple(faults)) if faults else (DataHome("real", home), ())


def fetch(home: Path | None = None, observe: Observe = ignore_progress) -> DataHome:
    """Fetch the real data sets from where Keras fetches them.

    Raises:
        EnvironmentFault: There is no network, what came is not what Keras ships, or it cannot be kept.
    """
    home = home or keras_home()
    found, _ = find_real(home)
    if found is None:
        fetch_files(home / "datasets", observe)
    return DataHome("real", home)


def locate(
    kind: Literal["auto", "real", "practice"], home: Path | None = None, observe: Observe = ignore_progress
) -> DataHome:
    """Return the data sets to grade with: `real` or `practice` by name, or what can be had.

    Raises:
        EnvironmentFault: `real` was asked for and cannot be had.
    """
    if kind == "practice":
        return DataHome("practice", make_practice())
    try:
        return fetch(home, observe)
    except EnvironmentFault:
        if kind == "real":
            raise
        return DataHome("practice", make_practice())


def locate_in(folder: Path) -> DataHome:
    """Return the real data sets of a folder that holds `datasets/`, or of that folder itself.

    Raises:
        EnvironmentFault: They are not all there.
    """
    home = folder.parent if folder.name == "datasets" else folder
    found, faults = find_real(home)
    if found is None:
        raise EnvironmentFault("the data sets are not all in this folder", faults[0], "name the folder of `datasets/`")
    return found
