"""All processes of one execution as a unit that can be measured and killed.

A pid namespace contains exactly the execution's processes and ends with its first one: `PidNamespace`. Without a
namespace, membership is inferred from descent and from a mark in the environment: `ProcessTree`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from autograder.child_process import Process as ChildProcess
from autograder.errors import EnvironmentFault
from autograder.sandbox.descriptors import open_below
from autograder.sandbox.jail_group import JailGroup
from autograder.sandbox.processes import (
    Measurement,
    Process,
    add_up,
    list_pids,
    nameless_file_bytes,
    proportional_memory,
    read_environment,
    read_processes,
)

_DEATH_SECONDS = 15.0
# The kernel's overhead per file in memory: even an empty file takes memory.
_INODE_BYTES = 1024
# Reading more processes takes longer than a polling interval; their number alone exceeds the limit.
_READABLE_PROCESSES = 2_000


class Enclosure(Protocol):
    """The processes of one execution."""

    @property
    def exit_fd(self) -> int:
        """A descriptor that becomes readable when the main process has ended."""
        ...

    def measure(self) -> Measurement:
        """Measure the current usage; memory may be overestimated, never underestimated."""
        ...

    def proportional_memory_bytes(self) -> int:
        """Return the memory in use, counting each shared page once: exact but slow."""
        ...

    def exit_status(self) -> int | None:
        """Return the main process's exit status, negative for a signal, None while it runs."""
        ...

    def destroy(self) -> None:
        """Kill all processes and return when none is left.

        Raises:
            EnvironmentFault: A process is still alive.
        """
        ...


class Monitor:
    """A process that we started, held by pidfd so that its number cannot be reused."""

    def __init__(self, process: ChildProcess) -> None:
        self._process = process
        self.pid = process.pid
        self.exit_fd = os.pidfd_open(process.pid)

    def exit_status(self) -> int | None:
        """Return the exit status, negative for a signal, None while the process runs."""
        return self._process.poll()

    def kill(self) -> None:
        """Kill the process and reap it."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close the pidfd."""
        os.close(self.exit_fd)


class PidNamespace:
    """A jail with its own pid namespace.

    Args:
        monitor: The process that we started; it ends when the jail's main process ends.
        init: The host's pid of the jail's first process; when it ends, the kernel kills all others.
        writable: The jail's folders that are in memory.
        group: The jail's control group, if any; it is removed with the jail.
    """

    def __init__(self, monitor: Monitor, init: int, writable: tuple[str, ...], group: JailGroup | None = None) -> None:
        self._monitor = monitor
        self.init = init
        self._init_fd = os.pidfd_open(init)
        self._writable = writable
        self._group = group
        self._proc: int | None = None
        self._folders: list[int] = []
        self._held: list[int] = []

    def hold(self, descriptor: int) -> None:
        """Keep a descriptor open until the jail is destroyed."""
        self._held.append(descriptor)

    def add_process(self, pid: int) -> None:
        """Put a process that will join the jail into the control group.

        Raises:
            OSError: The process cannot be moved.
        """
        if self._group is not None:
            self._group.add_process(pid)

    @property
    def exit_fd(self) -> int:
        """See `Enclosure`."""
        return self._monitor.exit_fd

    def exit_status(self) -> int | None:
        """See `Enclosure`.

        Raises:
            EnvironmentFault: The jail was killed from outside.
        """
        status = self._monitor.exit_status()
        if status == -signal.SIGKILL and self._group is not None and self._group.killed_for_memory:
            # bubblewrap is in the jail's group; the kernel may choose it when the group's memory is used up.
            return status
        if status is not None and status < 0:
            # bubblewrap reports how the notebook ended. A process inside cannot kill bubblewrap itself.
            raise EnvironmentFault(f"the jail was killed from outside: {signal.Signals(-status).name}")
        return status

    def measure(self) -> Measurement:
        """See `Enclosure`."""
        found = self._measure_processes()
        if self._group is None:
            return found
        memory_bytes = max(found.memory_bytes, self._overrun_bytes())
        return dataclasses.replace(found, memory_bytes=memory_bytes, killed_for_memory=self._group.killed_for_memory)

    def _measure_processes(self) -> Measurement:
        proc = self._open_proc()
        if proc is None:
            return Measurement()
        pids = self._pids(proc)
        if len(pids) > _READABLE_PROCESSES:
            return Measurement(processes=len(pids))
        sum_of_all = add_up(read_processes(proc, pids))
        files = self._file_bytes() + nameless_file_bytes(proc, pids)
        return dataclasses.replace(sum_of_all, memory_bytes=sum_of_all.memory_bytes + files)

    def proportional_memory_bytes(self) -> int:
        """See `Enclosure`."""
        proc = self._open_proc()
        if proc is None:
            return self._overrun_bytes()
        pids = self._pids(proc)
        mapped, mapped_files = proportional_memory(proc, pids)
        # Mapped files appear in both numbers, files that were only written in the second alone.
        files = max(0, self._file_bytes() + nameless_file_bytes(proc, pids) - mapped_files)
        return max(mapped + files, self._overrun_bytes())

    def destroy(self) -> None:
        """See `Enclosure`."""
        try:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
            self._monitor.kill()
            # The kernel reports the end of a namespace's first process only after all its processes are gone.
            if not _wait_readable(self._init_fd, _DEATH_SECONDS):
                raise EnvironmentFault("a jail is still alive after it was killed", f"process {self.init}")
        finally:
            for descriptor in [self._init_fd, *self._folders, *self._held]:
                os.close(descriptor)
            self._monitor.close()
            if self._group is not None:
                self._group.close()

    def _overrun_bytes(self) -> int:
        """Return the usage at which the kernel killed a process of the jail, which polling may have missed; else 0."""
        return 0 if self._group is None else self._group.overrun_bytes

    def _pids(self, proc: int) -> list[int]:
        # The jail's first process is bubblewrap's own.
        return [pid for pid in list_pids(proc) if pid != 1]

    def _open_proc(self) -> int | None:
        """Open the jail's own /proc, which lists only the jail's processes, once the jail is set up."""
        if self._proc is not None:
            return self._proc
        root = f"/proc/{self.init}/root"
        with contextlib.suppress(OSError):
            # Until bubblewrap has changed the root, this path leads to the host's /proc.
            if Path(root, "proc").stat().st_dev == Path("/proc").stat().st_dev:
                return None
            descriptors = []
            top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                # Follow no links: one in the jail would be resolved in the host's folders.
                for folder in ("/proc", *self._writable):
                    descriptors.append(open_below(top, folder.strip("/").split("/")))
                    self._folders.append(descriptors[-1])
            finally:
                os.close(top)
            self._proc = descriptors[0]
        return self._proc

    def _file_bytes(self) -> int:
        used = 0
        for folder in self._folders[1:]:
            status = os.fstatvfs(folder)
            used += (status.f_blocks - status.f_bfree) * status.f_frsize
            used += (status.f_files - status.f_ffree) * _INODE_BYTES
        return used


