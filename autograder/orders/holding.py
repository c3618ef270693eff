"""Tell what a killed command has left from what a living one uses: whoever uses a file or a folder holds its lock.

The kernel lets go of a lock when its process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def hold(descriptor: int) -> bool:
    """Lock something new for as long as it is open; return False if it was taken for abandoned before, and removed."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return os.fstat(descriptor).st_nlink > 0


def abandoned(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield what of ours is in a folder and nobody holds; until the next one, nobody else can hold it either."""
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(descriptor).st_uid == os.geteuid():
                    yield path
            finally:
                os.close(descriptor)
