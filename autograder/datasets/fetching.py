"""Fetch an assignment's data sets, verifying each file's SHA-256 before it is moved into place.

A truncated download or another version would give numbers that match no baseline, without an obvious reason.
"""

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
from autograder.rubric.data_manifest import DataFile, Manifest

_SECONDS = 600.0
_SILENCE_SECONDS = 30.0
_CHUNK_BYTES = 64 * 1024
_OR_PRACTICE = ", or grade on practice data with --data practice"

Observe = Callable[[str, int, int], None]
"""Called with a file's name, the number of bytes received, and the total number, 0 if unknown."""


def ignore_progress(name: str, done: int, total: int) -> None:
    """Observe nothing."""


def fetch_files(manifest: Manifest, datasets: Path, observe: Observe = ignore_progress) -> None:
    """Fetch the files that are missing or wrong. Each is put into place atomically, after verification.

    Args:
        manifest: The assignment's data files.
        datasets: The folder `datasets` of Keras's.
        observe: Called for each received portion.

    Raises:
        EnvironmentFault: There is no network, it is too slow, a file has no address, another file came, or it cannot be
            kept.
    """
    # Silence pooch: our commands report progress themselves.
    pooch.get_logger().setLevel(logging.WARNING)
    deadline = time.monotonic() + _SECONDS
    for name, file in manifest.items():
        place = datasets / name
        downloader = pooch.HTTPDownloader(
            progressbar=_Portions(name, file.bytes, observe, deadline),
            chunk_size=_CHUNK_BYTES,
            timeout=_SILENCE_SECONDS,
            # Use the system's certificates if Python knows them, like Keras; otherwise those of requests.
            verify=ssl.get_default_verify_paths().cafile or True,
        )
        try:
            if is_right(place, file):
                continue
            if file.address is None:
                raise ValueError(f"{name} has no address")  # noqa: TRY301 (told like what else keeps a file away)
            place.parent.mkdir(parents=True, exist_ok=True)
            # On the target's disk, in a hidden place until the file is verified.
            with tempfile.TemporaryDirectory(prefix=".fetching-", dir=place.parent) as folder:
                fetched = Path(pooch.retrieve(file.address, file.sha256, place.name, folder, downloader=downloader))
                # pooch creates the file for its owner only, but the notebooks' user must read it.
                fetched.chmod(0o644)
                fetched.replace(place)
        # requests raises OSErrors, and pooch a ValueError for a wrong digest.
        except (OSError, ValueError) as error:
            raise EnvironmentFault(
                f"the data sets could not be fetched: {_in_one_line(error)}",
                where=str(datasets),
                remedy=f"copy the files there{_OR_PRACTICE if all(one.practice for one in manifest.values()) else ''}",
            ) from error


def is_right(path: Path, file: DataFile) -> bool:
    """Return whether the file at `path` is the one in the manifest.

    Raises:
        OSError: It exists but cannot be read.
    """
    try:
        if path.stat().st_size != file.bytes:
            return False
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except FileNotFoundError:
        return False


class _Portions:
    """A progress bar for pooch that reports portions and aborts downloads that take too long."""

    def __init__(self, name: str, most: int, observe: Observe, deadline: float) -> None:
        self.total = 0
        self._name = name
        self._most = most
        self._observe = observe
        self._deadline = deadline
        self._done = 0

    def update(self, portion: int) -> None:
        if time.monotonic() > self._deadline:
            raise TimeoutError(f"{self._name} has not come in {_SECONDS:g} s")
        self._done = min(self._done + portion, self.total or self._done + portion)
        if self._done > self._most:
            raise ValueError(f"{self._name} is longer than {self._most} bytes")
        self._observe(self._name, self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def _in_one_line(error: Exception) -> str:
    """Return the root cause of an error: libraries nest them, repeating the address each time."""
    while error.__context__ is not None and isinstance(error.__context__, Exception):
        error = error.__context__
    return " ".join(str(error).split())[:300] or type(error).__name__
