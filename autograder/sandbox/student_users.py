"""The user that students' code runs as where there are no namespaces: one student at a time, and nothing is left.

Two users of one machine meet in more places than can be counted: folders for everybody, sockets without a name, the
list of processes. So nobody runs beside another, in whatever command, and before the next begins every process and
file of every student's user is gone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import subprocess
import time
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from autograder.child_process import python_command, run
from autograder.errors import EnvironmentFault
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.descriptors import remove_owned
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.processes import (
    Measurement,
    add_up,
    anonymous_memory,
    nameless_file_bytes,
    proportional_memory,
    read_processes,
)

STUDENTS = range(58_000, 59_000)
"""In the range that Debian keeps free: no package makes such a user."""

TRAINERS = range(59_000, 60_000)
"""Likewise, for trainers: no student's code ever runs as one of them."""

SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue")  # noqa: S108 (where users meet)
"""Where every machine lets everybody write."""

_LOCKS = Path("/run/autograder-students")
_TURN = "turn"
_DEATH_SECONDS = 15.0
_DEAD = frozenset("ZX")
_KILL_ALL = "import os, sys; os.setresuid(*[int(sys.argv[1])] * 3); os.kill(-1, 9)"


class UserProcesses:
    """An `Enclosure`: all processes of one user.

    Args:
        monitor: The process that we started; it is that user's.
        uid: The user.
        users: Whose processes end with it: that user's, and those of every user that may have stood in its place.
    """

    def __init__(self, monitor: Monitor, uid: int, users: Collection[int]) -> None:
        self._monitor = monitor
        self._uid = uid
        self._users = users
        self._proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        group = _limited_group()
        self._killed_before = 0 if group is None else group.killed_for_memory

    @property
    def exit_fd(self) -> int:
        """See `Enclosure`."""
        return self._monitor.exit_fd

    def exit_status(self) -> int | None:
        """See `Enclosure`."""
        return self._monitor.exit_status()

    def measure(self) -> Measurement:
        """See `Enclosure`."""
        pids = user_processes(self._uid)
        sum_of_all = add_up(read_processes(self._proc, pids))
        group = _limited_group()
        if group is None:
            files, killed = nameless_file_bytes(self._proc, pids), None
        else:
            # A container's root may not see what others have open. But its control group counts files in memory.
            files, killed = group.file_memory_bytes, group.killed_for_memory - self._killed_before
        return dataclasses.replace(sum_of_all, memory_bytes=sum_of_all.memory_bytes + files, killed_for_memory=killed)

    def shared_out_memory_bytes(self) -> int:
        """See `Enclosure`."""
        pids = user_processes(self._uid)
        mapped, mapped_files = proportional_memory(self._proc, pids)
        if not mapped:
            # A container's root may not look that closely. But its control group counts each page once: everybody's,
            # also a trainer's beside a notebook. Neither number is less than what these processes use.
            group = _limited_group()
            if group is None:
                return self.measure().memory_bytes
            own = anonymous_memory(self._proc, pids) + group.file_memory_bytes
            return min(own, group.measure().memory_bytes)
        return mapped + max(0, nameless_file_bytes(self._proc, pids) - mapped_files)

    def destroy(self) -> None:
        """See `Enclosure`."""
        try:
            # Waited for here, so that nobody else buries it: its exit status is asked for later.
            self._monitor.kill()
            end_processes(self._users)
        finally:
            os.close(self._proc)
            self._monitor.close()


@contextlib.contextmanager
def student_user(writable: tuple[str, ...] = ()) -> Iterator[int]:
    """Lend the student's user to one execution, once no other on this machine has it.

    What an earlier one left is gone before, and what this one leaves after.

    Args:
        writable: Folders beside `SHARED_FOLDERS` in which that user could leave files.

    Raises:
        EnvironmentFault: Something cannot be ended or removed.
    """
    # A command that was killed could not clean up: its turn ended with it.
    with _lock(_TURN), _nothing_left(STUDENTS, writable):
        yield _from_here_on(STUDENTS)[0]


