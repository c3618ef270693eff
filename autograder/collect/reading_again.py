"""Read once more what was collected before, by the name that was kept of it: a file, or what lies in a zip."""

from __future__ import annotations

from pathlib import Path

from autograder.collect.archive import Archive, open_archive_file
from autograder.collect.listing import list_archive
from autograder.collect.notebook import read_file
from autograder.records import Detail, SubmissionError


def find_container(source: str) -> Path | None:
    """Return the file on the disk that holds what was collected: itself, or the zip; None if it is gone."""
    path = Path(source)
    try:
        return next((place for place in (path, *path.parents) if place.is_file()), None)
    except ValueError:
        # A name with a null character: nothing of ours was ever read under it.
        return None


def read_again(source: str) -> bytes:
    """Return the bytes of what was collected under a name.

    Raises:
        SubmissionError: It is not there any more, or cannot be read.
    """
    container = find_container(source)
    if container is None:
        raise _gone(source)
    return read_file(container) if container == Path(source) else _member(open_archive_file(container), source)


def _member(archive: Archive, source: str) -> bytes:
    for entry in list_archive(archive).entries:
        if entry.source == source and not entry.fault:
            return entry.read()
        if entry.unzip is not None and source.startswith(f"{entry.source}/"):
            return _member(entry.unzip(), source)
    raise _gone(source)


def _gone(source: str) -> SubmissionError:
    return SubmissionError(Detail("refused.gone"), source)
