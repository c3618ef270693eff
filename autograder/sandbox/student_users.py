"""The users that students' code runs as where there are no namespaces: who is free, what is theirs, and its end.

One execution has one user to itself, so everything of that user's (processes, files) is this execution's.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import EnvironmentFault
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.processes import Measurement, add_up, nameless_file_bytes, proportional_memory, read_processes

STUDENTS = range(58_000, 59_000)
"""In the range that Debian keeps free: no package makes such a user."""

TRAINERS = range(59_000, 60_000)
"""Likewise, for trainers: no student's code ever runs as one of them."""

_LEASES = Path("/run/autograder-students")
_SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/dev/mqueue")  # noqa: S108 (where users meet)
_DEATH_SECONDS = 15.0
_CLEANING_SECONDS = 120
_DEAD = frozenset("ZX")
_KILL_ALL = "import os, sys; os.setresuid(*[int(sys.argv[1])] * 3); os.kill(-1, 9)"


class UserProcesses:
    """An `Enclosure`: all processes of one user.

    Args:
        monitor: The process that we started; it is that user's.
        uid: The user.
    """

    def __init__(self, monitor: Monitor, uid: int) -> None:
        self._monitor = monitor
        self._uid = uid
        self._proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

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
        group = ControlGroup.of_process("self")
        if group is None or group.memory_limit_bytes is None:
            files = nameless_file_bytes(self._proc, pids)
        else:
            # A container's root may not see what others have open. But its control group counts files in memory.
            files = group.file_memory_bytes
        return dataclasses.replace(sum_of_all, memory_bytes=sum_of_all.memory_bytes + files)

    def shared_out_memory_bytes(self) -> int:
        """See `Enclosure`."""
        pids = user_processes(self._uid)
        mapped, mapped_files = proportional_memory(self._proc, pids)
        if not mapped:
            # A container's root may not look that closely. But its control group counts each page once, ours as well.
            group = ControlGroup.of_process("self")
            if group is None or group.memory_limit_bytes is None:
                return self.measure().memory_bytes
            return group.measure().memory_bytes
        return mapped + max(0, nameless_file_bytes(self._proc, pids) - mapped_files)

    def destroy(self) -> None:
        """See `Enclosure`."""
        try:
            # Waited for here, so that nobody else buries it: its exit status is asked for later.
            self._monitor.kill()
            end_processes(self._uid)
        finally:
            os.close(self._proc)
            self._monitor.close()


@contextlib.contextmanager
def student_user(users: range = STUDENTS) -> Iterator[int]:
    """Lend a user that no other execution has; what an earlier one left is gone before, and what this one leaves after.

    Args:
        users: Those to choose from.

    Raises:
        EnvironmentFault: Too many executions at once, or something cannot be ended or removed.
    """
    with contextlib.ExitStack() as stack:
        uid = _lease(users, stack)
        # A command that was killed could not clean up: its lease ended with it.
        end_processes(uid)
        remove_files(uid)
        stack.callback(remove_files, uid)
        stack.callback(end_processes, uid)
        yield uid


def user_processes(uid: int) -> list[int]:
    """List the processes of a user that have not ended."""
    return [pid for pid, user, state in _everybody() if user == uid and state not in _DEAD]


def end_processes(uid: int) -> None:
    """Kill every process of a user and return when none is left.

    Raises:
        EnvironmentFault: Something is left.
    """
    deadline = time.monotonic() + _DEATH_SECONDS
    while user_processes(uid):
        if time.monotonic() > deadline:
            raise EnvironmentFault("a student's processes live after they were killed", f"user {uid}")
        # One call for all of them: between two calls, one that was not reached yet could fork.
        subprocess.run([sys.executable, "-I", "-S", "-c", _KILL_ALL, str(uid)], stderr=subprocess.DEVNULL, check=False)
    for pid, user, state in _everybody():
        if user == uid and state in _DEAD:
            # An orphan came to us, if we are who inherits orphans; unburied, it would count for the next execution.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def remove_files(uid: int) -> None:
    """Remove what belongs to a user wherever users may write.

    Raises:
        EnvironmentFault: Something cannot be removed.
    """
    found = [path for folder in _SHARED_FOLDERS for path in _owned(folder, uid)]
    if not found:
        return
    # Not Python's own: its recursion ends at a depth that a student can exceed. And no command line: that has a length.
    try:
        removal = subprocess.run(
            ["/usr/bin/xargs", "-0", "/bin/rm", "-rf", "--one-file-system", "--"],
            input=b"\0".join(map(os.fsencode, found)),
            capture_output=True,
            timeout=_CLEANING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(f"a student's files are still there after {_CLEANING_SECONDS} s") from error
    if removal.returncode:
        said = removal.stderr.decode(errors="replace").strip()
        raise EnvironmentFault(f"a student's files cannot be removed: {said[:300]}")


def _lease(users: range, stack: contextlib.ExitStack) -> int:
    _LEASES.mkdir(mode=0o700, exist_ok=True)
    # Containers on one machine see nothing of each other's leases, and yet the kernel adds up a user's processes over
    # all of them: each begins with another user, and always with the same, for what an earlier execution left there.
    first = zlib.crc32(os.uname().nodename.encode())
    for number in range(len(users)):
        uid = users[(first + number) % len(users)]
        descriptor = os.open(_LEASES / str(uid), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        stack.callback(os.close, descriptor)
        return uid
    raise EnvironmentFault(f"{len(users)} notebooks run here already", remedy="ask for fewer --workers")


def _everybody() -> Iterator[tuple[int, int, str]]:
    """Yield each process's number, user and state."""
    for entry in os.listdir("/proc"):  # noqa: PTH208 (a thousand of them, ten times a second)
        if entry.isdigit():
            with contextlib.suppress(OSError, KeyError, ValueError):
                # Not the folder's owner: a process may hide behind root's name there.
                with open(f"/proc/{entry}/status", "rb") as file:  # noqa: PTH123 (likewise)
                    fields = dict(line.split(b":", 1) for line in file.read().splitlines() if b":" in line)
                yield int(entry), int(fields[b"Uid"].split()[0]), fields[b"State"].split()[0].decode()


def _owned(top: str, uid: int) -> Iterator[str]:
    """Yield the outermost files and folders of a user below a folder, without following links."""
    # One folder is open at a time, and none calls the next: students choose how deep it goes.
    folders = [top]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_uid == uid:
                        yield entry.path
                    elif stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_IWOTH:
                        folders.append(entry.path)
