"""List what was handed in, in a folder or in a zip, as one and the same: what stands where, and how to read it."""

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

MAXIMUM_INNER_ZIP_BYTES = 256 * 2**20
"""A zip inside another is read into memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A file that was handed in, or a reason why there is none.

    `parts` is its place below what was listed, `source` its name for people, and `identity` what it really is: the same
    file reached in two ways is one. `fault` says why it may not be opened.
    """

    parts: tuple[str, ...]
    source: str
    identity: object
    read: Callable[[], bytes] = bytes
    unzip: Callable[[], Archive] | None = None
    fault: str = ""
    remedy: str = ""

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return self.parts[-1]

    @property
    def is_notebook(self) -> bool:
        """Tell a notebook by its name."""
        return is_notebook(self.name)


@dataclasses.dataclass(frozen=True)
class Listing:
    """All that was found. At the top stand `names`, of which some are `folders`; leftovers of systems are left out."""

    source: str
    names: tuple[str, ...]
    folders: frozenset[str]
    entries: tuple[Entry, ...]

    @property
    def lone_folder(self) -> str | None:
        """Return the folder in which everything lies, None if there is more at the top."""
        is_alone = len(self.names) == 1 and self.folders and all(len(entry.parts) > 1 for entry in self.entries)
        return self.names[0] if is_alone else None

    @functools.cached_property
    def by_place(self) -> Mapping[tuple[str, ...], Entry]:
        """Return each file by its parts."""
        return {entry.parts: entry for entry in self.entries}

    def below(self) -> Listing:
        """Return what lies in the lone folder of a zip."""
        source = f"{self.source}/{readable(Path(self.names[0]))}"
        return _of_entries(source, tuple(dataclasses.replace(entry, parts=entry.parts[1:]) for entry in self.entries))


def list_folder(folder: Path) -> Listing:
    """List the files in a folder and in the folders below it.

    Raises:
        OSError: It cannot be looked into.
    """
    return _listed(folder, sorted(path for path in folder.iterdir() if not is_leftover(path.name)), folder)


def list_named(folder: Path, paths: Sequence[Path]) -> Listing:
    """List some files and folders of one folder that the instructor named, and what lies below them.

    A link that was named alone is followed, since the instructor chose it; among several, as `class/*` names them, it
    is a student's.
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
            # A link to where we may not look: it is one student's, and the others' are read all the same.
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
    # By what the file really is: a notebook given by name and in its folder is one.
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
        member.remedy,
    )


def _below(root: Path, folder: Path) -> Iterator[Entry]:
    whole = _within(root, Entry((folder.name,), readable(folder), _real(folder)))
    if whole.fault:
        yield whole
        return
    try:
        for path in sorted(_files_below(folder)):
            # Within the student's own folder: a link to another's notebook is no submission either.
            yield _within(folder, file_entry(path, (folder.name, *path.relative_to(folder).parts)))
    except OSError as error:
        yield _unreadable(whole, error)


def _unreadable(entry: Entry, error: OSError) -> Entry:
    return dataclasses.replace(entry, fault=f"cannot be read: {error.strerror}", remedy="look at its permissions")


def _files_below(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed: they could lead round in a circle.
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not is_leftover(name)]
        yield from (Path(place, name) for name in files if not is_leftover(name))


def _raise(error: OSError) -> None:
    """Tell `os.walk` not to pass over a folder that it cannot read: its student would seem to have none."""
    raise error


def _within(root: Path, entry: Entry) -> Entry:
    """Refuse a link that leads out of the folder given: whoever wrote it chose which of our files we read."""
    real = entry.identity
    if isinstance(real, Path) and real.is_relative_to(_real(root)):
        return entry
    return dataclasses.replace(entry, fault="is a link that leads out of the folder", remedy="hand in the file itself")


def _real(path: Path) -> Path:
    """Resolve links. `Path.resolve` raises where a link leads to itself; this leaves it to be found unreadable."""
    return Path(os.path.realpath(path))