class ProcessTree:
    """The descendants of one process in the host's pid namespace, as far as they can be identified.

    A process whose parent has ended is no longer recognisable as a descendant. So every member once seen is
    remembered, and `destroy` also kills every process that has `mark` in its environment.
    """

    def __init__(self, monitor: Monitor, mark: str) -> None:
        self._monitor = monitor
        self._mark = mark.encode()
        self._proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._seen: dict[int, int] = {}

    @property
    def exit_fd(self) -> int:
        """See `Enclosure`."""
        return self._monitor.exit_fd

    def exit_status(self) -> int | None:
        """See `Enclosure`."""
        return self._monitor.exit_status()

    def measure(self) -> Measurement:
        """See `Enclosure`."""
        return add_up(self._members())

    def proportional_memory_bytes(self) -> int:
        """See `Enclosure`."""
        return proportional_memory(self._proc, [process.pid for process in self._members()])[0]

    def destroy(self) -> None:
        """See `Enclosure`."""
        deadline = time.monotonic() + _DEATH_SECONDS
        try:
            while targets := {process.pid for process in self._members()} | set(self._marked()):
                if time.monotonic() > deadline:
                    raise EnvironmentFault("processes are still alive after they were killed", str(sorted(targets)))
                for pid in targets:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGKILL)
                self._monitor.kill()
                time.sleep(0.01)
        finally:
            os.close(self._proc)
            self._monitor.close()

    def _members(self) -> list[Process]:
        everything = {process.pid: process for process in read_processes(self._proc, list_pids(self._proc))}
        # Drop members whose pid has been reused.
        self._seen = {
            pid: started
            for pid, started in self._seen.items()
            if pid in everything and everything[pid].started == started
        }
        if self._monitor.pid in everything and self._monitor.exit_status() is None:
            self._seen[self._monitor.pid] = everything[self._monitor.pid].started
        grown = True
        while grown:
            children = [
                process
                for process in everything.values()
                if process.parent in self._seen and process.pid not in self._seen
            ]
            self._seen.update((process.pid, process.started) for process in children)
            grown = bool(children)
        return [everything[pid] for pid in self._seen]

    def _marked(self) -> Iterator[int]:
        for pid in list_pids(self._proc):
            with contextlib.suppress(OSError):
                if pid != os.getpid() and self._mark in read_environment(self._proc, pid):
                    yield pid


def _wait_readable(descriptor: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
