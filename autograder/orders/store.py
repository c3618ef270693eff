"""Keeps what came of orders: one compressed file per order, written as a whole or not at all.

    <key>.order.gz   one line of JSON (result, metrics, summaries, where it was made), then the arrays' bytes

Equal content gives equal bytes, so that a store can be committed and compared. Many processes may read and write one
folder at once: a file is replaced in one step, and whoever puts the same order puts an equally good answer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from autograder.errors import EnvironmentFault, WireError
from autograder.orders.arrays import Array, begin_digest
from autograder.orders.description import Plain
from autograder.orders.holding import abandoned, hold
from autograder.orders.results import Result, read_result, result_arrays
from autograder.records import JSON
from autograder.wire import ArrayHeader, parse_json

_FORMAT = 1
_KEY = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".order.gz"
_PART = ".part"
_COMPRESSION_LEVEL = 9
LARGEST_FILE_BYTES = 512 * 2**20
"""Before compression: only a file that nobody recorded is larger."""


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """Under which versions, and on which processor, a result was trained."""

    versions: Mapping[str, str]
    processor: str
    instructions: str


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an order, so that it can be answered and journalled without any array of its own.

    `result` is the trainer's, with its `metrics`; `arrays` holds all arrays that it names. `summaries` are those of the
    order's data by digest, `parameters` and `initial_values` the journal's.
    """

    operation: str
    result: Plain
    metrics: list[Plain]
    arrays: Mapping[str, Array]
    summaries: Mapping[str, JSON]
    parameters: int
    initial_values: str
    made: Made

    @property
    def read(self) -> Result:
        """Return the result in its form.

        Raises:
            WireError: It is none.
        """
        return read_result(self.operation, self.result)

    def serves(self, metrics: list[Plain]) -> bool:
        """Return whether an order with these metrics is answered by it."""
        return all(metric in self.metrics for metric in metrics)


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    format: int
    operation: str
    result: Plain
    metrics: list[Plain]
    arrays: list[list[JSON]]
    summaries: dict[str, Plain]
    parameters: int
    initial_values: str
    versions: dict[str, str]
    processor: str
    instructions: str


class OrderStore:
    """A folder of answered orders. Safe to read and write from several threads and processes at once.

    Args:
        folder: Made when the first answer is put there.

    >>> OrderStore(Path("nowhere")).get("0" * 64) is None
    True
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Kept | None:
        """Return what is kept of an order, None if nothing is.

        Raises:
            EnvironmentFault: The file is there and can't be read, or isn't what was written.
        """
        path = self._path(key)
        try:
            return _unpack(_decompressed(path))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, WireError, ValidationError, ValueError) as error:
            what = " ".join(str(error).split())[:200]
            raise EnvironmentFault(
                f"this known training can't be read: {what}", str(path), "delete the file"
            ) from error

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer; a file of that order is replaced as a whole or not at all.

        Raises:
            EnvironmentFault: The folder can't be written.
        """
        path = self._path(key)
        # Without a time in its header, equal content gives equal bytes.
        data = gzip.compress(_pack(kept), _COMPRESSION_LEVEL, mtime=0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for left in abandoned(self.folder, f".*{_PART}"):
                left.unlink()
            _replace(path, data)
        except OSError as error:
            raise EnvironmentFault(
                f"a training can't be kept: {error.strerror}", str(self.folder), "make room, or make it writable"
            ) from error

    def files(self) -> list[Path]:
        """Return the files of the answers, in the order of their names."""
        return sorted(self.folder.glob(f"*{_SUFFIX}"))

    def made(self) -> Iterator[Made]:
        """Yield where each answer comes from.

        Raises:
            EnvironmentFault: A file isn't what was written.
        """
        for path in self.files():
            kept = self.get(path.name.removesuffix(_SUFFIX))
            if kept is not None:
                yield kept.made

    def _path(self, key: str) -> Path:
        # A key names a file: nothing but a digest of ours may.
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key[:80]!r} names no order")
        return self.folder / f"{key}{_SUFFIX}"


def _pack(kept: Kept) -> bytes:
    arrays = [kept.arrays[sha] for sha in result_arrays(kept.read)]
    head = {
        "format": _FORMAT,
        "operation": kept.operation,
        "result": kept.result,
        "metrics": kept.metrics,
        "arrays": [[one.header.sha256, one.header.dtype, list(one.header.shape)] for one in arrays],
        "summaries": dict(kept.summaries),
        "parameters": kept.parameters,
        "initial_values": kept.initial_values,
        "versions": dict(kept.made.versions),
        "processor": kept.made.processor,
        "instructions": kept.made.instructions,
    }
    line = json.dumps(head, allow_nan=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return b"".join((line, *(one.content for one in arrays)))


def _unpack(data: bytes) -> Kept:
    line, _, _ = data.partition(b"\n")
    head = _Head.model_validate(parse_json(line))
    if head.format != _FORMAT:
        raise WireError(f"its format is {head.format}, not {_FORMAT}")
    rest = memoryview(data)[len(line) + 1 :]
    arrays = {}
    for sha256, dtype, shape in head.arrays:
        header = ArrayHeader.parse({"type": "array", "sha256": sha256, "dtype": dtype, "shape": shape})
        content, rest = rest[: header.size_bytes], rest[header.size_bytes :]
        digest = begin_digest(dtype, shape)
        digest.update(content)
        if digest.hexdigest() != sha256:
            raise WireError("an array has another digest than was written")
        arrays[sha256] = Array(header, content)
    kept = Kept(
        head.operation,
        head.result,
        head.metrics,
        arrays,
        head.summaries,
        head.parameters,
        head.initial_values,
        Made(head.versions, head.processor, head.instructions),
    )
    if rest.nbytes or any(sha256 not in arrays for sha256 in result_arrays(kept.read)):
        raise WireError("it holds other arrays than its result names")
    return kept


def _decompressed(path: Path) -> bytes:
    with gzip.open(path) as file:
        data = file.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise WireError(f"over {LARGEST_FILE_BYTES:,} bytes")
    return data


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = _begin_part(path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            # `mkstemp` makes a file that its owner alone may read; a committed store is for everyone.
            Path(name).chmod(0o644)
            Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _begin_part(folder: Path) -> tuple[int, str]:
    """Make a file to write to, held as long as it is written, and return its descriptor and name."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=_PART, dir=folder)
        if hold(descriptor):
            return descriptor, name
        os.close(descriptor)
