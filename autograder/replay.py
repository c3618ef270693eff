"""Keeps the results of known trainings on the trusted side of the pipe, one compressed file a fingerprint.

Results are opaque here: only the payload writes and reads them. The same result always gives the same bytes, so
that a store can be committed and compared.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import tempfile
import zlib
from pathlib import Path

from autograder.errors import EnvironmentFault, WireError
from autograder.records import JSON
from autograder.wire import parse_json

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_COMPRESSION_LEVEL = 9
LARGEST_RESULT_BYTES = 16 * 2**20
"""Before compression: twice what a frame can carry, so only a file that nobody recorded is larger."""


class TrainingStore:
    """A folder of known results. Safe to read and write from several threads and processes at once.

    Args:
        folder: Made when the first result is put there.

    >>> store = TrainingStore(Path("known"))
    >>> store.get("0" * 64) is None
    True
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, fingerprint: str) -> JSON | None:
        """Return a known result, None for an unknown one or for text that is no fingerprint.

        Raises:
            EnvironmentFault: The file is there and can't be read, or isn't what was written.
        """
        # A fingerprint comes from the sandbox: it must not name a file elsewhere.
        if not _FINGERPRINT.fullmatch(fingerprint):
            return None
        path = self._path(fingerprint)
        try:
            return parse_json(_decompressed(path))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, WireError) as error:
            raise EnvironmentFault(
                f"this known training can't be read: {error}", str(path), "delete the file"
            ) from error

    def __len__(self) -> int:
        """Return how many results are known."""
        return sum(1 for _ in self._folder.glob("*.json.gz"))

    def put(self, fingerprint: str, result: JSON) -> None:
        """Keep a result; a file of that fingerprint is replaced as a whole or not at all.

        Raises:
            EnvironmentFault: The folder can't be written.
            ValueError: `fingerprint` is no fingerprint, or `result` is not JSON.
        """
        if not _FINGERPRINT.fullmatch(fingerprint):
            raise ValueError(f"{fingerprint[:80]!r} is no fingerprint")
        text = json.dumps(result, allow_nan=False, sort_keys=True, separators=(",", ":"))
        # Without a time in its header, equal content gives equal bytes.
        data = gzip.compress(text.encode(), _COMPRESSION_LEVEL, mtime=0)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._replace(self._path(fingerprint), data)
        except OSError as error:
            raise EnvironmentFault(
                f"a known training can't be kept: {error.strerror}", str(self._folder), "make room, or make it writable"
            ) from error

    def _path(self, fingerprint: str) -> Path:
        return self._folder / f"{fingerprint}.json.gz"

    def _replace(self, path: Path, data: bytes) -> None:
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            # `mkstemp` makes a file that its owner alone may read; a committed store is for everyone.
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def _decompressed(path: Path) -> bytes:
    with gzip.open(path) as file:
        data = file.read(LARGEST_RESULT_BYTES + 1)
    if len(data) > LARGEST_RESULT_BYTES:
        raise WireError(f"over {LARGEST_RESULT_BYTES:,} bytes")
    return data
