"""Read a control group's statistics, in cgroup v1 and v2."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path

from autograder.sandbox.processes import Measurement

_TOP = Path("/sys/fs/cgroup")
_UNLIMITED = 2**60
_CHARGED_AT_ONCE = 2**20
"""The kernel charges memory in batches, so usage may stop one batch short of the limit."""


@dataclasses.dataclass(frozen=True, slots=True)
class ControlGroup:
    """The folders of a control group, one per controller; in cgroup v2 they are the same folder."""

    memory: Path
    pids: Path
    cpu: Path

    @classmethod
    def of_process(cls, pid: int | str) -> ControlGroup | None:
        """Find the control group of a process (`self` for ours), or None if it is not visible."""
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
        """Measure the current usage of the group's processes; an unreadable value counts as 0."""
        statistics = _table(self.memory / "memory.stat")
        memory = statistics.get("anon", statistics.get("total_rss", 0)) + self.file_memory_bytes
        cpu_seconds = _number(self.cpu / "cpuacct.usage") / 1e9
        if not cpu_seconds:
            cpu_seconds = _table(self.cpu / "cpu.stat").get("usage_usec", 0) / 1e6
        return Measurement(_number(self.pids / "pids.current"), memory, cpu_seconds)

    @property
    def file_memory_bytes(self) -> int:
        """Memory used by files that exist only in memory, named or not, in bytes."""
        statistics = _table(self.memory / "memory.stat")
        return statistics.get("shmem", statistics.get("total_shmem", 0))

    @property
    def memory_limit_bytes(self) -> int | None:
        """The group's memory limit in bytes, None if unlimited."""
        limit = _number(self.memory / "memory.limit_in_bytes") or _number(self.memory / "memory.max")
        return limit if 0 < limit < _UNLIMITED else None

    @property
    def peak_memory_bytes(self) -> int:
        """The group's peak memory usage in bytes, cached files included."""
        return _number(self.memory / "memory.max_usage_in_bytes") or _number(self.memory / "memory.peak")

    @property
    def killed_for_memory(self) -> int:
        """How many of the group's processes the kernel has killed because memory ran out."""
        events = _table(self.memory / "memory.oom_control") | _table(self.memory / "memory.events")
        return events.get("oom_kill", 0)

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether the kernel killed a process because this group, not a parent group, reached its memory limit."""
        if (self.memory / "memory.events").exists():
            return _table(self.memory / "memory.events").get("oom", 0) > 0
        # cgroup v1 does not count kills by limit, but a group that reached its own limit has used all of it.
        limit = self.memory_limit_bytes
        return limit is not None and self.killed_for_memory > 0 and self.peak_memory_bytes >= limit - _CHARGED_AT_ONCE


def _folder(controller: str, path: str) -> Path:
    place = _TOP / controller / path.lstrip("/")
    # Inside a container, /proc names the path on the host, while the group itself is mounted at the top.
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
    """Return the memory available to our processes in bytes: the control group's limit or the machine's memory."""
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    group = ControlGroup.of_process("self")
    limit = None if group is None else group.memory_limit_bytes
    return physical if limit is None else min(limit, physical)
