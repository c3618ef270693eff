"""Safe traversal and removal of files below a folder that students can write to.

A path may lead elsewhere between a check and its use. So each folder is opened by descriptor relative to its parent,
without following links, and entries are first moved to a folder where only root can rename them, then removed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import subprocess
from collections.abc import Container, Iterable, Iterator

from autograder.child_process import run
from autograder.errors import EnvironmentFault

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CLEANING_SECONDS = 120
_INSIDE = "left"


def open_below(folder: int, names: Iterable[str]) -> int:
    """Open a folder below an open folder, without following links, and return its descriptor.

    Args:
        folder: The descriptor of the starting folder; it stays open.
        names: The names of the folders on the path, including the target.

    Raises:
        OSError: A folder is missing or is a link.
    """
    here = os.dup(folder)
    for name in names:
        try:
            below = os.open(name, _FOLDER, dir_fd=here)
        finally:
            os.close(here)
        here = below
    return here


def remove_owned(top: str, users: Container[int]) -> None:
    """Remove what these users own directly in a folder of root's, and in the world-writable folders below it.

    Raises:
        EnvironmentFault: An entry cannot be removed.
    """
    try:
        # Some systems link one of these folders to another; that link belongs to root.
        descriptor = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        for folder in _open_to_everybody(descriptor):
            _remove(folder, [entry.name for entry, status in _entries(folder) if status.st_uid in users])
    finally:
        os.close(descriptor)


def _open_to_everybody(top: int) -> Iterator[int]:
    """Yield descriptors of a folder and the world-writable folders below it, each valid until the next one."""
    # Only one folder is open at a time and there is no recursion, because students choose the depth.
    waiting: list[tuple[str, ...]] = [()]
    place: tuple[str, ...] = ()
    here = os.dup(top)
    try:
        while waiting:
            names = waiting.pop()
            begin, way = (here, names[-1:]) if names[:-1] == place else (top, names)
            try:
                found = open_below(begin, way)
            except OSError:
                continue
            os.close(here)
            here, place = found, names
            yield here
            waiting += [
                (*names, entry.name)
                for entry, status in _entries(here)
                if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_IWOTH
            ]
    finally:
        os.close(here)


def _entries(folder: int) -> list[tuple[os.DirEntry[str], os.stat_result]]:
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                found.append((entry, entry.stat(follow_symlinks=False)))
    return found


def _remove(folder: int, names: list[str]) -> None:
    """Remove entries of a folder, whatever they contain and even if someone renames them meanwhile."""
    folders = []
    try:
        for name in names:
            try:
                os.unlink(name, dir_fd=folder)
            except FileNotFoundError:
                continue
            except IsADirectoryError:
                folders.append(name)
        if folders:
            _remove_folders(folder, folders)
    except OSError as error:
        what = f"a student's files cannot be removed: {error.strerror}"
        raise EnvironmentFault(what, str(error.filename or "")) from error


def _remove_folders(folder: int, names: list[str]) -> None:
    own = f".autograder-{secrets.token_hex(8)}"
    os.mkdir(own, 0o700, dir_fd=folder)
    within = os.open(own, _FOLDER, dir_fd=folder)
    try:
        os.mkdir(_INSIDE, 0o700, dir_fd=within)
        inside = os.open(_INSIDE, _FOLDER, dir_fd=within)
        try:
            for number, name in enumerate(names):
                with contextlib.suppress(FileNotFoundError):
                    os.rename(name, str(number), src_dir_fd=folder, dst_dir_fd=inside)
        finally:
            os.close(inside)
        _remove_tree(within)
    finally:
        os.close(within)
    os.rmdir(own, dir_fd=folder)


def _remove_tree(within: int) -> None:
    # Not `shutil.rmtree`: students can exceed its recursion limit.
    try:
        removal = run(
            ["/bin/rm", "-rf", "--one-file-system", "--", _INSIDE],
            folder=f"/proc/self/fd/{within}",
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_CLEANING_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(f"a student's files are still there after {_CLEANING_SECONDS} s") from error
    if removal.returncode:
        raise EnvironmentFault(f"a student's files cannot be removed: {removal.stderr.strip()[:300]}")
