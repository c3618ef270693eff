"""A control group per jail, where we may create one: the kernel then enforces limits at once.

Root may create groups, and so may a user to whom systemd delegates a subtree. Elsewhere jails are limited by polling
alone. The kernel also charges its own tables and cached files, so its limit is set above the documented one: polling
detects and reports usage in between, and the kernel stops growth that is faster than polling.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.child_process import run
from autograder.errors import EnvironmentFault
from autograder.rubric.run_spec import Limits
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.limits import MEBIBYTE, process_ceiling
from autograder.sandbox.ownership import birth, namespace

_PREFIX = "autograder"
_HEADROOM = 8
"""The kernel's memory limit exceeds the documented one by this fraction: 1/8."""

_DEATH_SECONDS = 10.0
_TRIAL_SECONDS = 10.0
_NUMBERS = itertools.count()

# Joins the groups listed before `--`, then executes the command after it.
_ENTER = 'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"'


class JailGroup:
    """A control group; in cgroup v1, one group per controller.

    Args:
        memory: The group's folder of the memory controller.
        pids: The group's folder of the pids controller; the same in cgroup v2.
        memory_bytes: The group's memory limit.
    """

    def __init__(self, memory: Path, pids: Path, memory_bytes: int) -> None:
        self._folders = tuple(dict.fromkeys((memory, pids)))
        self._group = ControlGroup(memory, pids, memory)
        self._memory_bytes = memory_bytes

    @property
    def command(self) -> tuple[str, ...]:
        """The command prefix that starts a command, and all its children, in the group."""
        return ("/bin/sh", "-c", _ENTER, "sh", *map(os.fspath, self._folders), "--")

    def add_process(self, pid: int) -> None:
        """Move a running process into the group.

        Raises:
            OSError: The process cannot be moved, or has ended.
        """
        for folder in self._folders:
            _set(folder / "cgroup.procs", pid)

    @property
    def overrun_bytes(self) -> int:
        """The group's memory limit in bytes, if the kernel has killed a process for exceeding it; else 0."""
        return self._memory_bytes if self._group.ran_out_of_memory else 0

    @property
    def killed_for_memory(self) -> int:
        """How many of the group's processes the kernel has killed for lack of memory, of the group or the machine."""
        return self._group.killed_for_memory

    def close(self) -> None:
        """Kill all remaining processes and remove the group.

        Raises:
            EnvironmentFault: A process does not end.
        """
        for folder in self._folders:
            _end(folder)


@dataclasses.dataclass(frozen=True, slots=True)
class GroupPlace:
    """The groups in which ours are created, one per controller."""

    memory: Path
    pids: Path

    def make(self, limits: Limits) -> JailGroup:
        """Create a group with these limits.

        Raises:
            EnvironmentFault: The group cannot be created or limited.
        """
        name = f"{_PREFIX}-{namespace()}-{os.getpid()}-{birth(os.getpid())}-{next(_NUMBERS)}"
        memory, pids = self.memory / name, self.pids / name
        memory_bytes = limits.memory_mebibytes * MEBIBYTE * (_HEADROOM + 1) // _HEADROOM
        group = JailGroup(memory, pids, memory_bytes)
        try:
            for folder in dict.fromkeys((memory, pids)):
                folder.mkdir()
            # cgroup v2 limits swap by itself, v1 limits memory and swap together.
            limit, swap, swap_bytes = (
                ("memory.max", "memory.swap.max", 0)
                if memory == pids
                else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", memory_bytes)
            )
            _set(memory / limit, memory_bytes)
            with contextlib.suppress(OSError):  # the kernel may not account for swap
                _set(memory / swap, swap_bytes)
            _set(pids / "pids.max", process_ceiling(limits))
        except OSError as error:
            group.close()
            raise EnvironmentFault(f"no control group can be made here: {error}") from error
        return group


def find_place(limits: Limits) -> GroupPlace | None:
    """Find where groups can be created, limited and joined: our own group or a parent of it; None if nowhere.

    In cgroup v2 a group with processes cannot have limited children, so jails' groups become siblings of ours.
    """
    own = ControlGroup.of_process("self")
    if own is None:
        return None
    for memory in _upwards(own.memory):
        for pids in [memory] if own.memory == own.pids else _upwards(own.pids):
            place = GroupPlace(memory, pids)
            _sweep(place)
            with contextlib.suppress(EnvironmentFault, OSError, subprocess.SubprocessError):
                group = place.make(limits)
                try:
                    trial = [*group.command, "/bin/true"]
                    run(trial, capture_output=True, timeout=_TRIAL_SECONDS, check=True)
                    return place
                finally:
                    group.close()
    return None


def _upwards(folder: Path) -> Iterator[Path]:
    return (place for place in (folder, *folder.parents) if (place / "cgroup.procs").exists())


def _sweep(place: GroupPlace) -> None:
    """Remove the groups of commands that were killed.

    A jail dies with its command, except one that bubblewrap was still creating: its first process keeps waiting.
    """
    for folder in itertools.chain(place.memory.glob(f"{_PREFIX}-*"), place.pids.glob(f"{_PREFIX}-*")):
        _, place_of_numbers, pid, born, *_ = [*folder.name.split("-"), "", "", ""]
        # A process in another pid namespace is not visible from here.
        if place_of_numbers == str(namespace()) and birth(pid) != born:
            with contextlib.suppress(OSError, EnvironmentFault):
                _end(folder)


def _end(folder: Path) -> None:
    deadline = time.monotonic() + _DEATH_SECONDS
    while folder.exists():
        try:
            folder.rmdir()
        except OSError as error:
            if time.monotonic() > deadline:
                raise EnvironmentFault("a jail's control group cannot be removed", str(folder)) from error
            _kill(folder)
            time.sleep(0.005)


def _kill(folder: Path) -> None:
    with contextlib.suppress(OSError):  # exists since Linux 5.14, and in cgroup v2 only
        (folder / "cgroup.kill").write_text("1", encoding="ascii")
        return
    for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
        # A process that is not visible from here is listed as 0, and killing 0 would kill ourselves.
        with contextlib.suppress(OSError):
            if pid != "0":
                os.kill(int(pid), signal.SIGKILL)


def _set(path: Path, number: int) -> None:
    path.write_text(str(number), encoding="ascii")
