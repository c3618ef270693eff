"""A jail: the bubblewrap command line that defines what is visible inside, and the start of a process in it.

The process inherits none of our environment variables, and only the descriptors that are listed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
from collections.abc import Iterator, Sequence

from autograder.child_process import NOWHERE, Process, find_program, python_path, start
from autograder.errors import EnvironmentFault
from autograder.rubric.run_spec import Limits
from autograder.sandbox.enclosure import Monitor, PidNamespace
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.jail_group import JailGroup
from autograder.sandbox.limits import MEBIBYTE
from autograder.sandbox.mounts import (
    HOME,
    KERAS_HOME,
    TEMPORARY,
    WRITABLE,
    Mount,
    arguments_of,
    cover_mounts,
    own_mounts,
    python_mounts,
    system_mounts,
)
from autograder.sandbox.user_identity import OUR_NAMESPACE, Identity, ParentNamespace


@dataclasses.dataclass(frozen=True, slots=True)
class Jail:
    """What all jails of one sandbox have in common."""

    program: str
    """The path of bubblewrap."""
    arguments: tuple[str, ...]
    """What is visible inside, see `jail_arguments`."""
    call_filter: bytes = b""
    """The seccomp program of the refused system calls; empty for no filter."""

    def spawn(
        self,
        command: Sequence[str],
        identity: Identity,
        output: int,
        *,
        options: Sequence[str] = (),
        inherited: Sequence[int] = (),
        group: JailGroup | None = None,
    ) -> Process:
        """Start a command in a new jail.

        Args:
            command: The command to run inside.
            identity: The user and namespaces of the process.
            output: The descriptor for the output of the command, and of bubblewrap if it fails.
            options: Further options of bubblewrap.
            inherited: Further descriptors to inherit.
            group: The control group to start all of it in.
        """
        with (
            _as_file(_joined((*identity.arguments, *self.arguments))) as arguments,
            _as_file(self.call_filter) as call_filter,
        ):
            filtered = ("--seccomp", str(call_filter)) if self.call_filter else ()
            return start(
                [
                    *(group.command if group is not None else ()),
                    *_prefer_for_oom_kill(),
                    *identity.before,
                    *(self.program, "--args", str(arguments), *filtered, *options),
                    *("--", *identity.command, *command),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(arguments, call_filter, *identity.descriptors, *inherited),
                folder=NOWHERE,
                # bubblewrap stays inside as the first process; the jail can read its environment as /proc/1/environ.
                environment={},
            )

    def enclose(
        self,
        command: Sequence[str],
        output: int,
        group: JailGroup | None,
        *,
        parent: ParentNamespace = OUR_NAMESPACE,
        options: Sequence[str] = (),
        inherited: Sequence[int] = (),
    ) -> PidNamespace:
        """Start a command in a new jail as a notebook's user, and return the jail.

        Args:
            command: See `spawn`.
            output: See `spawn`.
            group: See `spawn`; it is removed with the jail.
            parent: The user namespace in which the jail is created.
            options: See `spawn`.
            inherited: See `spawn`.

        Raises:
            EnvironmentFault: bubblewrap could not create the jail.
        """
        info, info_write = os.pipe2(os.O_CLOEXEC)
        try:
            try:
                with parent.student_identity(self.program) as identity:
                    process = self.spawn(
                        command,
                        identity,
                        output,
                        options=(*options, "--info-fd", str(info_write)),
                        inherited=(info_write, *inherited),
                        group=group,
                    )
            finally:
                os.close(info_write)
            monitor = Monitor(process)
            try:
                return PidNamespace(monitor, _read_init(info), WRITABLE, group)
            except (OSError, ValueError, KeyError) as error:
                monitor.kill()
                monitor.close()
                raise EnvironmentFault("bubblewrap did not start a jail", remedy="autograder doctor") from error
        finally:
            os.close(info)


def jail_arguments(
    limits: Limits, mounts: Sequence[Mount], threads: int | None = None, *, own_processes: bool = True
) -> tuple[str, ...]:
    """Return bubblewrap's arguments, except for the user and the command.

    Args:
        limits: `files_mebibytes` limits each folder in memory.
        mounts: What is visible besides the system and Python.
        threads: The most threads per numerical library.
        own_processes: Whether the jail gets its own list of processes.

    Raises:
        EnvironmentFault: Python's folder cannot be exposed without exposing more.
    """
    everything = [*system_mounts(), *python_mounts()]
    everything += cover_mounts(everything)
    everything += [*mounts, *own_mounts(limits.files_mebibytes * MEBIBYTE, own_processes=own_processes)]
    environment = notebook_environment(HOME, TEMPORARY, KERAS_HOME, str(python_path().parent), threads)
    arguments = ["--hostname", "sandbox", "--new-session", "--die-with-parent", *arguments_of(everything)]
    arguments += ["--chdir", HOME, "--clearenv"]
    for name, value in sorted(environment.items()):
        arguments += ["--setenv", name, value]
    return tuple(arguments)


def _prefer_for_oom_kill() -> tuple[str, ...]:
    """Return the command prefix that makes the kernel kill a jail before us if the machine runs out of memory."""
    choom = find_program("choom")
    return () if choom is None else (choom, "-n", "1000", "--")


def _read_init(info: int) -> int:
    """Return the host's pid of the jail's first process, as reported by bubblewrap."""
    text = b"".join(iter(lambda: os.read(info, 4096), b""))
    return int(json.loads(text)["child-pid"])


def _joined(arguments: Sequence[str]) -> bytes:
    return b"".join(argument.encode() + b"\0" for argument in arguments)


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[int]:
    """Hold bubblewrap's input in an anonymous file: the jail can read its command line as /proc/1/cmdline."""
    descriptor = os.memfd_create("bubblewrap", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
