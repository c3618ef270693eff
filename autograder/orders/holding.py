"""Distinguish leftovers of killed commands from files in use: every user of a file or folder holds its lock.

The kernel releases a lock when its process ends, in whatever way.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def hold(descriptor: int) -> bool:
    """Lock a new file or folder while it is open; return False if it was removed as abandoned before the lock."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return os.fstat(descriptor).st_nlink > 0


def abandoned(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield our unlocked files and folders in a folder; each stays locked by us until the next one."""
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(descriptor).st_uid == os.geteuid():
                    yield path
            finally:
                os.close(descriptor)
