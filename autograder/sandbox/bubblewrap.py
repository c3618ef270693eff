"""The jail: bubblewrap's namespaces around the payload.

The notebook runs as an ordinary user without capabilities, without a network, in a pid namespace of its own, in a file
system that holds what `mounts` shows. Nothing of ours is passed on: no variable, no descriptor but the pipes'.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import EnvironmentFault
from autograder.records import Job, Run
from autograder.sandbox.control_group import open_control_group
from autograder.sandbox.enclosure import Monitor, PidNamespace
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import KnownTrainings, Observe, ignore_progress
from autograder.sandbox.limits import MEBIBYTE, kernel_limits, process_ceiling
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
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.supervise import supervise
from autograder.spec.model import Limits, RunSpec

_TRIAL_SECONDS = 30.0
_STUDENT = "1000"
_REMEDY_MISSING = "apt-get install bubblewrap"
_REMEDY_PYTHON = "Python must lie where the user who grades may read it"
_REMEDY_REFUSED = (
    "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, "
    "kernel.apparmor_restrict_unprivileged_userns=0; in Docker, --security-opt seccomp=unconfined"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A sandbox of bubblewrap; make one with `open_bubblewrap`, which tries it first."""

    run_spec: RunSpec
    known: KnownTrainings
    program: str
    jail: tuple[str, ...]
    payload_command: tuple[str, ...]

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "bubblewrap"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        return supervise(job, self.run_spec, self.known, self._start, self.name, observe)

    def _start(self, ends: ChildEnds) -> PidNamespace:
        info, info_write = os.pipe2(os.O_CLOEXEC)
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, info)
            with contextlib.closing(_Descriptor(info_write)), _as_file(self.jail) as arguments:
                process = subprocess.Popen(
                    [
                        *_first_to_die(),
                        self.program,
                        *("--args", str(arguments)),
                        *("--info-fd", str(info_write)),
                        "--",
                        *self.payload_command,
                        str(ends.orders),
                        str(ends.frames),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=ends.output,
                    stderr=ends.output,
                    pass_fds=(arguments, info_write, ends.orders, ends.frames),
                    # bubblewrap stays inside as the first process, where /proc/1/environ shows what we gave it.
                    env={},
                )
            monitor = Monitor(process)
            group = open_control_group(process_ceiling(self.run_spec.limits))
            try:
                init = _read_init(info)
                if group is not None:
                    # Nothing of the student's runs yet: the payload still waits for its order.
                    group.add(init)
                return PidNamespace(monitor, init, WRITABLE, group)
            except (OSError, ValueError, KeyError) as error:
                monitor.kill()
                monitor.close()
                if group is not None:
                    group.close()
                raise EnvironmentFault("bubblewrap did not start a jail", remedy="autograder doctor") from error


def open_bubblewrap(
    run_spec: RunSpec, data_home: Path, known: KnownTrainings, payload: Path, threads: int | None = None
) -> Bubblewrap:
    """Make a sandbox of bubblewrap and start Python in it once, so that what is lacking is said before any notebook.

    Raises:
        EnvironmentFault: bubblewrap is missing or may not do its work here.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise EnvironmentFault("bubblewrap is not installed", "bwrap", _REMEDY_MISSING)
    # Which options it knows depends on its age; further user namespaces are refused where it can.
    knows = subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout
    jail = jail_arguments(
        run_spec.limits, data_home, payload, threads=threads, refuse_namespaces="--disable-userns" in knows
    )
    sandbox = Bubblewrap(run_spec, known, program, tuple(jail), payload_command(run_spec.limits))
    _try_out(sandbox)
    return sandbox


def payload_command(limits: Limits) -> tuple[str, ...]:
    """Return what runs inside the jail, but for the numbers of the two pipes."""
    # As -I, which would also ignore PYTHONHASHSEED: no folder of the notebook's and no user's packages on the path.
    return (*kernel_limits(limits), sys.executable, "-s", "-P", PAYLOAD)


def jail_arguments(
    limits: Limits, data_home: Path, payload: Path, *, threads: int | None = None, refuse_namespaces: bool = True
) -> list[str]:
    """Return bubblewrap's arguments for everything but the program that runs inside."""
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    mounts = [*system_mounts(), *python_mounts()]
    mounts += cover_mounts(mounts)
    mounts += [shown(payload.resolve(), Path(PAYLOAD)), *data_mounts(data_home)]
    mounts += own_mounts(limits.files_mebibytes * MEBIBYTE)
    environment = notebook_environment(HOME, TEMPORARY, KERAS_HOME, str(Path(sys.executable).parent), threads)
    arguments = ["--unshare-all", "--unshare-user"]
    arguments += ["--disable-userns"] if refuse_namespaces else []
    arguments += ["--uid", _STUDENT, "--gid", _STUDENT, "--hostname", "sandbox", "--cap-drop", "ALL"]
    arguments += ["--new-session", "--die-with-parent"]
    arguments += arguments_of(mounts)
    arguments += ["--chdir", HOME, "--clearenv"]
    for name, value in sorted(environment.items()):
        arguments += ["--setenv", name, value]
    return arguments


def _try_out(sandbox: Bubblewrap) -> None:
    python = [sys.executable, "-I", "-c", ""]
    try:
        with _as_file(sandbox.jail) as arguments:
            trial = subprocess.run(
                [sandbox.program, "--args", str(arguments), "--", *python],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                pass_fds=(arguments,),
                env={},
                timeout=_TRIAL_SECONDS,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"bubblewrap does not work here: {error}", remedy=_REMEDY_REFUSED) from error
    if trial.returncode != 0:
        lines = trial.stderr.decode(errors="replace").strip().splitlines() or [f"status {trial.returncode}"]
        remedy = _REMEDY_PYTHON if "execvp" in lines[-1] or "ython" in lines[-1] else _REMEDY_REFUSED
        raise EnvironmentFault(f"bubblewrap does not work here: {lines[-1][:300]}", remedy=remedy)


def _first_to_die() -> tuple[str, ...]:
    """Return the command that makes the kernel take a jail before us if the machine runs out of memory."""
    choom = shutil.which("choom")
    return () if choom is None else (choom, "-n", "1000", "--")


def _read_init(info: int) -> int:
    """Return the number of the jail's first process, which bubblewrap tells as soon as there is one."""
    text = b"".join(iter(lambda: os.read(info, 4096), b""))
    return int(json.loads(text)["child-pid"])


@dataclasses.dataclass(frozen=True, slots=True)
class _Descriptor:
    number: int

    def close(self) -> None:
        os.close(self.number)


@contextlib.contextmanager
def _as_file(arguments: tuple[str, ...]) -> Iterator[int]:
    """Hold arguments in a file without a name: on the command line, /proc/1/cmdline would show them in the jail."""
    descriptor = os.memfd_create("arguments", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, b"".join(argument.encode() + b"\0" for argument in arguments))
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
