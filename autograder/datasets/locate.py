"""Find the real data sets where Keras keeps them, fetch them where a network allows, or fall back to practice data."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

from autograder.datasets.practice import make_practice
from autograder.errors import EnvironmentFault

DataKind = Literal["real", "practice"]

# SHA-256 of the files as Keras downloads them: a truncated download or another version would give numbers that
# no baseline fits, and nobody would know why.
_REAL_FILES = {
    "boston_housing.npz": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    "fashion-mnist/t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "fashion-mnist/t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    "fashion-mnist/train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "fashion-mnist/train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
}

_FETCH_SECONDS = 600


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
        The folder, or None if a file is missing or is not what Keras ships; and what is wrong, one line a file.
    """
    home = home or keras_home()
    faults = []
    for name, expected in _REAL_FILES.items():
        path = home / "datasets" / name
        try:
            if _sha256(path) != expected:
                faults.append(f"{path}: not the file that Keras ships (delete it and fetch it again)")
        except FileNotFoundError:
            faults.append(f"{path}: not there")
        except OSError as error:
            faults.append(f"{path}: cannot be read: {error.strerror}")
    return (None, tuple(faults)) if faults else (DataHome("real", home), ())


def fetch(home: Path | None = None) -> DataHome:
    """Let Keras download the real data sets.

    Raises:
        EnvironmentFault: There is no network, or what came is not what Keras ships.
    """
    home = home or keras_home()
    code = "import keras; keras.datasets.boston_housing.load_data(); keras.datasets.fashion_mnist.load_data()"
    try:
        # Another process: importing TensorFlow here would cost every command its seconds and its memory.
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "KERAS_HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
            check=False,
        )
        reason = (done.stderr.strip().splitlines() or [""])[-1]
    except subprocess.TimeoutExpired:
        reason = f"no answer in {_FETCH_SECONDS} s"
    found, faults = find_real(home)
    if found is None:
        raise EnvironmentFault(
            f"the data sets could not be fetched: {reason or faults[0]}",
            where=str(home / "datasets"),
            remedy="copy the files there, or grade on practice data with --data practice",
        )
    return found


def locate(kind: Literal["auto", "real", "practice"], home: Path | None = None) -> DataHome:
    """Return the data sets to grade with: `real` or `practice` by name, or what can be had.

    Raises:
        EnvironmentFault: `real` was asked for and cannot be had.
    """
    if kind == "practice":
        return DataHome("practice", make_practice())
    found, _ = find_real(home)
    if found is not None:
        return found
    try:
        return fetch(home)
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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
