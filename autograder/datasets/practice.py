"""Generate practice data: data from scikit-learn, in the file formats that an assignment's notebooks read.

They replace real data that are neither cached nor downloadable. Every number is rounded or an integer, so the bytes are
the same on every machine, and trainings on them can be replayed like others.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import os
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.errors import EnvironmentFault
from autograder.rubric.data_manifest import DigitsAsImages, FriedmanAsTable, Manifest

_VERSION = 1

_DISTINCT_TEST_IMAGES = 297
_BRIGHTNESS = 15  # scikit-learn's digits have 17 grey levels, an 8-bit image has 256


def make_practice(manifest: Manifest, cache: Path | None = None) -> Path:
    """Write an assignment's practice data once and return the folder that holds `datasets/`.

    Args:
        manifest: The assignment's data files.
        cache: Where to keep them; by default the user's cache folder (`$XDG_CACHE_HOME`, `~/.cache`).

    Raises:
        EnvironmentFault: There are none for this assignment, or they cannot be written there.
    """
    stand_ins = {name: file.practice for name, file in manifest.items() if file.practice is not None}
    if len(stand_ins) < len(manifest):
        raise EnvironmentFault(
            "the assignment has no practice data", remedy="fetch the real data with `autograder data --fetch`"
        )
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "cnn-autograder" / f"practice-{_VERSION}-{_digest(stand_ins)}"
    if not home.is_dir():
        try:
            _put_in_place(home, stand_ins)
        except OSError as error:
            raise EnvironmentFault(
                f"practice data cannot be written: {error.strerror}",
                str(home),
                "make room, or set XDG_CACHE_HOME to a folder that you may write to",
            ) from error
    return home


def friedman(made: FriedmanAsTable) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return features and target of Friedman's first regression problem, scaled as asked."""
    # scikit-learn takes a second to import, and the data are generated only once.
    from sklearn.datasets import make_friedman1  # noqa: PLC0415

    columns = len(made.column_scales)
    features, target = make_friedman1(n_samples=made.rows, n_features=columns, noise=1.0, random_state=0)
    return np.round(features * made.column_scales, 4), np.round(made.target_at_zero + made.target_per_unit * target, 1)


def digits(made: DigitsAsImages) -> NDArray[np.uint8]:
    """Return digits as 28x28 images, or their labels: the distinct ones of a part, repeated."""
    pictures, labels = _distinct_digits()
    split = len(pictures) - _DISTINCT_TEST_IMAGES
    part = slice(split) if made.part == "train" else slice(split, None)
    if made.content == "labels":
        return np.resize(labels[part], made.count)
    return np.resize(pictures[part], (made.count, *pictures.shape[1:]))


@functools.cache
def _distinct_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    from sklearn.datasets import load_digits  # noqa: PLC0415 (as above)

    loaded = load_digits()
    # Each pixel becomes 3x3, with a black border: integers only, no interpolation with platform-dependent rounding.
    enlarged = np.kron(loaded.images.astype(np.uint8) * _BRIGHTNESS, np.ones((1, 3, 3), dtype=np.uint8))
    return np.pad(enlarged, ((0, 0), (2, 2), (2, 2))), loaded.target.astype(np.uint8)


def _digest(stand_ins: Mapping[str, FriedmanAsTable | DigitsAsImages]) -> str:
    """Return a name derived from the content's parameters: two assignments may share file names but not content."""
    text = "\n".join(f"{name} {stand_in.model_dump_json()}" for name, stand_in in sorted(stand_ins.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _put_in_place(home: Path, stand_ins: Mapping[str, FriedmanAsTable | DigitsAsImages]) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        for name, stand_in in stand_ins.items():
            path = Path(scratch, "home", "datasets", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_content(stand_in))
        try:
            Path(scratch, "home").rename(home)
        except OSError:
            # Another process was faster; its folder holds the same bytes.
            if not home.is_dir():
                raise


def _content(stand_in: FriedmanAsTable | DigitsAsImages) -> bytes:
    if isinstance(stand_in, DigitsAsImages):
        return _idx(digits(stand_in))
    features, target = friedman(stand_in)
    buffer = io.BytesIO()
    np.savez(buffer, x=features, y=target)
    return buffer.getvalue()


def _idx(values: NDArray[np.uint8]) -> bytes:
    """Return an array as a gzipped IDX file: magic, dimensions, bytes."""
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    return gzip.compress(header + values.tobytes(), compresslevel=1, mtime=0)
