"""No jail but another user: for the inside of a container, which refuses the namespaces that a jail is made of.

The notebook runs as a user of its own without capabilities and without a way to get any. It sees this machine's
processes and whatever everybody may read; so what it may not read must be root's alone, and that is tried, as that
user, before any notebook runs. One notebook runs at a time, whatever number of workers was asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Self

from autograder.child_process import python_command, python_path
from autograder.errors import EnvironmentFault
from autograder.records import Job, Run
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import Desk, Observe, ignore_progress
from autograder.sandbox.limits import kernel_limits
from autograder.sandbox.payload_process import Role, Start, start_payload
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.student_users import (
    STUDENTS,
    UserProcesses,
    end_abandoned_trainers,
    student_user,
    trainer_user,
)
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess
from autograder.sandbox.user_trial import Trial
from autograder.spec.run_spec import RunSpec

_DROP_RIGHTS = Path(__file__).resolve().parent / "drop_rights.py"
_PR_SET_CHILD_SUBREAPER = 36
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 (the container's own; a folder of root's is made in it)


@dataclasses.dataclass(frozen=True, slots=True)
class SeparateUser:
    """A sandbox of another user; make one with `open_uid`, which tries it first.

    `payload` is a copy that everybody may read: the one in the package lies among what is root's alone.
    """

    run_spec: RunSpec
    desk: Desk
    data_home: Path
    payload: Path
    threads: int | None = None
    writable: tuple[str, ...] = ()
    """Where that user could leave files, beside the folders of every machine."""

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "uid"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        with student_user(self.writable) as uid, self._place(uid, STUDENTS) as start:
            return supervise(job, self.run_spec, self.desk, start, self.name, observe)

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(self._place_of_trainer, self.run_spec.limits)

    def tried(self, secrets: Sequence[Path], *, search: bool) -> Self:
        """See as the notebook's user whether it can read what it needs, and nothing that it may not.

        Returns:
            This sandbox, which knows where that user could leave files.

        Raises:
            EnvironmentFault: It can do too little or too much.
        """
        with student_user() as uid, _home_of(uid) as home, self._readable_payload() as payload:
            data = [self.data_home / "datasets"] if (self.data_home / "datasets").is_dir() else []
            python = [Path(sys.prefix), Path(sys.base_prefix), python_path().resolve().parent.parent]
            trial = Trial([payload, *data], [*python, *data, payload], secrets, search)
            become = [*self._as(uid), *kernel_limits(self.run_spec.limits)]
            return dataclasses.replace(self, writable=trial.run(become, Path(home)))

    @contextlib.contextmanager
    def _place_of_trainer(self) -> Iterator[Start]:
        with trainer_user() as uid, self._place(uid, (uid,)) as start:
            yield start

    @contextlib.contextmanager
    def _place(self, uid: int, users: Collection[int]) -> Iterator[Start]:
        with _home_of(uid) as home, self._readable_payload() as payload:
            yield functools.partial(self._start, uid, users, home, payload)

    def _start(
        self, uid: int, users: Collection[int], home: str, payload: Path, ends: ChildEnds, role: Role
    ) -> UserProcesses:
        environment = notebook_environment(
            home, home, str(self.data_home.resolve()), str(python_path().parent), self.threads
        )
        # Nobody is called 58000: what asks for a name gets one.
        environment |= {"USER": "student", "LOGNAME": "student"}
        before = [*self._as(uid), *kernel_limits(self.run_spec.limits)]
        process = start_payload(before, payload, ends, role, home, environment)
        return UserProcesses(Monitor(process), uid, users)

    @staticmethod
    def _as(uid: int) -> tuple[str, ...]:
        call_filter = system_call_filter(namespaces=False).hex()
        return python_command("-S", str(_DROP_RIGHTS), str(uid), call_filter)

    @contextlib.contextmanager
    def _readable_payload(self) -> Iterator[Path]:
        """Copy the payload to where everybody may read it: the package itself may be root's alone."""
        with tempfile.TemporaryDirectory(prefix="payload-") as folder:
            Path(folder).chmod(0o755)
            copy = Path(folder) / "payload"
            shutil.copytree(self.payload, copy, ignore=shutil.ignore_patterns("__pycache__"))
            for path in [copy, *copy.rglob("*")]:
                path.chmod(0o755 if path.is_dir() else 0o644)
            yield copy


def open_uid(
    run_spec: RunSpec,
    data_home: Path,
    desk: Desk,
    payload: Path,
    threads: int | None = None,
    secrets: Sequence[Path] = (),
    *,
    search: bool = False,
) -> SeparateUser:
    """Make a sandbox of another user, and try it once.

    Args:
        run_spec: See `open_sandbox`.
        data_home: Likewise.
        desk: Likewise.
        payload: Likewise.
        threads: Likewise.
        secrets: Likewise.
        search: Likewise.

    Raises:
        EnvironmentFault: We are not root, or what the notebook may not read is readable to everybody.
    """
    if os.geteuid() != 0:
        raise EnvironmentFault("only root can lend another user's rights", remedy="run autograder as root")
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    # Orphans come to us instead of the container's first process, which may bury none.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    end_abandoned_trainers()
    return SeparateUser(run_spec, desk, data_home, payload, threads).tried(secrets, search=search)


def inside_container() -> bool:
    """Tell whether this is the inside of a container: there, what everybody may read was put there on purpose."""
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return True
    try:
        groups = Path("/proc/1/cgroup").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(word in groups for word in ("docker", "kubepods", "containerd", "/ecs/"))


@contextlib.contextmanager
def _home_of(uid: int) -> Iterator[str]:
    """Make a home that is the user's alone, in memory where that can be had: the kernel bounds its size there."""
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    home = tempfile.mkdtemp(prefix="notebook-", dir=place)
    # From here on it is among the user's files, which are removed with the user.
    os.chown(home, uid, uid, follow_symlinks=False)
    yield home
