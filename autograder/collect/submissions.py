"""Which notebooks there are in the paths that were given, whose each is, and which cannot be taken.

A submission is a notebook given by name, a notebook in a folder (the file's name is the student's), or a folder
with one notebook in it (the folder's name is). Archives and the exports of learning platforms join here, as
further ways to come by a `_Found`.
"""

from __future__ import annotations

import dataclasses
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.collect.naming import readable, student_name
from autograder.collect.notebook import read_notebook
from autograder.errors import SubmissionError, UsageError
from autograder.records import Job

_FEW = 3
_SUFFIX = ".ipynb"
_IGNORED = frozenset({"__MACOSX", "__pycache__"})


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A submission that cannot be graded: whose, where, what is wrong with it, what to do."""

    student: str
    source: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return str(SubmissionError(self.what, self.source, self.remedy))


@dataclasses.dataclass(frozen=True, slots=True)
class Collection:
    """What was found, both parts in the order of the students' names."""

    jobs: tuple[Job, ...]
    refused: tuple[Refusal, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    """A notebook and whose it is. `fault` says why it may not even be opened."""

    student: str
    path: Path
    fault: str = ""
    remedy: str = ""


def collect(paths: Sequence[Path], assignment_name: str) -> Collection:
    """Find and read the submissions in some files and folders.

    Args:
        paths: Notebooks, folders of notebooks, or folders of students' folders.
        assignment_name: A notebook that still has the assignment's own name does not say whose it is: then its
            folder's name does.

    Raises:
        UsageError: A path does not exist, or a folder holds no notebook at all.
    """
    by_student: defaultdict[str, dict[Path, _Found]] = defaultdict(dict)
    for path in paths:
        for found in _search(path, assignment_name):
            # By what the file really is: a notebook given by name and in its folder is one.
            by_student[found.student].setdefault(_real(found.path), found)
    jobs: list[Job] = []
    refused: list[Refusal] = []
    for student in sorted(by_student):
        candidates = list(by_student[student].values())
        if len(candidates) > 1:
            refused += _too_many(student, candidates)
            continue
        outcome = _read(candidates[0])
        if isinstance(outcome, Job):
            jobs.append(outcome)
        else:
            refused.append(outcome)
    return Collection(tuple(jobs), tuple(refused))


def _search(path: Path, assignment_name: str) -> Iterator[_Found]:
    try:
        if not path.exists():
            raise UsageError(
                "there is no such file or folder", readable(path), "give a notebook or a folder of notebooks"
            )
        if not path.is_dir():
            fault = "" if _is_notebook(path) else f"is not a notebook: its name does not end in {_SUFFIX}"
            remedy = "unpack archives and give the folder" if fault else ""
            yield _Found(_owner(path, assignment_name), path, fault, remedy)
            return
        found = list(_search_folder(path, assignment_name))
    except OSError as error:
        raise UsageError(
            f"cannot be looked into: {error.strerror}", readable(path), "look at its permissions"
        ) from error
    if not any(_is_notebook(submission.path) for submission in found):
        raise UsageError(
            f"there is no notebook in this folder: no name ends in {_SUFFIX}", readable(path), "give another"
        )
    yield from found


def _search_folder(folder: Path, assignment_name: str) -> Iterator[_Found]:
    entries = [entry for entry in sorted(folder.iterdir()) if not _is_ignored(entry.name)]
    notebooks = [entry for entry in entries if _is_notebook(entry)]
    for notebook in notebooks:
        yield _within(folder, _Found(_owner(notebook, assignment_name), notebook))
    for entry in entries:
        if entry.is_dir():
            yield from _search_student_folder(folder, entry, beside_notebooks=bool(notebooks))


def _search_student_folder(root: Path, folder: Path, *, beside_notebooks: bool) -> Iterator[_Found]:
    whole = _within(root, _Found(student_name(folder.name), folder))
    try:
        inside = [] if whole.fault else sorted(_notebooks_below(folder))
    except OSError as error:
        yield dataclasses.replace(whole, fault=f"cannot be read: {error.strerror}", remedy="look at its permissions")
        return
    for notebook in inside:
        # Within the student's own folder: a link to another's notebook is no submission either.
        yield _within(folder, dataclasses.replace(whole, path=notebook))
    if whole.fault:
        yield whole
    elif not inside and not beside_notebooks:
        # Beside notebooks, a folder is somebody's data; among folders, it is a student who handed in nothing.
        yield dataclasses.replace(whole, fault="holds no notebook", remedy=f"hand in the {_SUFFIX} file")


def _notebooks_below(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed: they could lead round in a circle.
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not _is_ignored(name)]
        for path in (Path(place, name) for name in files if not _is_ignored(name)):
            if _is_notebook(path):
                yield path


def _raise(error: OSError) -> None:
    """Tell `os.walk` not to pass over a folder that it cannot read: its student would seem to have none."""
    raise error


def _within(root: Path, found: _Found) -> _Found:
    """Refuse a link that leads out of the folder given: whoever wrote it chose which of our files we read."""
    if _real(found.path).is_relative_to(_real(root)):
        return found
    return dataclasses.replace(found, fault="is a link that leads out of the folder", remedy="hand in the file itself")


def _real(path: Path) -> Path:
    """Resolve links. `Path.resolve` raises where a link leads to itself; this leaves it to be found unreadable."""
    return Path(os.path.realpath(path))


def _is_notebook(path: Path) -> bool:
    return path.suffix.casefold() == _SUFFIX and not path.is_dir()


def _owner(notebook: Path, assignment_name: str) -> str:
    unrenamed = notebook.stem == assignment_name or notebook.stem.startswith(f"{assignment_name}.")
    return student_name(notebook.absolute().parent.name if unrenamed else notebook.stem)


def _read(found: _Found) -> Job | Refusal:
    if found.fault:
        return Refusal(found.student, readable(found.path), found.fault, found.remedy)
    try:
        return read_notebook(found.path, found.student)
    except SubmissionError as error:
        return Refusal(found.student, readable(found.path), error.what, error.remedy)


def _too_many(student: str, candidates: Sequence[_Found]) -> Iterator[Refusal]:
    for found in candidates:
        others = [readable(other.path) for other in candidates if other is not found]
        beside = ", ".join(others[:_FEW]) + (f" and {len(others) - _FEW} more" if len(others) > _FEW else "")
        what = f"is one of {len(candidates)} notebooks of the same student, beside {beside}"
        yield Refusal(student, readable(found.path), what, "keep one")


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED
