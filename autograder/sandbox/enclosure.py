"""All processes of one execution as one thing: it can be measured, and killed to the last of them.

A pid namespace holds exactly its own processes and dies with its first one: `PidNamespace`. Without one, belonging is a
guess by descent and by a mark in the environment: `ProcessTree`.
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
# What the kernel keeps of a file in memory besides what is in it: an empty one is not free.
_INODE_BYTES = 1024
# Reading more processes than this takes longer than the next look is away; their number alone says enough.
_READABLE_PROCESSES = 2_000


class Enclosure(Protocol):
    """The processes of one execution."""

    @property
    def exit_fd(self) -> int:
        """A descriptor that becomes readable when the main process has ended."""
        ...

    def measure(self) -> Measurement:
        """Tell what the execution uses now: memory may be counted high, never low."""
        ...

    def shared_out_memory_bytes(self) -> int:
        """Tell the memory used now with every shared page counted once: exact and slow."""
        ...

    def exit_status(self) -> int | None:
        """Tell the main process's exit status, negative for a signal, None while it lives."""
        ...

    def destroy(self) -> None:
        """Kill every process and return when none is left.

        Raises:
            EnvironmentFault: Something is left.
        """
        ...


class Monitor:
    """A process that we started: a number that cannot pass to another process while we hold it."""

    def __init__(self, process: ChildProcess) -> None:
        self._process = process
        self.pid = process.pid
        self.exit_fd = os.pidfd_open(process.pid)

    def exit_status(self) -> int | None:
        """Return the exit status, negative for a signal, None while it lives."""
        return self._process.poll()

    def kill(self) -> None:
        """Kill it and wait for its end."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.exit_fd)


class PidNamespace:
    """A jail with its own pid namespace.

    Args:
        monitor: The process that we started; it ends when the jail's main process ends.
        init: The jail's first process, seen from here. Without it the kernel lets none of the others live.
        writable: The folders inside the jail that lie in memory.
        group: The control group that all of it is in, where there is one; it is removed with the jail.
    """

    def __init__(self, monitor: Monitor, init: int, writable: tuple[str, ...], group: JailGroup | None = None) -> None:
        self._monitor = monitor
        self._init = init
        self._init_fd = os.pidfd_open(init)
        self._writable = writable
        self._group = group
        self._proc: int | None = None
        self._folders: list[int] = []

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
        if status is not None and status < 0:
            # bubblewrap tells how the notebook ended; that itself is killed is beyond anybody inside.
            raise EnvironmentFault(f"somebody killed the jail: {signal.Signals(-status).name}")
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

    def shared_out_memory_bytes(self) -> int:
        """See `Enclosure`."""
        proc = self._open_proc()
        if proc is None:
            return self._overrun_bytes()
        pids = self._pids(proc)
        mapped, mapped_files = proportional_memory(proc, pids)
        # A file that is mapped is in both numbers; one that was only written is in the second alone.
        files = max(0, self._file_bytes() + nameless_file_bytes(proc, pids) - mapped_files)
        return max(mapped + files, self._overrun_bytes())

    def destroy(self) -> None:
        """See `Enclosure`."""
        try:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
            self._monitor.kill()
            # The kernel reports the end of a namespace's first process only after all of its processes are gone.
            if not _wait_readable(self._init_fd, _DEATH_SECONDS):
                raise EnvironmentFault("a jail is still alive after it was killed", f"process {self._init}")
        finally:
            for descriptor in [self._init_fd, *self._folders]:
                os.close(descriptor)
            self._monitor.close()
            if self._group is not None:
                self._group.close()

    def _overrun_bytes(self) -> int:
        """Return what was in use when the kernel ended a process of the jail for its memory: too fast for our looks."""
        return 0 if self._group is None else self._group.overrun_bytes

    def _pids(self, proc: int) -> list[int]:
        # The first process of the jail is bubblewrap's own.
        return [pid for pid in list_pids(proc) if pid != 1]

    def _open_proc(self) -> int | None:
        """Open the jail's own /proc, which lists its processes and no other, once the jail stands."""
        if self._proc is not None:
            return self._proc
        root = f"/proc/{self._init}/root"
        with contextlib.suppress(OSError):
            # Until bubblewrap has changed the root, this path leads to the /proc of the whole machine.
            if Path(root, "proc").stat().st_dev == Path("/proc").stat().st_dev:
                return None
            descriptors = []
            top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                # A link in the jail would lead through this machine's folders, so none is followed.
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
    """Processes that share this machine's pid namespace: the descendants of one, as far as they can be told.

    A process whose parent ended is no descendant any more, so whatever was seen once is remembered, and at
    the end everything that carries `mark` in its environment is killed as well.
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

    def shared_out_memory_bytes(self) -> int:
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
        # A number that was given to another process since is no member.
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