@contextlib.contextmanager
def trainer_user() -> Iterator[int]:
    """Lend one trainer a user that no other has: trainers run beside each other, and no student's code in them.

    Raises:
        EnvironmentFault: There are too many, or something cannot be ended or removed.
    """
    with contextlib.ExitStack() as stack:
        for uid in _from_here_on(TRAINERS):
            try:
                stack.enter_context(_lock(str(uid), wait=False))
            except BlockingIOError:
                continue
            stack.enter_context(_nothing_left((uid,), ()))
            yield uid
            return
        raise EnvironmentFault(f"{len(TRAINERS)} trainers run here already", remedy="ask for fewer --workers")


def end_abandoned_trainers() -> None:
    """End the trainers of commands that were killed, and remove what they left; those of the living go on.

    Raises:
        EnvironmentFault: Something cannot be ended or removed.
    """
    with contextlib.ExitStack() as stack:
        abandoned = set()
        for name in _lock_names():
            # A trainer that is being lent now takes the next user.
            with contextlib.suppress(BlockingIOError):
                stack.enter_context(_lock(name, wait=False))
                abandoned.add(int(name))
        if abandoned:
            _end_and_remove(abandoned, ())


def user_processes(uid: int) -> list[int]:
    """List the processes of a user that have not ended."""
    return [pid for pid, user, state in _everybody() if user == uid and state not in _DEAD]


def end_processes(users: Collection[int]) -> None:
    """Kill every process of these users and return when none is left.

    Raises:
        EnvironmentFault: Something is left.
    """
    deadline = time.monotonic() + _DEATH_SECONDS
    while alive := {user for _, user, state in _everybody() if user in users and state not in _DEAD}:
        if time.monotonic() > deadline:
            raise EnvironmentFault("processes live after they were killed", f"users {sorted(alive)}")
        for user in alive:
            # One call for all of a user's: between two calls, one that was not reached yet could fork.
            run(python_command("-S", "-c", _KILL_ALL, str(user)), stderr=subprocess.DEVNULL)
    for pid, user, state in _everybody():
        if user in users and state in _DEAD:
            # An orphan came to us, if we are who inherits orphans; unburied, it would count for the next execution.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def _nothing_left(users: Collection[int], writable: tuple[str, ...]) -> Iterator[None]:
    """End the processes and remove the files of these users, before and after."""
    _end_and_remove(users, writable)
    try:
        yield
    finally:
        _end_and_remove(users, writable)


def _end_and_remove(users: Collection[int], writable: tuple[str, ...]) -> None:
    end_processes(users)
    for folder in (*SHARED_FOLDERS, *writable):
        remove_owned(folder, users)


def _from_here_on(users: range) -> list[int]:
    """Return users in the order in which this machine lends them, which is another one in each container.

    The kernel adds up a user's processes over all containers of a machine, which see nothing of each other.
    """
    first = zlib.crc32(os.uname().nodename.encode()) % len(users)
    return [*users[first:], *users[:first]]


def _lock_names() -> list[str]:
    """Return the names of the locks of the trainers that there ever were."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(set(os.listdir(_LOCKS)) - {_TURN})  # noqa: PTH208 (names are all that is asked for)
    return []


@contextlib.contextmanager
def _lock(name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock of this machine; the kernel lets go of it when its process ends.

    Raises:
        BlockingIOError: Another holds it, and it is not waited for.
    """
    _LOCKS.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(_LOCKS / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _limited_group() -> ControlGroup | None:
    """Return the control group that bounds the memory of all of us, as a container's does, None where none does."""
    group = ControlGroup.of_process("self")
    return None if group is None or group.memory_limit_bytes is None else group


def _everybody() -> Iterator[tuple[int, int, str]]:
    """Yield the number, user and state of each process that shares our list of them."""
    for entry in os.listdir("/proc"):  # noqa: PTH208 (a thousand of them, ten times a second)
        if entry.isdigit():
            with contextlib.suppress(OSError, KeyError, ValueError):
                # Not the folder's owner: a process may hide behind root's name there.
                with open(f"/proc/{entry}/status", "rb") as file:  # noqa: PTH123 (likewise)
                    fields = dict(line.split(b":", 1) for line in file.read().splitlines() if b":" in line)
                # What has a further number lives in a container of this machine, which looks after its own.
                if len(fields.get(b"NSpid", b"1").split()) == 1:
                    yield int(entry), int(fields[b"Uid"].split()[0]), fields[b"State"].split()[0].decode()
