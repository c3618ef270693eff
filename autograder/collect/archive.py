"""Read untrusted zip files: nothing is unpacked to disk, and members are read only on demand.

Wraps Python's reader with the limits that it lacks.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import io
import mmap
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from autograder.collect.naming import readable
from autograder.collect.zip_names import decode_names
from autograder.records import Detail, SubmissionError

MAXIMUM_MEMBERS = 50_000
MAXIMUM_TOTAL_BYTES = 8 * 2**30
"""The limit of a zip's declared unpacked size; a class with its pictures takes a twentieth of it."""
MAXIMUM_RATIO = 250
"""The most times that a member may exceed its packed size; notebooks with pictures have 2, mere repetition 50."""
_SMALL_BYTES = 2**20
"""Below this size any ratio is harmless: a log of zeros is short."""

_ENTRY = re.compile(rb"PK\x01\x02")
_ENCRYPTED_FLAG = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The other methods decompress without an intermediate limit."""

_OUTSIDE = re.compile(r"^/|(^|/)\.\.(/|$)|^[A-Za-z]:|\0")
_READERS_FAULTS = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip; `fault` says why it may not be read."""

    parts: tuple[str, ...]
    source: str
    number: int
    fault: Detail | None = None


class Archive:
    """A zip, opened anew for each access so that no file stays open; within `held` it is opened once.

    Args:
        open_file: Opens the underlying file.
        source: Its name for messages.

    Raises:
        SubmissionError: It is not a zip, or exceeds a limit.
    """

    def __init__(self, open_file: Callable[[], BinaryIO], source: str) -> None:
        self.source = source
        self._open_file = open_file
        self._held: zipfile.ZipFile | None = None
        with self._opened("refused.zip_broken", source) as opened:
            self._infos = opened.infolist()
        total = sum(info.file_size for info in self._infos)
        if total > MAXIMUM_TOTAL_BYTES:
            raise SubmissionError(Detail.of("refused.zip_too_large", gibibytes=round(total / 2**30)), source)

    def members(self) -> Iterator[Member]:
        """Yield the files in the zip, in order, each path once."""
        # Windows may write backslashes.
        paths = [name.replace("\\", "/") for name in decode_names(self._infos)]
        places = [tuple(part for part in path.split("/") if part not in {"", "."}) for path in paths]
        times = collections.Counter(places)
        seen = set()
        for number, (info, path, parts) in enumerate(zip(self._infos, paths, places, strict=True)):
            if path.endswith("/") or not parts or parts in seen:
                continue
            seen.add(parts)
            fault = _fault(info, path, times[parts])
            source = f"{self.source}/{readable(Path(*parts))}"
            # A path that leads out of the zip is reduced to its last part.
            yield Member(parts[-1:] if ".." in parts else parts, source, number, fault)

    def read(self, member: Member, limit: int) -> bytes:
        """Return a member's content.

        Raises:
            SubmissionError: It is larger than `limit`, a zip bomb, or broken.
        """
        info, source = self._infos[member.number], member.source
        if info.file_size > limit:
            raise SubmissionError(Detail.of("refused.too_large", mebibytes=limit // 2**20), source)
        if info.file_size > max(_SMALL_BYTES, MAXIMUM_RATIO * info.compress_size):
            raise SubmissionError(Detail.of("refused.zip_ratio", most=MAXIMUM_RATIO), source)
        with self._opened("refused.zip_member_broken", source) as opened, opened.open(info) as file:
            # The reader stops at the declared size, which was checked above.
            return file.read(limit)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep the zip open: each opening reads its whole directory, which would take hours for a large class.

        Raises:
            SubmissionError: See `Archive`.
        """
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(self._open_file())
                self._held = stack.enter_context(zipfile.ZipFile(file))
            except _READERS_FAULTS as error:
                raise SubmissionError(Detail("refused.zip_broken"), self.source) from error
            try:
                yield
            finally:
                self._held = None

    @contextlib.contextmanager
    def _opened(self, code: str, source: str) -> Iterator[zipfile.ZipFile]:
        """Translate every failure of the reader to a one-line error."""
        try:
            if self._held is not None:
                yield self._held
            else:
                with self._open_file() as file, zipfile.ZipFile(file) as opened:
                    yield opened
        except UnicodeDecodeError as error:
            raise SubmissionError(Detail("refused.zip_name"), source) from error
        except _READERS_FAULTS as error:
            raise SubmissionError(Detail(code), source) from error


def open_archive_file(path: Path) -> Archive:
    """Open a zip on disk; it may be large, as only the needed parts are read.

    Raises:
        SubmissionError: See `Archive`; or the file is not readable.
    """
    source = readable(path)
    try:
        if not path.is_file():
            raise SubmissionError(Detail("refused.not_a_file"), source)
        with path.open("rb") as file:
            if path.stat().st_size:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    _refuse_too_many(content, source)
    except OSError as error:
        raise SubmissionError(Detail.of("refused.unreadable_file", error=str(error.strerror)), source) from error
    return Archive(lambda: path.open("rb"), source)


def open_archive_bytes(content: bytes, source: str) -> Archive:
    """Open a zip that is a member of another one.

    Raises:
        SubmissionError: See `Archive`.
    """
    _refuse_too_many(content, source)
    return Archive(functools.partial(io.BytesIO, content), source)


def _refuse_too_many(content: bytes | mmap.mmap, source: str) -> None:
    """Count the members before Python creates an object for each."""
    if any(number >= MAXIMUM_MEMBERS for number, _ in enumerate(_ENTRY.finditer(content))):
        raise SubmissionError(Detail.of("refused.zip_files", most=MAXIMUM_MEMBERS), source)


def _fault(info: zipfile.ZipInfo, path: str, times: int) -> Detail | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    faults = (
        (bool(_OUTSIDE.search(path)), Detail("refused.zip_outside")),
        (kind == stat.S_IFLNK, Detail("refused.link")),
        (kind not in {0, stat.S_IFREG}, Detail("refused.not_a_file")),
        (bool(info.flag_bits & _ENCRYPTED_FLAG), Detail("refused.encrypted")),
        (info.compress_type not in _METHODS, Detail("refused.zip_method")),
        (times > 1, Detail.of("refused.zip_same_name", times=times)),
    )
    return next((fault for applies, fault in faults if applies), None)
