"""A control group of its own for each jail, where we may make one: the kernel's limits, at the moment they are met.

Root may, and so may a user to whom a part of the groups was left, as systemd leaves it. Elsewhere jails are watched
alone. The kernel counts its own tables and its cached files too, so that its limit lies above the promised one: who
passes that is seen and told; who grows faster than we look ends here.
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
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.limits import MEBIBYTE, process_ceiling
from autograder.sandbox.ownership import birth, namespace
from autograder.spec.run_spec import Limits

_PREFIX = "autograder"
_HEADROOM = 8
"""The kernel's memory limit is this part of the promised one above it."""

_DEATH_SECONDS = 10.0
_TRIAL_SECONDS = 10.0
_NUMBERS = itertools.count()

# Joins the groups named up to `--`, then becomes the command behind it.
_ENTER = 'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"'


class JailGroup:
    """One control group, or one a controller in the kernel's first layout.

    Args:
        memory: The folder of the memory controller.
        pids: That of the process controller; the same one in the second layout.
        memory_bytes: The memory limit that it has.
    """

    def __init__(self, memory: Path, pids: Path, memory_bytes: int) -> None:
        self._folders = tuple(dict.fromkeys((memory, pids)))
        self._group = ControlGroup(memory, pids, memory)
        self._memory_bytes = memory_bytes

    @property
    def command(self) -> tuple[str, ...]:
        """What a command line is put behind so that it runs in the group, with all that it starts."""
        return ("/bin/sh", "-c", _ENTER, "sh", *map(os.fspath, self._folders), "--")

    @property
    def overrun_bytes(self) -> int:
        """The memory that was in use when the kernel killed a process for passing this group's limit; 0 before."""
        return self._memory_bytes if self._group.ran_out_of_memory else 0

    @property
    def killed_for_memory(self) -> int:
        """How many of its processes the kernel has killed for want of memory, here or on the whole machine."""
        return self._group.killed_for_memory

    def close(self) -> None:
        """Kill what is left in it, and remove it.

        Raises:
            EnvironmentFault: Something in it does not end.
        """
        for folder in self._folders:
            _end(folder)


@dataclasses.dataclass(frozen=True, slots=True)
class GroupPlace:
    """The groups below which ours are made, one a controller."""

    memory: Path
    pids: Path

    def make(self, limits: Limits) -> JailGroup:
        """Make a group with these limits.

        Raises:
            EnvironmentFault: It cannot be made, or not be limited.
        """
        name = f"{_PREFIX}-{namespace()}-{os.getpid()}-{birth(os.getpid())}-{next(_NUMBERS)}"
        memory, pids = self.memory / name, self.pids / name
        memory_bytes = limits.memory_mebibytes * MEBIBYTE * (_HEADROOM + 1) // _HEADROOM
        group = JailGroup(memory, pids, memory_bytes)
        try:
            for folder in dict.fromkeys((memory, pids)):
                folder.mkdir()
            # The second layout counts swap by itself, the first one together with memory.
            limit, swap, swap_bytes = (
                ("memory.max", "memory.swap.max", 0)
                if memory == pids
                else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", memory_bytes)
            )
            _set(memory / limit, memory_bytes)
            with contextlib.suppress(OSError):  # a kernel that counts no swap
                _set(memory / swap, swap_bytes)
            _set(pids / "pids.max", process_ceiling(limits))
        except OSError as error:
            group.close()
            raise EnvironmentFault(f"no control group can be made here: {error}") from error
        return group


def find_place(limits: Limits) -> GroupPlace | None:
    """Find where groups can be made, limited and joined: in our own group or in one above it; None if nowhere.

    In the kernel's second layout a group with processes has no limited groups below it, so ours come to lie beside us.
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
    """End what a command that was killed could not end.

    Its jails die with it, except one that bubblewrap was just making: its first process waits to be told to go on.
    """
    for folder in itertools.chain(place.memory.glob(f"{_PREFIX}-*"), place.pids.glob(f"{_PREFIX}-*")):
        _, place_of_numbers, pid, born, *_ = [*folder.name.split("-"), "", "", ""]
        # Who lives in another namespace of processes cannot be seen from here.
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
    with contextlib.suppress(OSError):  # Linux has this file since 5.14, and in the second layout alone
        (folder / "cgroup.kill").write_text("1", encoding="ascii")
        return
    for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
        # A process that cannot be seen from here has the number 0, which would mean ourselves.
        with contextlib.suppress(OSError):
            if pid != "0":
                os.kill(int(pid), signal.SIGKILL)


def _set(path: Path, number: int) -> None:
    path.write_text(str(number), encoding="ascii")
