"""Arrays by digest: a private folder stores the arrays sent by notebooks and trainers, each once.

Every stored array is complete and matches its digest. The folder has a capacity in bytes; the least recently used
arrays are evicted first, but never one that an order still needs.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import math
import mmap
import os
import shutil
import tempfile
import threading
import weakref
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from autograder.errors import WireError
from autograder.orders.holding import abandoned, hold
from autograder.orders.summary import summarise
from autograder.records import JSON
from autograder.wire import ArrayHeader

CAPACITY_BYTES = 2 * 2**30
_PREFIX = "autograder-shelf-"


@dataclasses.dataclass(frozen=True, slots=True)
class Array:
    """An array's digest, type, shape and bytes in C order."""

    header: ArrayHeader
    content: bytes | memoryview

    @property
    def is_seed(self) -> bool:
        """Return whether, among a network's arrays, this is the state of a random generator rather than a weight."""
        return _is_seed(self.header)

    @property
    def values(self) -> NDArray[Any]:
        """Return a NumPy view of the array, without a copy."""
        return np.frombuffer(self.content, np.dtype(self.header.dtype)).reshape(self.header.shape)


def begin_digest(dtype: str, shape: Iterable[int]) -> hashlib._Hash:
    """Return the hash of an array's header, to be updated with its bytes.

    >>> begin_digest("<f4", [2]).update(bytes(8))
    """
    return hashlib.sha256(json.dumps([dtype, list(shape)], separators=(",", ":")).encode() + b"\n")


def array_of(values: NDArray[Any]) -> Array:
    """Return a NumPy array with its digest."""
    # `ascontiguousarray` would turn a scalar into an array of length one.
    contiguous = np.asarray(values, order="C")
    content = contiguous.tobytes()
    digest = begin_digest(contiguous.dtype.str, contiguous.shape)
    digest.update(content)
    return Array(ArrayHeader(digest.hexdigest(), contiguous.dtype.str, contiguous.shape), content)


