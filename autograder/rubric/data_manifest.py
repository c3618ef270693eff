"""The data sets of an assignment: each file's name, address, digest, size and practice data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from autograder.rubric.document import Fault
from autograder.rubric.paths import Strict

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}$")]
"""A file's path below `$KERAS_HOME/datasets`, with up to three folders."""


class FriedmanAsTable(Strict):
    """Friedman's first regression problem as an `.npz` of `x` and `y`: columns of any scales, and a target."""

    generator: Literal["friedman-as-table"]
    """The generator: a table of Friedman's first regression problem."""
    rows: PositiveInt
    """The number of examples."""
    column_scales: Annotated[tuple[float, ...], Field(min_length=5)]
    """The factor of each column."""
    target_at_zero: float = 0.0
    """The target for an original target of 0."""
    target_per_unit: float = 1.0
    """The factor of the original target."""


class DigitsAsImages(Strict):
    """scikit-learn's digits as gzipped IDX: 28x28 images or their labels, repeated until there are `count`.

    The two parts share no image.
    """

    generator: Literal["digits-as-images"]
    """The generator: scikit-learn's handwritten digits."""
    part: Literal["train", "test"]
    """Which of the two parts."""
    content: Literal["images", "labels"]
    """The images, or their labels."""
    count: PositiveInt
    """The number of images or labels."""


StandIn = Annotated[FriedmanAsTable | DigitsAsImages, Field(discriminator="generator")]
"""A generator of this package for a practice file, with its parameters."""

_SUFFIXES = {"friedman-as-table": ".npz", "digits-as-images": ".gz"}


class DataFile(Strict):
    """One file: its SHA-256, size and address, and the practice data that replace it."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The SHA-256 that the file must have."""
    bytes: PositiveInt
    """The file's size in bytes."""
    address: Annotated[str | None, Field(pattern=r"^https?://[^\s]+$")] = None
    """The address to fetch it from."""
    practice: StandIn | None = None
    """The practice data that replace the file where it is not available."""


Manifest = Mapping[str, DataFile]
"""The data files of an assignment by their names below `$KERAS_HOME/datasets`; empty if it needs none."""


def manifest_faults(manifest: Manifest) -> Iterator[Fault]:
    """Yield a fault for each practice file with the wrong suffix, and for each that is missing."""
    some = any(file.practice for file in manifest.values())
    for name, file in manifest.items():
        if file.practice is None:
            if some:
                yield Fault(("assignment", "data", name), "has no practice data, and other files have")
        elif not name.endswith(suffix := _SUFFIXES[file.practice.generator]):
            keys = ("assignment", "data", name, "practice", "generator")
            yield Fault(keys, f"{file.practice.generator} makes files that end in {suffix}")
