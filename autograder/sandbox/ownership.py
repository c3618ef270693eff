"""Identify the command that owns a control group or container: by pid, start time and pid namespace.

A pid alone is reused, and names another process in another namespace.
"""

from __future__ import annotations

import contextlib
from pathlib import Path


def namespace() -> int:
    """Return the inode number of our pid namespace."""
    return Path("/proc/self/ns/pid").stat().st_ino


def birth(pid: int | str) -> str:
    """Return a process's start time in the kernel's ticks, or an empty text if there is no such process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    return ""