class ArrayShelf:
    """A folder of arrays, and a context that removes it. Safe to use from several threads at once.

    Args:
        capacity_bytes: The capacity, exceeded only if current orders need more.
    """

    def __init__(self, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._capacity_bytes = capacity_bytes
        for left in abandoned(Path(tempfile.gettempdir()), f"{_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        self._folder, descriptor = _new_folder()
        self._remove = weakref.finalize(self, _remove, self._folder, descriptor)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, ArrayHeader] = OrderedDict()
        self._summaries: dict[str, JSON] = {}
        self._held: Counter[str] = Counter()
        self._bytes = 0

    @property
    def folder(self) -> Path:
        """Return the folder, which no other user can read and which is removed with the shelf."""
        return self._folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder. Bytes already read stay readable."""
        with self._lock:
            self._remove()

    def begin(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> Incoming:
        """Begin to receive an array.

        Raises:
            OSError: The disk is full.
        """
        return Incoming(self, ArrayHeader(sha256, dtype, shape), self._folder)

    def put(self, array: Array) -> None:
        """Store an array that is already complete."""
        if not self.has(array.header.sha256):
            incoming = self.begin(array.header.sha256, array.header.dtype, array.header.shape)
            incoming.write(array.content)
            incoming.finish()

    def has(self, sha256: str) -> bool:
        """Return whether the array is stored."""
        with self._lock:
            return sha256 in self._kept

    def hold(self, digests: Iterable[str]) -> ArrayHold:
        """Protect arrays from eviction, present ones and later ones, until the hold is released."""
        return ArrayHold(self, tuple(digests))

    def header(self, sha256: str) -> ArrayHeader:
        """Return the type and shape of a stored array.

        Raises:
            KeyError: It is not stored.
        """
        with self._lock:
            return self._kept[sha256]

    def parameters(self, weights: Iterable[str]) -> int:
        """Return the number of elements of a network's stored weights, without the states of random generators."""
        with self._lock:
            headers = [self._kept[sha256] for sha256 in weights if sha256 in self._kept]
        return sum(math.prod(header.shape) for header in headers if not _is_seed(header))

    def read(self, sha256: str) -> memoryview:
        """Return the bytes of a stored array; they stay readable after its eviction.

        Raises:
            KeyError: It is not stored.
        """
        with self._lock:
            header = self._kept[sha256]
            self._kept.move_to_end(sha256)
            if not header.size_bytes:
                return memoryview(b"")
            with (self._folder / sha256).open("rb") as file:
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def array(self, sha256: str) -> Array:
        """Return a stored array.

        Raises:
            KeyError: It is not stored.
        """
        return Array(self.header(sha256), self.read(sha256))

    def summary(self, sha256: str) -> JSON:
        """Return the journal's summary of a stored array (`records.DataSummary`).

        Raises:
            KeyError: It is not stored.
        """
        with self._lock:
            known = self._summaries.get(sha256)
        if known is None:
            known = summarise(self.array(sha256).values)
            with self._lock:
                self._summaries[sha256] = known
        return known

    def _admit(self, header: ArrayHeader, part: Path) -> None:
        with self._lock:
            part.replace(self._folder / header.sha256)
            if header.sha256 not in self._kept:
                self._bytes += header.size_bytes
            self._kept[header.sha256] = header
            self._kept.move_to_end(header.sha256)
            self._make_room()

    def _make_room(self) -> None:
        for sha256 in [*self._kept] if self._bytes > self._capacity_bytes else ():
            if self._bytes <= self._capacity_bytes:
                break
            if not self._held[sha256]:
                self._bytes -= self._kept.pop(sha256).size_bytes
                self._summaries.pop(sha256, None)
                (self._folder / sha256).unlink()

    def _acquire(self, digests: Iterable[str]) -> None:
        with self._lock:
            self._held.update(digests)

    def _release(self, digests: Iterable[str]) -> None:
        with self._lock:
            self._held.subtract(digests)
            self._held = +self._held
            self._make_room()


class ArrayHold:
    """Protects the arrays of an order from eviction until the release, which may be called more than once."""

    def __init__(self, shelf: ArrayShelf, digests: tuple[str, ...]) -> None:
        self._shelf = shelf
        self._digests = digests
        shelf._acquire(digests)  # noqa: SLF001 (the shelf's other half)

    def release(self) -> None:
        """Allow their eviction."""
        digests, self._digests = self._digests, ()
        if digests:
            self._shelf._release(digests)  # noqa: SLF001


class Incoming:
    """An array being received; the shelf stores it once it is complete and matches its digest."""

    def __init__(self, shelf: ArrayShelf, header: ArrayHeader, folder: Path) -> None:
        self._shelf = shelf
        self._header = header
        self._lacking_bytes = header.size_bytes
        self._digest = begin_digest(header.dtype, header.shape)
        self._file: BinaryIO
        self._file = tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False)  # type: ignore[assignment]  # noqa: SIM115 (closed by `finish`)
        self._part = Path(self._file.name)

    def write(self, chunk: bytes | memoryview) -> None:
        """Append the next bytes.

        Raises:
            WireError: More bytes than were announced.
        """
        size = memoryview(chunk).nbytes
        if size > self._lacking_bytes:
            self.drop()
            raise WireError("an array is longer than was announced")
        self._lacking_bytes -= size
        self._digest.update(chunk)
        self._file.write(chunk)

    def finish(self) -> None:
        """Complete the array and store it.

        Raises:
            WireError: Bytes are missing, or the digest does not match.
        """
        if self._lacking_bytes or self._digest.hexdigest() != self._header.sha256:
            self.drop()
            raise WireError("an array is not the one that was announced")
        self._file.close()
        self._shelf._admit(self._header, self._part)  # noqa: SLF001 (the shelf's other half)

    def drop(self) -> None:
        """Discard the received bytes."""
        self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink()


def _is_seed(header: ArrayHeader) -> bool:
    """Recognise the state of a generator by its form: two integers, unlike any weight of Keras."""
    return header.shape == (2,) and header.dtype[1] in "iu"


def unique(digests: Iterable[str]) -> Iterator[str]:
    """Yield each digest once, in the order in which they came."""
    yield from dict.fromkeys(digests)


def _new_folder() -> tuple[Path, int]:
    """Create a private folder that is locked as long as the descriptor is open."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with contextlib.suppress(FileNotFoundError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            if hold(descriptor):
                return folder, descriptor
            os.close(descriptor)


def _remove(folder: Path, descriptor: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(descriptor)
