"""List what was handed in, in a folder or in a zip, as one and the same: what stands where, and how to read it."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from autograder.collect.archive import Archive, Member, open_archive_bytes, open_archive_file
from autograder.collect.exports import MAXIMUM_METADATA_BYTES, METADATA
from autograder.collect.naming import readable
from autograder.collect.notebook import MAXIMUM_BYTES, read_file

MAXIMUM_INNER_ZIP_BYTES = 256 * 2**20
"""A zip inside another is read into memory."""

_NOTEBOOK = ".ipynb"
_ZIP = ".zip"
_OTHER_ARCHIVES = frozenset({".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz"})
_IGNORED = frozenset({"__MACOSX", "__pycache__"})


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A file that may be a submission, or a reason why there is none.

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
    def is_notebook(self) -> bool:
        """Tell a notebook by its name."""
        return is_notebook(self.parts[-1])


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """All that was found. At the top stand `names`, of which some are `folders`; `metadata` is Gradescope's list."""

    source: str
    names: tuple[str, ...]
    folders: tuple[str, ...]
    entries: tuple[Entry, ...]
    metadata: str | None = None


def list_folder(folder: Path) -> Listing:
    """List the notebooks and archives in a folder and in the folders below it.

    Raises:
        OSError: It cannot be looked into.
        SubmissionError: Gradescope's list in it cannot be read.
    """
    entries: list[Entry] = []
    folders: list[str] = []
    names = [path for path in sorted(folder.iterdir()) if not _is_ignored(path.name)]
    for path in names:
        try:
            is_folder = path.is_dir()
        except OSError as error:
            # A link to where we may not look: it is one student's, and the others' are read all the same.
            entries.append(_unreadable(Entry((path.name,), readable(path), _real(path)), error))
            continue
        if is_folder:
            folders.append(path.name)
            entries += _below(folder, path)
        elif _is_taken(path.name):
            entries.append(_within(folder, file_entry(path, (path.name,))))
    listed = folder / METADATA
    metadata = read_file(listed).decode("utf-8", "replace") if listed.is_file() else None
    return Listing(
        readable(folder),
        tuple(path.name for path in names),
        tuple(folders),
        tuple(entries),
        metadata,
    )


def list_archive(archive: Archive) -> Listing:
    """List the notebooks and archives in a zip. A lone folder in which everything else lies is passed over.

    Raises:
        SubmissionError: Gradescope's list in it cannot be read.
    """
    members = [member for member in archive.members() if not any(map(_is_ignored, member.parts))]
    while members and len({member.parts[0] for member in members}) == 1 and len(members[0].parts) > 1:
        if min(len(member.parts) for member in members) == 1:
            break
        members = [dataclasses.replace(member, parts=member.parts[1:]) for member in members]
    listed = next((member for member in members if member.parts == (METADATA,) and not member.fault), None)
    return Listing(
        archive.source,
        tuple(dict.fromkeys(member.parts[0] for member in members)),
        tuple(dict.fromkeys(member.parts[0] for member in members if len(member.parts) > 1)),
        tuple(_member_entry(archive, member) for member in members if _is_taken(member.parts[-1])),
        archive.read(listed, MAXIMUM_METADATA_BYTES).decode("utf-8", "replace") if listed else None,
    )


def file_entry(path: Path, parts: tuple[str, ...]) -> Entry:
    """Return the entry of a file on the disk."""
    # By what the file really is: a notebook given by name and in its folder is one.
    place = readable(path)
    read, unzip = functools.partial(read_file, path), functools.partial(open_archive_file, path)
    return _judged(Entry(parts, place, _real(path), read, unzip if is_zip(path.name) else None))


def is_notebook(name: str) -> bool:
    """Tell a notebook by its name."""
    return PurePath(name).suffix.casefold() == _NOTEBOOK


def is_zip(name: str) -> bool:
    """Tell a zip by its name."""
    return PurePath(name).suffix.casefold() == _ZIP


def _member_entry(archive: Archive, member: Member) -> Entry:
    def unzip() -> Archive:
        return open_archive_bytes(archive.read(member, MAXIMUM_INNER_ZIP_BYTES), member.source)

    return _judged(
        Entry(
            member.parts,
            member.source,
            (archive.source, member.number),
            functools.partial(archive.read, member, MAXIMUM_BYTES),
            unzip if is_zip(member.parts[-1]) else None,
            member.fault,
            member.remedy,
        )
    )


def _judged(entry: Entry) -> Entry:
    if entry.fault or entry.is_notebook or entry.unzip:
        return entry
    return dataclasses.replace(entry, fault="is an archive that is no zip", remedy="hand in the .ipynb file, or a zip")


def _below(root: Path, folder: Path) -> Iterator[Entry]:
    whole = _within(root, Entry((folder.name,), readable(folder), _real(folder)))
    if whole.fault:
        yield whole
        return
    try:
        for path in sorted(_files_below(folder)):
            # Within the student's own folder: a link to another's notebook is no submission either.
            yield _within(folder, file_entry(path, path.relative_to(root).parts))
    except OSError as error:
        yield _unreadable(whole, error)


def _unreadable(entry: Entry, error: OSError) -> Entry:
    return dataclasses.replace(entry, fault=f"cannot be read: {error.strerror}", remedy="look at its permissions")


def _files_below(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed: they could lead round in a circle.
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not _is_ignored(name)]
        yield from (Path(place, name) for name in files if not _is_ignored(name) and _is_taken(name))


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


def _is_taken(name: str) -> bool:
    return is_notebook(name) or is_zip(name) or PurePath(name).suffix.casefold() in _OTHER_ARCHIVES


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED
