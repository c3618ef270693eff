"""The users that student code runs as where namespaces are unavailable: one student at a time, nothing left behind.

Two users of one machine share many channels: world-writable folders, abstract sockets, the process list. So no two
notebooks run at once, in any command, and before the next one starts all processes and files of all student users are
removed.
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
"""A range that Debian keeps free: no package creates such users."""

TRAINERS = range(59_000, 60_000)
"""A range for trainers; no student code ever runs as one of these users."""

SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue")  # noqa: S108 (where users can meet)
"""The folders that are world-writable on every machine."""

_LOCKS = Path("/run/autograder-students")
_STUDENT_LOCK = "turn"
_DEATH_SECONDS = 15.0
_DEAD = frozenset("ZX")
_KILL_ALL = "import os, sys; os.setresuid(*[int(sys.argv[1])] * 3); os.kill(-1, 9)"


class UserProcesses:
    """An `Enclosure`: all processes of one user.

    Args:
        monitor: The process that we started, which runs as that user.
        uid: The user.
        users: The users whose processes `destroy` kills: `uid` and all that may have been used in its place.
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
            # Root in a container may not read the open files of others, but the control group counts files in memory.
            files, killed = group.file_memory_bytes, group.killed_for_memory - self._killed_before
        return dataclasses.replace(sum_of_all, memory_bytes=sum_of_all.memory_bytes + files, killed_for_memory=killed)

    def proportional_memory_bytes(self) -> int:
        """See `Enclosure`."""
        pids = user_processes(self._uid)
        mapped, mapped_files = proportional_memory(self._proc, pids)
        if not mapped:
            # Root in a container may not read this. But the control group counts each page once, although for all
            # users, including a trainer's beside a notebook. Neither bound is less than the actual usage.
            group = _limited_group()
            if group is None:
                return self.measure().memory_bytes
            own = anonymous_memory(self._proc, pids) + group.file_memory_bytes
            return min(own, group.measure().memory_bytes)
        return mapped + max(0, nameless_file_bytes(self._proc, pids) - mapped_files)

    def destroy(self) -> None:
        """See `Enclosure`."""
        try:
            # Reap here so that the exit status stays available.
            self._monitor.kill()
            end_processes(self._users)
        finally:
            os.close(self._proc)
            self._monitor.close()


@contextlib.contextmanager
def student_user(writable: tuple[str, ...] = ()) -> Iterator[int]:
    """Lend the student user to one execution, as soon as no other on this machine uses it.

    What an earlier execution left is removed before, what this one leaves after.

    Args:
        writable: Folders besides `SHARED_FOLDERS` in which the user could leave files.

    Raises:
        EnvironmentFault: A process cannot be ended or a file cannot be removed.
    """
    # The kernel releases the lock of a killed command, which could not clean up.
    with _lock(_STUDENT_LOCK), _cleaned(STUDENTS, writable):
        yield _rotated(STUDENTS)[0]


@contextlib.contextmanager
def trainer_user() -> Iterator[int]:
    """Lend a user to one trainer; trainers run no student code, so several may run at once.

    Raises:
        EnvironmentFault: All users are taken, or a process or file cannot be removed.
    """
    with contextlib.ExitStack() as stack:
        for uid in _rotated(TRAINERS):
            try:
                stack.enter_context(_lock(str(uid), wait=False))
            except BlockingIOError:
                continue
            stack.enter_context(_cleaned((uid,), ()))
            yield uid
            return
        raise EnvironmentFault(f"{len(TRAINERS)} trainers run here already", remedy="ask for fewer --workers")


def end_abandoned_trainers() -> None:
    """End the trainers of commands that were killed and remove their files; trainers of running commands continue.

    Raises:
        EnvironmentFault: A process cannot be ended or a file cannot be removed.
    """
    with contextlib.ExitStack() as stack:
        abandoned = set()
        for uid in _used_before(TRAINERS):
            # A trainer that starts now takes the next user.
            with contextlib.suppress(BlockingIOError):
                stack.enter_context(_lock(str(uid), wait=False))
                abandoned.add(uid)
        if abandoned:
            _end_and_remove(abandoned, ())


def user_processes(uid: int) -> list[int]:
    """List a user's running processes."""
    return [pid for pid, user, state in _all_processes() if user == uid and state not in _DEAD]


def end_processes(users: Collection[int]) -> None:
    """Kill all processes of these users and return when none is left.

    Raises:
        EnvironmentFault: A process is still alive.
    """
    deadline = time.monotonic() + _DEATH_SECONDS
    while alive := {user for _, user, state in _all_processes() if user in users and state not in _DEAD}:
        if time.monotonic() > deadline:
            raise EnvironmentFault("processes are still alive after they were killed", f"users {sorted(alive)}")
        for user in alive:
            # One kill for all of a user's processes: between single kills, a surviving process could fork.
            run(python_command("-S", "-c", _KILL_ALL, str(user)), stderr=subprocess.DEVNULL)
    for pid, user, state in _all_processes():
        if user in users and state in _DEAD:
            # As subreaper we inherit orphans; unreaped zombies would count against the next execution.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def _cleaned(users: Collection[int], writable: tuple[str, ...]) -> Iterator[None]:
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


def _rotated(users: range) -> list[int]:
    """Return the users in this machine's order, which differs between containers.

    The kernel counts a user's processes over all containers of a machine, which cannot see each other.
    """
    first = zlib.crc32(os.uname().nodename.encode()) % len(users)
    return [*users[first:], *users[:first]]


def _used_before(users: range) -> list[int]:
    """Return the users that have been lent on this machine, as their lock files show."""
    return [uid for uid in users if (_LOCKS / str(uid)).exists()]


@contextlib.contextmanager
def _lock(name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold a machine-wide lock; the kernel releases it when the process ends.

    Raises:
        BlockingIOError: The lock is taken and `wait` is False.
    """
    _LOCKS.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(_LOCKS / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _limited_group() -> ControlGroup | None:
    """Return the control group that limits our memory, as in a container; None if it is unlimited."""
    group = ControlGroup.of_process("self")
    return None if group is None or group.memory_limit_bytes is None else group


def _all_processes() -> Iterator[tuple[int, int, str]]:
    """Yield pid, user and state of each process in our pid namespace."""
    for entry in os.listdir("/proc"):  # noqa: PTH208 (a thousand of them, ten times a second)
        if entry.isdigit():
            with contextlib.suppress(OSError, KeyError, ValueError):
                # Not the owner of the folder in /proc: for a process that is not dumpable that is root.
                with open(f"/proc/{entry}/status", "rb") as file:  # noqa: PTH123 (likewise)
                    fields = dict(line.split(b":", 1) for line in file.read().splitlines() if b":" in line)
                # More than one number: the process is in a container of this machine, which cleans up by itself.
                if len(fields.get(b"NSpid", b"1").split()) == 1:
                    yield int(entry), int(fields[b"Uid"].split()[0]), fields[b"State"].split()[0].decode()
