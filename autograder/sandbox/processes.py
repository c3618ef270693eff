"""What /proc tells of processes: how many threads, how much memory, how much time.

Every function reads a /proc that is already open as a descriptor: the machine's own, or that of a jail, which lists
the jail's processes and no other.
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
    """What an execution uses at one moment; processes count their threads, memory counts files held in memory."""

    processes: int = 0
    memory_bytes: int = 0
    cpu_seconds: float = 0.0
    killed_for_memory: int | None = None
    """How many of its processes the kernel has killed; None where it counts those of the whole machine alone."""


@dataclasses.dataclass(frozen=True, slots=True)
class Process:
    """One process, as `/proc/<pid>/stat` tells it."""

    pid: int
    parent: int
    started: int
    threads: int
    memory_bytes: int
    cpu_seconds: float


def read_processes(proc: int, pids: Iterable[int]) -> list[Process]:
    """Read processes from a /proc that is open as `proc`; those that ended meanwhile are left out."""
    processes = []
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            processes.append(_parse_stat(pid, _read(proc, f"{pid}/stat")))
    return processes


def list_pids(proc: int) -> list[int]:
    """List the processes of a /proc that is open as `proc`."""
    try:
        return [int(name) for name in os.listdir(proc) if name.isdigit()]
    except OSError:
        return []


def add_up(processes: Iterable[Process]) -> Measurement:
    """Add up what processes use. A child that was waited for is in its parent's time, so nothing counts twice."""
    processes = list(processes)
    return Measurement(
        processes=sum(process.threads for process in processes),
        memory_bytes=sum(process.memory_bytes for process in processes),
        cpu_seconds=sum(process.cpu_seconds for process in processes),
    )


def proportional_memory(proc: int, pids: Iterable[int]) -> tuple[int, int]:
    """Return the bytes of memory in use with shared pages split among their users, and how many of them are files'."""
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
    """Return at most how much memory is in use that no file is behind: what forks share counts once for each.

    Unlike shared-out memory, it can be read of other users' processes without any capability.
    """
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            found = re.search(rb"^RssAnon:\s+(\d+) kB$", _read(proc, f"{pid}/status"), re.MULTILINE)
            total += int(found[1]) << 10 if found else 0
    return total


def nameless_file_bytes(proc: int, pids: Iterable[int]) -> int:
    """Return the size of all files in memory without a name (`memfd_create`): no mount and no mapping shows them."""
    sizes: dict[tuple[int, int], int] = {}
    for pid in pids:
        for path in _open_files(proc, pid):
            with contextlib.suppress(OSError):
                if os.readlink(path, dir_fd=proc).startswith("/memfd:"):
                    status = os.stat(path, dir_fd=proc)
                    sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())


def kernel_kills() -> int:
    """Return how many processes the kernel has killed on this machine for want of memory, 0 where it does not say."""
    with contextlib.suppress(OSError):
        found = re.search(r"^oom_kill (\d+)$", Path("/proc/vmstat").read_text(encoding="ascii"), re.MULTILINE)
        return int(found[1]) if found else 0
    return 0


def read_environment(proc: int, pid: int) -> list[bytes]:
    """Return the environment that a process was started with.

    Raises:
        OSError: It is gone, or not ours to look at.
    """
    return _read(proc, f"{pid}/environ").split(b"\0")


def _parse_stat(pid: int, text: bytes) -> Process:
    # The name stands in brackets and may itself hold brackets and spaces: a student chooses it.
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
        return [f"{pid}/fd/{name}" for name in os.listdir(descriptor)]  # noqa: PTH208 (a descriptor, no path)
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
