"""Whose a control group or a container is: a command, told by its number, by its birth and by where numbers mean that.

A number alone comes again, and in another namespace it is another process.
"""

from __future__ import annotations

import contextlib
from pathlib import Path


def namespace() -> int:
    """Return which namespace of process numbers this is."""
    return Path("/proc/self/ns/pid").stat().st_ino


def birth(pid: int | str) -> str:
    """Return when a process began, in the kernel's own count; empty if there is none."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    return ""
