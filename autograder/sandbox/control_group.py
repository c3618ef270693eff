"""The kernel's own count of an execution's processes: a control group, where this machine lets us make one.

Counting from outside comes too late for a program that does nothing but start others: it makes thousands between two
looks. `RLIMIT_NPROC` would refuse them, but never does for root. A control group does, for everybody.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import time
from pathlib import Path

# The second is version 2's; in it a group may limit processes only if its parent hands the controller down.
_ROOTS = (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup"))
_EMPTYING_SECONDS = 5.0
_COUNTER = itertools.count()


@dataclasses.dataclass(frozen=True, slots=True)
class ControlGroup:
    """One execution's group."""

    folder: Path

    def add(self, pid: int) -> None:
        """Put a process and its children into the group; what they start later is born into it."""
        (self.folder / "cgroup.procs").write_text(str(pid), encoding="ascii")
        # A child born before its parent was put here; one born after is here already.
        with contextlib.suppress(OSError):
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
                self.add(int(child))

    def close(self) -> None:
        """Remove the group once its processes are gone; the kernel empties it a moment after they died."""
        deadline = time.monotonic() + _EMPTYING_SECONDS
        while self.folder.exists() and time.monotonic() < deadline:
            try:
                self.folder.rmdir()
            except OSError:
                time.sleep(0.01)


def open_control_group(processes: int) -> ControlGroup | None:
    """Make a group that holds at most so many processes and threads; None where this machine allows none."""
    for root in _ROOTS:
        folder = root / f"autograder-{os.getpid()}-{next(_COUNTER)}"
        with contextlib.suppress(OSError):
            if not os.access(root, os.W_OK) or not (root / "cgroup.procs").exists():
                continue
            folder.mkdir()
            try:
                (folder / "pids.max").write_text(str(processes), encoding="ascii")
            except OSError:
                folder.rmdir()
                continue
            return ControlGroup(folder)
    return None
