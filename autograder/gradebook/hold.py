"""Hold a folder of results for one command: two that grade the same class at once would execute every notebook twice.

The hold is the kernel's lock on the folder itself: it leaves no file behind, and ends with its process in any way.
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
    """The sole use of a folder until it is let go.

    Raises:
        EnvironmentFault: Another command holds it; says which.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _holder(self._descriptor)
            self.let_go()
            raise EnvironmentFault(
                f"another command is at work in this folder{holder}",
                str(folder),
                "wait until it is done, or name another folder with --out",
            ) from error
        except OSError:
            # A file system without locks: whoever keeps results there starts one command at a time.
            return

    def let_go(self) -> None:
        """Give the folder back."""
        os.close(self._descriptor)


def _holder(descriptor: int) -> str:
    """Name the process that holds a folder, as far as this machine tells."""
    status = os.fstat(descriptor)
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    with contextlib.suppress(OSError, ValueError):
        locks = Path("/proc/locks").read_text(encoding="ascii")
        found = re.search(rf"FLOCK +ADVISORY +WRITE (\d+) {place} ", locks)
        if found:
            command = Path(f"/proc/{found[1]}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            return f": process {found[1]}, {command.strip()[:_LONGEST_COMMAND]}"
    return ""
