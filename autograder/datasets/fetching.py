"""Fetch the real data sets from where Keras fetches them, each file known by its sum before it is put in place."""

from __future__ import annotations

import hashlib
import logging
import ssl
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pooch

from autograder.errors import EnvironmentFault

# SHA-256 of the files as Keras downloads them: a truncated download or another version would give numbers that
# no baseline fits, and nobody would know why.
REAL_FILES = {
    "boston_housing.npz": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    "fashion-mnist/t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "fashion-mnist/t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    "fashion-mnist/train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "fashion-mnist/train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
}
"""The data sets' files by their names in Keras's folder, each with its SHA-256."""

_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where Keras has them from; there they lie in one folder."""

_SECONDS = 600.0
_SILENCE_SECONDS = 30.0
_CHUNK_BYTES = 64 * 1024

Observe = Callable[[str, int, int], None]
"""Called with a file's name, how many of its bytes have come, and how many there are in all, 0 if that is not known."""


def ignore_progress(name: str, done: int, total: int) -> None:
    """Observe nothing."""


def fetch_files(datasets: Path, observe: Observe = ignore_progress) -> None:
    """Fetch the files that are not there, or are others; each appears at one stroke and only if it is the right one.

    Args:
        datasets: The folder `datasets` of Keras's.
        observe: Told of each portion that comes.

    Raises:
        EnvironmentFault: There is no network, it is too slow, what came is not what Keras ships, or it cannot be kept.
    """
    # pooch tells of each file; our own commands do.
    pooch.get_logger().setLevel(logging.WARNING)
    deadline = time.monotonic() + _SECONDS
    for name, sha256 in REAL_FILES.items():
        place = datasets / name
        downloader = pooch.HTTPDownloader(
            progressbar=_Portions(name, observe, deadline),
            chunk_size=_CHUNK_BYTES,
            timeout=_SILENCE_SECONDS,
            # The machine's own certificates where Python knows them, as Keras does; else those that requests brings.
            verify=ssl.get_default_verify_paths().cafile or True,
        )
        try:
            if is_right(place, name):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            # On the disk that it will stay on, and out of everybody's way until its sum is known.
            with tempfile.TemporaryDirectory(prefix=".fetching-", dir=place.parent) as folder:
                fetched = Path(pooch.retrieve(_ADDRESS + place.name, sha256, place.name, folder, downloader=downloader))
                # pooch's file is its owner's alone; whoever runs the notebooks reads this one.
                fetched.chmod(0o644)
                fetched.replace(place)
        # requests' own errors are OSErrors, and pooch's of another sum is a ValueError.
        except (OSError, ValueError) as error:
            raise EnvironmentFault(
                f"the data sets could not be fetched: {_in_one_line(error)}",
                where=str(datasets),
                remedy="copy the files there, or grade on practice data with --data practice",
            ) from error


def is_right(path: Path, name: str) -> bool:
    """Tell whether a file is the one that Keras ships under this name.

    Raises:
        OSError: It is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == REAL_FILES[name]
    except FileNotFoundError:
        return False


class _Portions:
    """What pooch takes for a progress bar: it tells of the portions, and ends what takes too long in all."""

    def __init__(self, name: str, observe: Observe, deadline: float) -> None:
        self.total = 0
        self._name = name
        self._observe = observe
        self._deadline = deadline
        self._done = 0

    def update(self, portion: int) -> None:
        if time.monotonic() > self._deadline:
            raise TimeoutError(f"{self._name} has not come in {_SECONDS:g} s")
        self._done = min(self._done + portion, self.total or self._done + portion)
        self._observe(self._name, self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def _in_one_line(error: Exception) -> str:
    """Return what an error comes down to: libraries pack one into the other, with the address each time."""
    while error.__context__ is not None and isinstance(error.__context__, Exception):
        error = error.__context__
    return " ".join(str(error).split())[:300] or type(error).__name__
