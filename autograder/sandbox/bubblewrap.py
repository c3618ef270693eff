"""The jail: bubblewrap's namespaces around the payload.

The notebook runs as an ordinary user without capabilities, without a network, in a pid namespace of its own, in a file
system that holds what `mounts` shows, behind the filter of `seccomp`. Nothing of ours is passed on: no variable, no
descriptor but the pipes'.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.child_process import NOWHERE, Process, find_program, python_command, python_path, start
from autograder.errors import EnvironmentFault
from autograder.records import Job, Run
from autograder.sandbox.enclosure import Monitor, PidNamespace
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.identity import student_identity
from autograder.sandbox.interfaces import Desk, Observe, ignore_progress
from autograder.sandbox.jail_group import GroupPlace, JailGroup, find_place
from autograder.sandbox.limits import MEBIBYTE, kernel_limits
from autograder.sandbox.mounts import (
    HOME,
    KERAS_HOME,
    PAYLOAD,
    TEMPORARY,
    WRITABLE,
    arguments_of,
    cover_mounts,
    data_mounts,
    own_mounts,
    python_mounts,
    shown,
    system_mounts,
)
from autograder.sandbox.payload_process import Role
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess
from autograder.spec.run_spec import Limits, RunSpec

_REMEDY_MISSING = "apt-get install bubblewrap"
_REMEDY_DOCTOR = "autograder doctor"
_REMEDY_UNREADABLE = "let everybody read Python, its packages and the data sets: chmod -R a+rX"
_REMEDY_REFUSED = (
    "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0; in Docker, --security-opt seccomp=unconfined"
)

_TRIAL_SECONDS = 90.0
_TRIAL = f"""
import os, sys
for top in ({PAYLOAD!r}, {KERAS_HOME!r}, sys.prefix):
    if not os.access(top, os.R_OK):
        sys.exit("may not read " + top)
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.exists(path) and not os.access(path, os.R_OK):
                sys.exit("may not read " + path)
        if "site-packages" in folder or folder.count("/") > 9:
            folders.clear()
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A sandbox of bubblewrap; make one with `open_bubblewrap`, which tries it first."""

    run_spec: RunSpec
    desk: Desk
    program: str
    jail: tuple[str, ...]
    payload_command: tuple[str, ...]
    call_filter: bytes = b""
    """For the kernel: the system calls that are refused. Empty: none are."""
    groups: GroupPlace | None = None
    """Where each jail gets a control group; without one it is watched alone."""

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "bubblewrap"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        return supervise(job, self.run_spec, self.desk, self.start, self.name, observe)

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(lambda: contextlib.nullcontext(self.start), self.run_spec.limits)

    def start(self, ends: ChildEnds, role: Role) -> PidNamespace:
        """Start the payload in a jail.

        Raises:
            EnvironmentFault: bubblewrap did not get as far as a jail.
        """
        group = None if self.groups is None else self.groups.make(self.run_spec.limits)
        try:
            return self._start(ends, role, group)
        except BaseException:
            if group is not None:
                group.close()
            raise

    def _start(self, ends: ChildEnds, role: Role, group: JailGroup | None) -> PidNamespace:
        info, info_write = os.pipe2(os.O_CLOEXEC)
        try:
            try:
                command = (*self.payload_command, *role.arguments, str(ends.orders), str(ends.frames))
                inherited = (info_write, ends.orders, ends.frames)
                process = self._spawn(command, ("--info-fd", str(info_write)), inherited, ends.output, group)
            finally:
                os.close(info_write)
            monitor = Monitor(process)
            try:
                return PidNamespace(monitor, _read_init(info), WRITABLE, group)
            except (OSError, ValueError, KeyError) as error:
                monitor.kill()
                monitor.close()
                raise EnvironmentFault("bubblewrap did not start a jail", remedy=_REMEDY_DOCTOR) from error
        finally:
            os.close(info)

    def try_out(self) -> None:
        """Start Python in a jail and look whether it finds what it needs.

        Raises:
            EnvironmentFault: It does not start, or there is something that it may not read.
        """
        with tempfile.TemporaryFile() as said:
            trial = self._spawn((*self.payload_command[:-1], "-c", _TRIAL), (), (), said.fileno())
            try:
                status = trial.wait(_TRIAL_SECONDS)
            except subprocess.TimeoutExpired as error:
                trial.kill()
                trial.wait()
                raise EnvironmentFault(f"bubblewrap hangs for {_TRIAL_SECONDS:g} s", remedy=_REMEDY_REFUSED) from error
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines() or [f"status {status}"]
        if status == 0:
            return
        # What bubblewrap itself says begins with its name; what is wrong later is a matter of who may read what.
        refused = lines[-1].startswith("bwrap: ") and "execvp" not in lines[-1]
        remedy = _REMEDY_REFUSED if refused else _REMEDY_UNREADABLE
        raise EnvironmentFault(f"a jail does not work here: {lines[-1][:300]}", remedy=remedy)

    def _spawn(
        self,
        command: tuple[str, ...],
        options: tuple[str, ...],
        inherited: tuple[int, ...],
        output: int,
        group: JailGroup | None = None,
    ) -> Process:
        with (
            student_identity(self.program) as identity,
            _as_file(_joined((*identity.arguments, *self.jail))) as arguments,
            _as_file(self.call_filter) as call_filter,
        ):
            filtered = ("--seccomp", str(call_filter)) if self.call_filter else ()
            return start(
                [
                    *(group.command if group is not None else ()),
                    *_first_to_die(),
                    *(self.program, "--args", str(arguments), *filtered, *options),
                    *("--", *identity.command, *command),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(arguments, call_filter, *identity.descriptors, *inherited),
                folder=NOWHERE,
                # bubblewrap stays inside as the first process, whose /proc/1/environ would show what it was given.
                environment={},
            )


def open_bubblewrap(
    run_spec: RunSpec, data_home: Path, desk: Desk, payload: Path, threads: int | None = None
) -> Bubblewrap:
    """Make a sandbox of bubblewrap and start Python in it once, so that what is lacking is said before any notebook.

    Raises:
        EnvironmentFault: bubblewrap is missing or may not do its work here.
    """
    program = find_program("bwrap")
    if program is None:
        raise EnvironmentFault("bubblewrap is not installed", "bwrap", _REMEDY_MISSING)
    jail = jail_arguments(run_spec.limits, data_home, payload, threads)
    sandbox = Bubblewrap(
        run_spec,
        desk,
        program,
        tuple(jail),
        payload_command(run_spec.limits),
        system_call_filter(),
        find_place(run_spec.limits),
    )
    try:
        sandbox.try_out()
    except EnvironmentFault as fault:
        # A kernel without filters: the namespaces hold all the same, and `examine_protections` says what does not.
        if "seccomp" not in fault.what.casefold():
            raise
        sandbox = dataclasses.replace(sandbox, call_filter=b"")
        sandbox.try_out()
    return sandbox


def payload_command(limits: Limits) -> tuple[str, ...]:
    """Return what runs inside the jail, but for the numbers of the two pipes."""
    return (*kernel_limits(limits), *python_command(PAYLOAD, hash_seed=True))


def jail_arguments(limits: Limits, data_home: Path, payload: Path, threads: int | None = None) -> list[str]:
    """Return bubblewrap's arguments for everything but who the notebook is, and what runs.

    Raises:
        EnvironmentFault: There is no payload, or Python lies where it cannot be shown alone.
    """
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    mounts = [*system_mounts(), *python_mounts()]
    mounts += cover_mounts(mounts)
    mounts += [shown(payload.resolve(), Path(PAYLOAD)), *data_mounts(data_home)]
    mounts += own_mounts(limits.files_mebibytes * MEBIBYTE)
    environment = notebook_environment(HOME, TEMPORARY, KERAS_HOME, str(python_path().parent), threads)
    arguments = ["--hostname", "sandbox", "--new-session", "--die-with-parent", *arguments_of(mounts)]
    arguments += ["--chdir", HOME, "--clearenv"]
    for name, value in sorted(environment.items()):
        arguments += ["--setenv", name, value]
    return arguments


def _first_to_die() -> tuple[str, ...]:
    """Return the command that makes the kernel take a jail before us if the machine runs out of memory."""
    choom = find_program("choom")
    return () if choom is None else (choom, "-n", "1000", "--")


def _read_init(info: int) -> int:
    """Return the number of the jail's first process, which bubblewrap tells as soon as there is one."""
    text = b"".join(iter(lambda: os.read(info, 4096), b""))
    return int(json.loads(text)["child-pid"])


def _joined(arguments: tuple[str, ...]) -> bytes:
    return b"".join(argument.encode() + b"\0" for argument in arguments)


@contextlib.contextmanager
def _as_file(content: bytes) -> Iterator[int]:
    """Hold what bubblewrap reads in a file without a name: its command line is in the jail, as /proc/1/cmdline."""
    descriptor = os.memfd_create("bubblewrap", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
