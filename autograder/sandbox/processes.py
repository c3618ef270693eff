"""Read processes from /proc: threads, memory and processor time.

Every function reads a /proc that is open as a descriptor: the host's, or a jail's, which lists only the jail's
processes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterable
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True, slots=True)
class Measurement:
    """The usage of an execution at one moment; `processes` counts threads, memory includes files in memory."""

    processes: int = 0
    memory_bytes: int = 0
    cpu_seconds: float = 0.0
    killed_for_memory: int | None = None
    """How many of the execution's processes the kernel killed for memory; None if it counts only machine-wide."""


@dataclasses.dataclass(frozen=True, slots=True)
class Process:
    """A process as described by `/proc/<pid>/stat`."""

    pid: int
    parent: int
    started: int
    threads: int
    memory_bytes: int
    cpu_seconds: float


def read_processes(proc: int, pids: Iterable[int]) -> list[Process]:
    """Read processes from a /proc that is open as `proc`; omits those that have ended."""
    processes = []
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            processes.append(_parse_stat(pid, _read(proc, f"{pid}/stat")))
    return processes


def list_pids(proc: int) -> list[int]:
    """List the pids in a /proc that is open as `proc`."""
    try:
        return [int(name) for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        return []


def add_up(processes: Iterable[Process]) -> Measurement:
    """Add up usage. A parent's time includes its reaped children's, so no time is counted twice."""
    processes = list(processes)
    return Measurement(
        processes=sum(process.threads for process in processes),
        memory_bytes=sum(process.memory_bytes for process in processes),
        cpu_seconds=sum(process.cpu_seconds for process in processes),
    )


def proportional_memory(proc: int, pids: Iterable[int]) -> tuple[int, int]:
    """Return the memory in use with shared pages divided among their users, and the part of it in files, in bytes."""
    total = files = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            text = _read(proc, f"{pid}/smaps_rollup").decode()
            found = {
                name: int(kilobytes) << 10
                for name, kilobytes in re.findall(r"^(Pss\w*):\s+(\d+) kB", text, re.MULTILINE)
            }
            total += found.get("Pss", 0)
            files += found.get("Pss_Shmem", 0)
    return total, files


def anonymous_memory(proc: int, pids: Iterable[int]) -> int:
    """Return an upper bound of the anonymous memory in use, in bytes: pages shared by forks count once per process.

    Unlike proportional memory, this can be read for other users' processes without capabilities.
    """
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            found = re.search(rb"^RssAnon:\s+(\d+) kB$", _read(proc, f"{pid}/status"), re.MULTILINE)
            total += int(found[1]) << 10 if found else 0
    return total


def nameless_file_bytes(proc: int, pids: Iterable[int]) -> int:
    """Return the size of all anonymous files in memory (`memfd_create`), which appear in no mount and no mapping."""
    sizes: dict[tuple[int, int], int] = {}
    for pid in pids:
        for path in _open_files(proc, pid):
            with contextlib.suppress(OSError):
                if os.readlink(path, dir_fd=proc).startswith("/memfd:"):
                    status = os.stat(path, dir_fd=proc)
                    sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def machine_oom_kills() -> int:
    """Return how many processes the kernel of this machine has killed for lack of memory; 0 if it does not say."""
    with contextlib.suppress(OSError):
        found = re.search(r"^oom_kill (\d+)$", Path("/proc/vmstat").read_text(encoding="ascii"), re.MULTILINE)
        return int(found[1]) if found else 0
    return 0


def read_environment(proc: int, pid: int) -> list[bytes]:
    """Return the initial environment of a process.

    Raises:
        OSError: The process has ended, or we may not read it.
    """
    return _read(proc, f"{pid}/environ").split(b"\0")


def _parse_stat(pid: int, text: bytes) -> Process:
    # The name is in brackets and may itself contain brackets and spaces, because students choose it.
    fields = text[text.rindex(b")") + 2 :].split()
    return Process(
        pid=pid,
        parent=int(fields[1]),
        started=int(fields[19]),
        threads=max(1, int(fields[17])),
        memory_bytes=int(fields[21]) * _PAGE_BYTES,
        cpu_seconds=sum(int(ticks) for ticks in fields[11:15]) / _TICKS_PER_SECOND,
    )


def _open_files(proc: int, pid: int) -> list[str]:
    try:
        descriptor = os.open(f"{pid}/fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc)
    except OSError:
        return []
    try:
        return [f"{pid}/fd/{name}" for name in os.listdir(descriptor)]  # noqa: PTH208 (a descriptor, not a path)
    except OSError:
        return []
    finally:
        os.close(descriptor)


def _read(folder: int, path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return b"".join(iter(lambda: os.read(descriptor, 1 << 16), b""))
    finally:
        os.close(descriptor)
