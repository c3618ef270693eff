"""Lock a results folder for one command: two commands on one class would execute every notebook twice.

The lock is the kernel's, on the folder itself: it leaves no file behind and ends with its process in any case.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from pathlib import Path

from autograder.errors import EnvironmentFault

_LONGEST_COMMAND = 120


class Hold:
    """An exclusive lock on a folder.

    Raises:
        EnvironmentFault: Another command holds it; the message names it.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _holder(self._descriptor)
            self.let_go()
            raise EnvironmentFault(
                f"another command is using this folder{holder}",
                str(folder),
                "wait until it is done, or name another folder with --out",
            ) from error
        except OSError:
            # A file system without locks: users must start one command at a time.
            return

    def let_go(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)


def _holder(descriptor: int) -> str:
    """Return a description of the process that holds a folder, if it can be found."""
    status = os.fstat(descriptor)
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    with contextlib.suppress(OSError, ValueError):
        locks = Path("/proc/locks").read_text(encoding="ascii")
        found = re.search(rf"FLOCK +ADVISORY +WRITE (\d+) {place} ", locks)
        if found:
            command = Path(f"/proc/{found[1]}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            return f": process {found[1]}, {command.strip()[:_LONGEST_COMMAND]}"
    return ""
