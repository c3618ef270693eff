"""What a control group tells of its processes, in the kernel's first and second layout."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path

from autograder.sandbox.processes import Measurement

_TOP = Path("/sys/fs/cgroup")
_UNLIMITED = 2**60
_CHARGED_AT_ONCE = 2**20
"""The kernel counts memory in portions, of which the last one may not have fitted."""


@dataclasses.dataclass(frozen=True, slots=True)
class ControlGroup:
    """The folders of one control group, one a controller; in the second layout all are the same."""

    memory: Path
    pids: Path
    cpu: Path

    @classmethod
    def of_process(cls, pid: int | str) -> ControlGroup | None:
        """Find the group of a process, None where it cannot be seen; `self` is ours."""
        try:
            lines = Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        places = {}
        for line in lines:
            _, controllers, path = line.split(":", 2)
            for name in controllers.split(","):
                places[name] = path
        if places.get("memory"):
            return cls(*(_folder(name, places.get(name, "/")) for name in ("memory", "pids", "cpuacct")))
        unified = _folder("", places.get("", "/"))
        return cls(unified, unified, unified)

    def measure(self) -> Measurement:
        """Tell what its processes use now; what cannot be read counts as nothing."""
        statistics = _table(self.memory / "memory.stat")
        memory = statistics.get("anon", statistics.get("total_rss", 0)) + self.file_memory_bytes
        cpu_seconds = _number(self.cpu / "cpuacct.usage") / 1e9
        if not cpu_seconds:
            cpu_seconds = _table(self.cpu / "cpu.stat").get("usage_usec", 0) / 1e6
        return Measurement(_number(self.pids / "pids.current"), memory, cpu_seconds)

    @property
    def file_memory_bytes(self) -> int:
        """How much memory is taken by files that are in memory alone, with a name or without."""
        statistics = _table(self.memory / "memory.stat")
        return statistics.get("shmem", statistics.get("total_shmem", 0))

    @property
    def memory_limit_bytes(self) -> int | None:
        """How much memory the group may use, None for no limit."""
        limit = _number(self.memory / "memory.limit_in_bytes") or _number(self.memory / "memory.max")
        return limit if 0 < limit < _UNLIMITED else None

    @property
    def peak_memory_bytes(self) -> int:
        """The most memory, cached files included, that it ever used."""
        return _number(self.memory / "memory.max_usage_in_bytes") or _number(self.memory / "memory.peak")

    @property
    def killed_for_memory(self) -> int:
        """How many of its processes the kernel has killed for memory."""
        events = _table(self.memory / "memory.oom_control") | _table(self.memory / "memory.events")
        return events.get("oom_kill", 0)

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed one of its processes as its own limit was met, and not that of a group above it."""
        if (self.memory / "memory.events").exists():
            return _table(self.memory / "memory.events").get("oom", 0) > 0
        # The first layout does not count whose limit it was. But who met their own has used all of it.
        limit = self.memory_limit_bytes
        return limit is not None and self.killed_for_memory > 0 and self.peak_memory_bytes >= limit - _CHARGED_AT_ONCE


def _folder(controller: str, path: str) -> Path:
    place = _TOP / controller / path.lstrip("/")
    # Seen from inside a container the path is the machine's, and the group itself stands at the top.
    return place if place.is_dir() else _TOP / controller


def _number(path: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text(encoding="ascii"))
    return 0


def _table(path: Path) -> dict[str, int]:
    with contextlib.suppress(OSError, ValueError):
        lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
        return {words[0]: int(words[1]) for words in lines if len(words) == 2}  # noqa: PLR2004 (a name and a number)
    return {}


def memory_of_machine() -> int:
    """Return the bytes of memory that processes here may use: the group's limit, or the machine's own memory."""
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    group = ControlGroup.of_process("self")
    limit = None if group is None else group.memory_limit_bytes
    return physical if limit is None else min(limit, physical)
