"""Store the results of orders: one compressed file per order, written atomically.

    <key>.order.gz   one line of JSON (result, metrics, summaries, where it was made), then the arrays' bytes

Equal content gives equal bytes, so a store can be committed and compared. Many processes may read and write one folder
at once: files are replaced atomically, and all answers to an order are equally good.
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
from autograder.orders.call_results import Result, read_result, result_arrays
from autograder.orders.description import Plain
from autograder.orders.holding import abandoned, hold
from autograder.records import JSON, VOCABULARY, Detail, admit_detail
from autograder.wire import ArrayHeader, parse_json

_FORMAT = 1
_KEY = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".order.gz"
_PART = ".part"
_COMPRESSION_LEVEL = 9
LARGEST_FILE_BYTES = 512 * 2**20
"""The limit before compression; no recorded file is larger."""


_INITIAL = frozenset(code for code in VOCABULARY if code.startswith("initial."))


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """The versions and the processor with which a result was trained."""

    versions: Mapping[str, str]
    processor: str
    instructions: str


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """The stored result of an order, with which it can be answered and journalled without receiving its arrays.

    `result` is the trainer's, with its `metrics`; `arrays` holds all arrays that it names. `summaries` describe the
    order's data by digest; `parameters` and `initial_values` are for the journal.
    """

    operation: str
    result: Plain
    metrics: list[Plain]
    arrays: Mapping[str, Array]
    summaries: Mapping[str, JSON]
    parameters: int
    initial_values: Detail | None
    made: Made

    @property
    def read(self) -> Result:
        """Parse the result.

        Raises:
            WireError: It is not a result.
        """
        return read_result(self.operation, self.result)

    def serves(self, metrics: list[Plain]) -> bool:
        """Return whether it answers an order with these metrics."""
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
    initial_values: JSON
    versions: dict[str, str]
    processor: str
    instructions: str


class OrderStore:
    """A folder of answered orders. Safe to read and write from several threads and processes at once.

    Args:
        folder: Created when the first answer is stored.

    >>> OrderStore(Path("nowhere")).get("0" * 64) is None
    True
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Kept | None:
        """Return the stored result of an order, None if there is none.

        Raises:
            EnvironmentFault: The file cannot be read or is damaged.
        """
        path = self._path(key)
        try:
            return _unpack(_decompressed(path))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, WireError, ValidationError, ValueError) as error:
            what = " ".join(str(error).split())[:200]
            raise EnvironmentFault(
                f"this known training cannot be read: {what}", str(path), "delete the file"
            ) from error

    def put(self, key: str, kept: Kept) -> None:
        """Store an answer, replacing the order's file atomically.

        Raises:
            EnvironmentFault: The folder cannot be written to.
        """
        path = self._path(key)
        # Without a time stamp in the header, equal content gives equal bytes.
        data = gzip.compress(_pack(kept), _COMPRESSION_LEVEL, mtime=0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for left in abandoned(self.folder, f".*{_PART}"):
                left.unlink()
            _replace(path, data)
        except OSError as error:
            raise EnvironmentFault(
                f"a training cannot be stored: {error.strerror}", str(self.folder), "make room, or make it writable"
            ) from error

    def files(self) -> list[Path]:
        """Return the files of the answers, sorted by name."""
        return sorted(self.folder.glob(f"*{_SUFFIX}"))

    def made(self) -> Iterator[Made]:
        """Yield the origin of each answer.

        Raises:
            EnvironmentFault: A file is damaged.
        """
        for path in self.files():
            kept = self.get(path.name.removesuffix(_SUFFIX))
            if kept is not None:
                yield kept.made

    def _path(self, key: str) -> Path:
        # The key becomes a file name, so only digests are allowed.
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key[:80]!r} is not an order's key")
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
        # An empty text for None, as files have it that were recorded first.
        "initial_values": "" if kept.initial_values is None else dataclasses.asdict(kept.initial_values),
        "versions": dict(kept.made.versions),
        "processor": kept.made.processor,
        "instructions": kept.made.instructions,
    }
    line = json.dumps(head, allow_nan=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    return b"".join((line, *(one.content for one in arrays)))


def _initial_values(plain: JSON) -> Detail | None:
    if plain == "":
        return None
    detail = admit_detail(plain, _INITIAL)
    if detail is None:
        raise WireError("its note on the initial values is not a known detail")
    return detail


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
            raise WireError("an array does not match its digest")
        arrays[sha256] = Array(header, content)
    kept = Kept(
        head.operation,
        head.result,
        head.metrics,
        arrays,
        head.summaries,
        head.parameters,
        _initial_values(head.initial_values),
        Made(head.versions, head.processor, head.instructions),
    )
    if rest.nbytes or any(sha256 not in arrays for sha256 in result_arrays(kept.read)):
        raise WireError("its arrays are not those that its result names")
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
            # `mkstemp` creates a file readable by its owner only; a committed store is for everyone.
            Path(name).chmod(0o644)
            Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _begin_part(folder: Path) -> tuple[int, str]:
    """Create a temporary file, locked while it is written, and return its descriptor and name."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=_PART, dir=folder)
        if hold(descriptor):
            return descriptor, name
        os.close(descriptor)
