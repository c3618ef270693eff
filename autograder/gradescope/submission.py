"""Find the submitted notebook among other files."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from autograder.collect import read_notebook
from autograder.records import Detail, Job, SubmissionError

_SUFFIX = ".ipynb"
_FEW = 3
_IGNORED = frozenset({"__MACOSX", "__pycache__"})


def read_submission(folder: Path, handed_out: Collection[str], student: str) -> Job:
    """Read the submitted notebook in a folder.

    Args:
        folder: The submission's folder.
        handed_out: The file names of the assignment's own notebooks, preferred if there are several.
        student: The student's name.

    Raises:
        SubmissionError: There is none, there are several, or it cannot be read.
    """
    found = sorted(_notebooks_in(folder))
    meant = [path for path in found if path.name in handed_out] if len(found) > 1 else found
    if not found:
        raise SubmissionError(Detail("refused.none"))
    if len(meant) != 1:
        names = tuple(path.name for path in found[:_FEW])
        raise SubmissionError(Detail.of("refused.several", count=len(found), names=names))
    return read_notebook(meant[0], student)


def _notebooks_in(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_ignored(name)]
        for path in (Path(place, name) for name in files if not _is_ignored(name)):
            # A link could lead to the grader's files.
            if path.suffix.casefold() == _SUFFIX and path.is_file() and not path.is_symlink():
                yield path


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED
