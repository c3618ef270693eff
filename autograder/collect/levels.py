"""Decide for each given path whether it is a class to look into, or one student's submission.

A single folder is a class. A single zip is a class if it contains an export or several students' notebooks; with one
notebook it is a student's. Of several folders and zips, or next to files of the same folder, each is a student's, as
with `class/*`, unless every one of them looks like a class: what one student packs must not turn the others' work into
classes. With --export, each is a class in any case.

A folder that merely wraps a class is skipped only if no student can have chosen its name: in a zip, a lone folder named
like the zip itself or as Gradescope names it; elsewhere, and always on disk, only if --export says what to look for.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.collect.archive import Archive, open_archive_file
from autograder.collect.exports import METADATA, WRAPPER, Export, moodle, stated_owners
from autograder.collect.file_kinds import could_be_hand_in, is_notebook, is_other_archive, is_placeholder, is_zip
from autograder.collect.listing import Listing, list_archive, list_folder, list_named
from autograder.collect.naming import readable, student_name
from autograder.collect.sources import Level, SubmissionSource, find_sources, is_export
from autograder.errors import UsageError
from autograder.records import SubmissionError

_NOTEBOOK_RENAMED = re.compile(r"\.ipynb\.", re.IGNORECASE)
_COPY_MARK = r"(?: ?\(\d+\)|-\d+)?"


@dataclasses.dataclass(frozen=True, slots=True)
class _Container:
    """A given folder or zip, and its top level."""

    level: Level
    archive: Archive | None = None


@contextlib.contextmanager
def open_levels(paths: Sequence[Path], assignment_name: str, export: Export) -> Iterator[list[Level]]:
    """Look into the paths; zips of classes stay open within the context.

    Args:
        paths: Notebooks, zips and folders.
        assignment_name: See `collect`.
        export: See `collect`.

    Raises:
        UsageError: A path does not exist or cannot be looked into, or a folder holds no notebook at all.
    """
    containers: dict[Path, _Container] = {}
    for path in paths:
        container = _container(path, assignment_name, export)
        if container is not None:
            containers[path] = container
    classes = containers if export != "auto" else _classes(containers, paths)
    with contextlib.ExitStack() as stack:
        for path, container in classes.items():
            if container.archive is None:
                _refuse_empty(container.level, path)
            else:
                stack.enter_context(container.archive.held())
        by_folder: defaultdict[Path, list[Path]] = defaultdict(list)
        for path in dict.fromkeys(paths):
            if path not in classes:
                by_folder[path.parent].append(path)
        yield [
            *(container.level for container in classes.values()),
            *(
                Level(list_named(folder, named), folder.absolute().name, assignment_name, export, named=True)
                for folder, named in by_folder.items()
            ),
        ]


def _container(path: Path, assignment_name: str, export: Export) -> _Container | None:
    """Look into a folder or zip; None for a file, and for an unreadable zip, which is refused as a student's."""
    try:
        if not path.exists():
            remedy = "give a notebook or a folder of notebooks"
            raise UsageError("there is no such file or folder", readable(path), remedy)
        if path.is_dir():
            level = Level(_listing_of_folder(path, export), path.absolute().name, assignment_name, export)
            return _Container(level)
    except OSError as error:
        what = f"cannot be looked into: {error.strerror}"
        raise UsageError(what, readable(path), "look at its permissions") from error
    if not is_zip(path.name):
        return None
    try:
        archive = open_archive_file(path)
    except SubmissionError:
        return None
    return _Container(Level(_listing_of_zip(path, archive, export), path.stem, assignment_name, export), archive)


def _listing_of_folder(path: Path, export: Export) -> Listing:
    listing = list_folder(path)
    while (folder := _lone_folder(listing, export)) is not None and _is_wrapper(folder, export):
        path /= folder
        listing = list_folder(path)
    return listing


def _lone_folder(listing: Listing, export: Export) -> str | None:
    """Return the only folder, if any; beside it an export may have its own zip and files that are no submissions."""
    is_linked_out = any(entry.fault and len(entry.parts) == 1 for entry in listing.entries)
    if export == "folder" or len(listing.folders) != 1 or is_linked_out or METADATA in listing.names:
        return listing.lone_folder
    [folder] = listing.folders
    others = (name for name in listing.names if name != folder and could_be_hand_in(name))
    return folder if all(is_zip(name) and Path(name).stem == folder for name in others) else None


def _listing_of_zip(path: Path, archive: Archive, export: Export) -> Listing:
    listing = list_archive(archive)
    own = re.sub(_COPY_MARK + "$", "", path.stem, count=1)
    named_as_zip = re.compile(rf"{re.escape(own)}{_COPY_MARK}|{WRAPPER}", re.IGNORECASE)
    while listing.lone_folder is not None:
        if not _is_wrapper(listing.lone_folder, export) and not (
            export == "auto" and named_as_zip.fullmatch(listing.lone_folder)
        ):
            break
        listing = listing.below()
    return listing


def _is_wrapper(folder: str, export: Export) -> bool:
    """Return whether the instructor's --export implies that the only folder of a level is not a student's."""
    if export in {"canvas", "moodle"}:
        return not stated_owners([folder], export)
    return export != "auto"


def _refuse_empty(level: Level, path: Path) -> None:
    if level.export == "gradescope" or is_export(level):
        return
    if not any(_holds_work(entry.name) for entry in level.listing.entries):
        raise UsageError("there is no notebook in this folder: no name ends in .ipynb", readable(path), "give another")


def _holds_work(name: str) -> bool:
    return is_notebook(name) or is_zip(name) or is_other_archive(name) or is_placeholder(name)


def _classes(containers: Mapping[Path, _Container], paths: Sequence[Path]) -> Mapping[Path, _Container]:
    beside = {path.parent for path in paths if path not in containers}
    alone = len(containers) == 1 and not any(path.parent in beside for path in containers)
    are_classes = all(_is_class(container, alone=alone) for container in containers.values())
    return containers if are_classes else {}


def _is_class(container: _Container, *, alone: bool) -> bool:
    level = container.level
    if moodle.stated_owner(level.container) is not None:
        # The container itself is one of the folders in a Moodle export.
        return False
    if alone and (container.archive is None or is_export(level)):
        return True
    students = {
        one.owner.student for one in find_sources(level) if isinstance(one, SubmissionSource) and _is_taken(one)
    }
    return len(students) > 1 and student_name(level.container) not in students


def _is_taken(source: SubmissionSource) -> bool:
    return any(_holds_work(entry.name) or _NOTEBOOK_RENAMED.search(entry.name) for entry in source.entries)
