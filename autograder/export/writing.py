"""Write an export's files beside the instructor's own, never over them."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from autograder.errors import EnvironmentFault
from autograder.export.outcome import ExportOutcome
from autograder.report import write_whole


def write_outcome(outcome: ExportOutcome) -> tuple[Path, ...]:
    """Write the files of an export, and return where they are.

    Raises:
        EnvironmentFault: A folder cannot be written to, or the disk is full.
    """
    return tuple(
        _replace(file.path, file.content) if file.ours else _write_new(file.path, file.content)
        for file in outcome.files
    )


def _replace(path: Path, content: bytes) -> Path:
    write_whole(path, content)
    path.chmod(0o600)
    return path


def _write_new(path: Path, content: bytes) -> Path:
    """Write a file under the first name that is free (`x.csv`, `x-2.csv` and so on), unless one holds just that."""
    for number in itertools.count(1):
        free = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            # O_EXCL also fails for a symbolic link of this name.
            descriptor = os.open(free, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            if free.is_file() and free.read_bytes() == content:
                return free
            continue
        except OSError as error:
            raise EnvironmentFault(f"cannot be written: {error.strerror}", str(free), "check the folder") from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            free.unlink(missing_ok=True)
            raise EnvironmentFault(f"cannot be written: {error.strerror}", str(free), "check the disk") from error
        return free
    raise AssertionError
