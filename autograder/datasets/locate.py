"""Find an assignment's data sets, fetch them where a network allows, or fall back to practice data."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Literal

from autograder.datasets.fetching import Observe, fetch_files, ignore_progress, is_right
from autograder.datasets.practice import make_practice
from autograder.errors import EnvironmentFault
from autograder.rubric.data_manifest import Manifest

DataKind = Literal["real", "practice"]

_NOWHERE = Path("/nonexistent")
"""The data folder of an assignment without data; nothing is mounted."""


@dataclasses.dataclass(frozen=True, slots=True)
class DataHome:
    """A folder that contains `datasets/` in Keras's layout, and its kind of data."""

    kind: DataKind
    path: Path


def keras_home() -> Path:
    """Return the folder in which Keras keeps its files: `$KERAS_HOME`, or `~/.keras`."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def find_real(manifest: Manifest, home: Path | None = None) -> tuple[DataHome | None, tuple[str, ...]]:
    """Look for an assignment's real data sets.

    Returns:
        The folder, or None if a file is missing or wrong, and the faults, one line per file.
    """
    if not manifest:
        return DataHome("real", _NOWHERE), ()
    home = home or keras_home()
    faults = []
    for name, file in manifest.items():
        path = home / "datasets" / name
        try:
            if not path.exists():
                faults.append(f"{path}: not there")
            elif not is_right(path, file):
                faults.append(f"{path}: not the assignment's file (`autograder data --fetch` replaces it)")
        except OSError as error:
            faults.append(f"{path}: cannot be read: {error.strerror}")
    return (None, tuple(faults)) if faults else (DataHome("real", home), ())


def fetch(manifest: Manifest, home: Path | None = None, observe: Observe = ignore_progress) -> DataHome:
    """Fetch what is missing of an assignment's real data sets.

    Raises:
        EnvironmentFault: There is no network, a file has no address, another file came, or it cannot be kept.
    """
    home = home or keras_home()
    found, _ = find_real(manifest, home)
    if found is None:
        fetch_files(manifest, home / "datasets", observe)
    return found or DataHome("real", home)


def locate(
    manifest: Manifest,
    kind: Literal["auto", "real", "practice"],
    home: Path | None = None,
    observe: Observe = ignore_progress,
) -> DataHome:
    """Return the data sets to grade with: `real` or `practice` by name, or whichever are available.

    An assignment without data sets always counts as `real`.

    Raises:
        EnvironmentFault: The requested data are not available.
    """
    if kind == "practice" and manifest:
        return DataHome("practice", make_practice(manifest))
    try:
        return fetch(manifest, home, observe)
    except EnvironmentFault:
        if kind == "real" or not has_practice(manifest):
            raise
        return DataHome("practice", make_practice(manifest))


def has_practice(manifest: Manifest) -> bool:
    """Return whether an assignment has data sets with practice data."""
    return bool(manifest) and all(file.practice for file in manifest.values())


def locate_in(manifest: Manifest, folder: Path) -> DataHome:
    """Return the real data sets of a folder that holds `datasets/`, or of that folder itself.

    Raises:
        EnvironmentFault: Some are missing.
    """
    home = folder.parent if folder.name == "datasets" else folder
    found, faults = find_real(manifest, home)
    if found is None:
        raise EnvironmentFault("the data sets are not all in this folder", faults[0], "name the folder of `datasets/`")
    return found
