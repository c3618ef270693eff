"""Make practice data: what scikit-learn ships, put into the shapes and files that Keras's `load_data()` reads.

It stands in where neither a cache nor a network has the real data. Every number is rounded or an integer, so the
same bytes come out on every machine: trainings on it can be replayed like the others.
"""

from __future__ import annotations

import gzip
import os
import struct
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.errors import EnvironmentFault

_VERSION = 1

# The orders of magnitude of Boston Housing's 13 columns: without them nobody would need a z-score.
_COLUMN_SCALES = (9, 100, 28, 1, 1, 9, 100, 12, 24, 711, 22, 397, 38)
_HOUSES = 506
_PRICE_AT_ZERO = 1.0
_PRICE_PER_UNIT = 1.8

_TRAIN_IMAGES = 60_000
_TEST_IMAGES = 10_000
_DISTINCT_TEST_IMAGES = 297
_BRIGHTNESS = 15  # scikit-learn's digits have 17 grey levels, Fashion-MNIST has 256


def make_practice(cache: Path | None = None) -> Path:
    """Write the practice data sets once and return the folder that holds `datasets/`.

    Args:
        cache: Where to keep them; by default the user's cache folder (`$XDG_CACHE_HOME`, `~/.cache`).

    Raises:
        EnvironmentFault: They cannot be written there.
    """
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "cnn-autograder" / f"practice-{_VERSION}"
    if not home.is_dir():
        try:
            _put_in_place(home)
        except OSError as error:
            raise EnvironmentFault(
                f"practice data cannot be written: {error.strerror}",
                str(home),
                "make room, or set XDG_CACHE_HOME to a folder that you may write to",
            ) from error
    return home


def houses() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return features (506, 13) and prices (506,): Friedman's first regression problem, scaled to house prices."""
    # scikit-learn takes a second to import, and these are made once: every other command goes without.
    from sklearn.datasets import make_friedman1  # noqa: PLC0415

    features, target = make_friedman1(n_samples=_HOUSES, n_features=len(_COLUMN_SCALES), noise=1.0, random_state=0)
    return np.round(features * _COLUMN_SCALES, 4), np.round(_PRICE_AT_ZERO + _PRICE_PER_UNIT * target, 1)


def images() -> tuple[tuple[NDArray[np.uint8], NDArray[np.uint8]], tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Return digits as (60000, 28, 28) training and (10000, 28, 28) test images with their labels.

    The distinct images are repeated to fill the shapes; no image stands in both parts.
    """
    from sklearn.datasets import load_digits  # noqa: PLC0415 (as above)

    digits = load_digits()
    # Three pixels for one, and a black border: integers alone, no interpolation to round differently elsewhere.
    enlarged = np.kron(digits.images.astype(np.uint8) * _BRIGHTNESS, np.ones((1, 3, 3), dtype=np.uint8))
    pictures = np.pad(enlarged, ((0, 0), (2, 2), (2, 2)))
    labels = digits.target.astype(np.uint8)
    split = len(pictures) - _DISTINCT_TEST_IMAGES
    return (
        (np.resize(pictures[:split], (_TRAIN_IMAGES, 28, 28)), np.resize(labels[:split], _TRAIN_IMAGES)),
        (np.resize(pictures[split:], (_TEST_IMAGES, 28, 28)), np.resize(labels[split:], _TEST_IMAGES)),
    )


def _put_in_place(home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        _write(Path(scratch) / "home")
        try:
            (Path(scratch) / "home").rename(home)
        except OSError:
            # Another process was faster; its folder holds the same bytes.
            if not home.is_dir():
                raise


def _write(home: Path) -> None:
    fashion = home / "datasets" / "fashion-mnist"
    fashion.mkdir(parents=True)
    features, prices = houses()
    np.savez(home / "datasets" / "boston_housing.npz", x=features, y=prices)
    train, test = images()
    for name, (pictures, labels) in {"train": train, "t10k": test}.items():
        _write_idx(fashion / f"{name}-images-idx3-ubyte.gz", pictures)
        _write_idx(fashion / f"{name}-labels-idx1-ubyte.gz", labels)


def _write_idx(path: Path, values: NDArray[np.uint8]) -> None:
    """Write an array as an IDX file, the format in which MNIST came: magic, dimensions, bytes."""
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    path.write_bytes(gzip.compress(header + values.tobytes(), compresslevel=1, mtime=0))
