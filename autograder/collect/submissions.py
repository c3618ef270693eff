"""Which notebooks there are in the paths that were given, whose each is, and which cannot be taken.

A submission is a notebook given by name, a notebook in a folder (the file's name is the student's), or a folder
with one notebook in it (the folder's name is); each may be a zip instead. Of a learning platform's export, its own
names say whose each is.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from autograder.collect.exports import METADATA, owners_in_export
from autograder.collect.listing import Entry, Listing, file_entry, is_notebook, is_zip, list_archive, list_folder
from autograder.collect.naming import readable, student_name
from autograder.collect.notebook import parse_notebook
from autograder.errors import SubmissionError, UsageError
from autograder.records import Job, Refusal

_FEW = 3
_HAND_IN = "hand in the .ipynb file"


@dataclasses.dataclass(frozen=True, slots=True)
class Collection:
    """What was found, both parts in the order of the students' names."""

    jobs: tuple[Job, ...]
    refused: tuple[Refusal, ...]


def collect(paths: Sequence[Path], assignment_name: str) -> Collection:
    """Find and read the submissions in some files and folders.

    Args:
        paths: Notebooks, zips, folders of them, folders of students' folders, or exports of a learning platform.
        assignment_name: A notebook that still has the assignment's own name does not say whose it is: then its
            folder's name does.

    Raises:
        UsageError: A path does not exist, or a folder holds no notebook at all.
    """
    by_student: defaultdict[str, dict[object, Entry]] = defaultdict(dict)
    for path in paths:
        for student, entry in _search(path, assignment_name):
            by_student[student].setdefault(entry.identity, entry)
    jobs: list[Job] = []
    refused: list[Refusal] = []
    for student in sorted(by_student):
        candidates = _candidates(tuple(by_student[student].values()))
        if len(candidates) > 1:
            refused += _too_many(student, candidates)
            continue
        outcome = _read(student, candidates[0])
        if isinstance(outcome, Job):
            jobs.append(outcome)
        else:
            refused.append(outcome)
    return Collection(tuple(jobs), tuple(refused))


def _search(path: Path, assignment_name: str) -> Iterator[tuple[str, Entry]]:
    try:
        if not path.exists():
            raise UsageError(
                "there is no such file or folder", readable(path), "give a notebook or a folder of notebooks"
            )
        if not path.is_dir():
            yield from _search_file(path, assignment_name)
            return
        inner = [entry for entry in path.iterdir() if _holds_metadata(entry)]
        listing = list_folder(inner[0] if len(inner) == 1 else path)
    except OSError as error:
        raise UsageError(
            f"cannot be looked into: {error.strerror}", readable(path), "look at its permissions"
        ) from error
    if not any(is_notebook(entry.source) or entry.unzip for entry in listing.entries):
        raise UsageError("there is no notebook in this folder: no name ends in .ipynb", readable(path), "give another")
    yield from _owned(listing, path.absolute().name, assignment_name)


def _holds_metadata(folder: Path) -> bool:
    try:
        return (folder / METADATA).is_file()
    except OSError:
        # A student's folder that may not be looked into is no export, and is refused where it is listed.
        return False


def _search_file(path: Path, assignment_name: str) -> Iterator[tuple[str, Entry]]:
    owner = _owner(path.name, path.absolute().parent.name, assignment_name)
    entry = file_entry(path, (path.name,))
    if not is_zip(path.name):
        if not is_notebook(path.name):
            what = "is not a notebook: its name does not end in .ipynb"
            entry = dataclasses.replace(entry, fault=what, remedy="give a notebook, a zip, or a folder of them")
        yield owner, entry
        return
    try:
        listing = list_archive(entry.unzip()) if entry.unzip else None
    except SubmissionError:
        listing = None
    # A zip with one notebook is a student's, unless its names say that it is a class of one.
    if listing is None or (len(listing.entries) < 2 and _export(listing) is None):  # noqa: PLR2004
        yield owner, entry
    else:
        yield from _owned(listing, PurePath(path.name).stem, assignment_name)


def _owned(listing: Listing, container: str, assignment_name: str) -> Iterator[tuple[str, Entry]]:
    """Yield each entry with its student, and a fault for each student who has none."""
    export = _export(listing)
    if export is None:
        # Beside notebooks, a folder is somebody's data; among folders, it is a student who handed in nothing.
        folders = () if any(map(is_notebook, listing.names)) else listing.folders
        owners = {name: student_name(name) for name in folders}
    else:
        owners = dict(export)
    missing = dict.fromkeys(owners.values())
    for entry in listing.entries:
        first = entry.parts[0]
        plain = student_name(first) if len(entry.parts) > 1 else _owner(first, container, assignment_name)
        student = owners.get(first, plain)
        missing.pop(student, None)
        yield student, entry
    names = {owner: name for name, owner in owners.items()}
    for student in missing:
        source = f"{listing.source}/{readable(Path(names[student]))}"
        yield student, Entry((student,), source, source, fault="holds no notebook", remedy=_HAND_IN)


def _export(listing: Listing) -> dict[str, str] | None:
    names = [name for name in listing.names if name != METADATA]
    found = owners_in_export(names, listing.metadata, f"{listing.source}/{METADATA}")
    return None if found is None else dict(found)


def _candidates(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return what a student may have meant: the notebooks; only where there are none, those in the zips."""
    notebooks = tuple(entry for entry in entries if entry.is_notebook)
    return notebooks or tuple(found for entry in entries for found in _unzipped(entry))


def _unzipped(entry: Entry) -> Iterator[Entry]:
    if entry.fault or entry.unzip is None:
        yield entry
        return
    try:
        inside = list_archive(entry.unzip()).entries
    except SubmissionError as error:
        yield dataclasses.replace(entry, fault=error.what, remedy=error.remedy)
        return
    notebooks = [found for found in inside if found.is_notebook]
    if notebooks:
        yield from notebooks
    else:
        what = "holds an archive in an archive" if inside else "holds no notebook"
        yield dataclasses.replace(entry, fault=what, remedy=_HAND_IN)


def _owner(name: str, container: str, assignment_name: str) -> str:
    stem = PurePath(name).stem
    unrenamed = is_notebook(name) and (stem == assignment_name or stem.startswith(f"{assignment_name}."))
    return student_name(container if unrenamed else stem)


def _read(student: str, entry: Entry) -> Job | Refusal:
    if entry.fault:
        return Refusal(student, entry.source, entry.fault, entry.remedy)
    try:
        return parse_notebook(entry.read(), entry.source, student)
    except SubmissionError as error:
        return Refusal(student, entry.source, error.what, error.remedy)


def _too_many(student: str, candidates: Sequence[Entry]) -> Iterator[Refusal]:
    for entry in candidates:
        others = [other.source for other in candidates if other is not entry]
        beside = ", ".join(others[:_FEW]) + (f" and {len(others) - _FEW} more" if len(others) > _FEW else "")
        what = f"is one of {len(candidates)} notebooks of the same student, beside {beside}"
        yield Refusal(student, entry.source, what, "keep one")
