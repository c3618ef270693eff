"""List the files of a folder or a zip in the same form, with their paths and how to read them."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.collect.archive import Archive, Member, open_archive_bytes, open_archive_file
from autograder.collect.file_kinds import is_leftover, is_notebook, is_zip
from autograder.collect.naming import readable
from autograder.collect.notebook import MAXIMUM_BYTES, read_file
from autograder.records import Detail

MAXIMUM_INNER_ZIP_BYTES = 256 * 2**20
"""The limit of a zip inside another, which is read into memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A submitted file, or the reason why there is none.

    `parts` is its path below the listed folder, `source` its name for messages. `identity` identifies the actual file,
    even if it is reached in two ways. `fault` says why it may not be opened.
    """

    parts: tuple[str, ...]
    source: str
    identity: object
    read: Callable[[], bytes] = bytes
    unzip: Callable[[], Archive] | None = None
    fault: Detail | None = None

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.parts[-1]

    @property
    def is_notebook(self) -> bool:
        """Whether it is a notebook by its name."""
        return is_notebook(self.name)


@dataclasses.dataclass(frozen=True)
class Listing:
    """All files found. `names` are those of the top level, some of which are `folders`; leftovers are omitted."""

    source: str
    names: tuple[str, ...]
    folders: frozenset[str]
    entries: tuple[Entry, ...]

    @property
    def lone_folder(self) -> str | None:
        """The folder that contains everything; None if there is more at the top level."""
        is_alone = len(self.names) == 1 and self.folders and all(len(entry.parts) > 1 for entry in self.entries)
        return self.names[0] if is_alone else None

    @functools.cached_property
    def by_place(self) -> Mapping[tuple[str, ...], Entry]:
        """Each file by its parts."""
        return {entry.parts: entry for entry in self.entries}

    def below(self) -> Listing:
        """Return the content of a zip's lone folder."""
        source = f"{self.source}/{readable(Path(self.names[0]))}"
        return _of_entries(source, tuple(dataclasses.replace(entry, parts=entry.parts[1:]) for entry in self.entries))


def list_folder(folder: Path) -> Listing:
    """List the files in a folder, recursively.

    Raises:
        OSError: A folder is not readable.
    """
    return _listed(folder, sorted(path for path in folder.iterdir() if not is_leftover(path.name)), folder)


def list_named(folder: Path, paths: Sequence[Path]) -> Listing:
    """List files and folders in one folder that the instructor named, recursively.

    A link that was named alone is followed, because the instructor chose it; among several, as with `class/*`, it may
    be a student's.
    """
    if len(paths) == 1:
        return _listed(folder, paths, None)
    return _listed(folder, [path for path in paths if not is_leftover(path.name)], folder)


def _listed(folder: Path, paths: Iterable[Path], root: Path | None) -> Listing:
    entries: list[Entry] = []
    names: list[str] = []
    folders: set[str] = set()
    for path in paths:
        names.append(path.name)
        try:
            is_folder = path.is_dir()
        except OSError as error:
            # A link to where we may not look: it affects one student only, so the others are still read.
            entries.append(_unreadable(Entry((path.name,), readable(path), _real(path)), error))
            continue
        if is_folder:
            folders.add(path.name)
            entries += _below(root or path, path)
        else:
            entry = file_entry(path, (path.name,))
            entries.append(entry if root is None else _within(root, entry))
    return Listing(readable(folder), tuple(names), frozenset(folders), tuple(entries))


def list_archive(archive: Archive) -> Listing:
    """List the files in a zip."""
    entries = (
        _member_entry(archive, member) for member in archive.members() if not any(map(is_leftover, member.parts))
    )
    return _of_entries(archive.source, tuple(entries))


def _of_entries(source: str, entries: tuple[Entry, ...]) -> Listing:
    names = tuple(dict.fromkeys(entry.parts[0] for entry in entries))
    return Listing(source, names, frozenset(entry.parts[0] for entry in entries if len(entry.parts) > 1), entries)


def file_entry(path: Path, parts: tuple[str, ...]) -> Entry:
    """Return the entry of a file on the disk."""
    # Resolved, so that a notebook given both by name and within its folder counts once.
    read, unzip = functools.partial(read_file, path), functools.partial(open_archive_file, path)
    return Entry(parts, readable(path), _real(path), read, unzip if is_zip(path.name) else None)


def _member_entry(archive: Archive, member: Member) -> Entry:
    def unzip() -> Archive:
        return open_archive_bytes(archive.read(member, MAXIMUM_INNER_ZIP_BYTES), member.source)

    return Entry(
        member.parts,
        member.source,
        (archive.source, member.number),
        functools.partial(archive.read, member, MAXIMUM_BYTES),
        unzip if is_zip(member.parts[-1]) else None,
        member.fault,
    )


def _below(root: Path, folder: Path) -> Iterator[Entry]:
    whole = _within(root, Entry((folder.name,), readable(folder), _real(folder)))
    if whole.fault:
        yield whole
        return
    try:
        for path in sorted(_files_below(folder)):
            # Within the student's own folder: a link to another student's notebook is not a submission either.
            yield _within(folder, file_entry(path, (folder.name, *path.relative_to(folder).parts)))
    except OSError as error:
        yield _unreadable(whole, error)


def _unreadable(entry: Entry, error: OSError) -> Entry:
    return dataclasses.replace(entry, fault=Detail.of("refused.unreadable_file", error=str(error.strerror)))


def _files_below(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed, because they could form cycles.
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not is_leftover(name)]
        yield from (Path(place, name) for name in files if not is_leftover(name))


def _raise(error: OSError) -> None:
    """Make `os.walk` fail for an unreadable folder instead of skipping it: its student would seem to have none."""
    raise error


def _within(root: Path, entry: Entry) -> Entry:
    """Reject a link that leads out of the given folder: its author would choose which of our files we read."""
    real = entry.identity
    if isinstance(real, Path) and real.is_relative_to(_real(root)):
        return entry
    return dataclasses.replace(entry, fault=Detail("refused.link_outside"))


def _real(path: Path) -> Path:
    """Resolve links. Unlike `Path.resolve` this does not raise for a link to itself, which is later unreadable."""
    return Path(os.path.realpath(path))
