"""The separate-user sandbox, for the inside of containers, which refuse the namespaces that jails need.

The notebook runs as its own user, without capabilities or a way to gain any. It sees this machine's processes and all
world-readable files. So secrets must be readable by root only, which is tested as that user before any notebook runs.
Only one notebook runs at a time, however many workers are configured.
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
from autograder.rubric.run_spec import RunSpec
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import DeskProtocol, Observe, StatelessSandbox, ignore_progress
from autograder.sandbox.limits import limiting_command
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
from autograder.sandbox.user_trial import UserTrial

_DROP_RIGHTS = Path(__file__).resolve().parent / "drop_rights.py"
_PR_SET_CHILD_SUBREAPER = 36
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 (the container's own; root creates a folder in it)


@dataclasses.dataclass(frozen=True, slots=True)
class SeparateUser(StatelessSandbox):
    """A sandbox that runs notebooks as another user; create one with `open_uid`, which tests it first.

    The payload is copied to a world-readable folder, because the package itself may be readable by root only.
    """

    run_spec: RunSpec
    desk: DeskProtocol
    data_home: Path
    payload: Path
    threads: int | None = None
    writable: tuple[str, ...] = ()
    """Where that user could leave files, besides the folders that are writable on every machine."""

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
        """Test as the notebook's user that it can read what it needs and no secrets.

        Returns:
            This sandbox with the folders in which that user could leave files.

        Raises:
            EnvironmentFault: The user can read or change too little or too much.
        """
        with student_user() as uid, _home_of(uid) as home, self._readable_payload() as payload:
            data = [self.data_home / "datasets"] if (self.data_home / "datasets").is_dir() else []
            python = [Path(sys.prefix), Path(sys.base_prefix), python_path().resolve().parent.parent]
            trial = UserTrial([payload, *data], [*python, *data, payload], secrets, search)
            become = [*self._as(uid), *limiting_command(self.run_spec.limits)]
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
        # These user ids have no name; libraries that ask for one get this.
        environment |= {"USER": "student", "LOGNAME": "student"}
        before = [*self._as(uid), *limiting_command(self.run_spec.limits)]
        process = start_payload(before, payload, ends, role, home, environment)
        return UserProcesses(Monitor(process), uid, users)

    @staticmethod
    def _as(uid: int) -> tuple[str, ...]:
        call_filter = system_call_filter(namespaces=False).hex()
        return python_command("-S", str(_DROP_RIGHTS), str(uid), call_filter)

    @contextlib.contextmanager
    def _readable_payload(self) -> Iterator[Path]:
        """Copy the payload to a world-readable folder: the package itself may be readable by root only."""
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
    desk: DeskProtocol,
    payload: Path,
    threads: int | None = None,
    secrets: Sequence[Path] = (),
    *,
    search: bool = False,
) -> SeparateUser:
    """Create a separate-user sandbox, and test it once.

    Args:
        run_spec: See `open_sandbox`.
        data_home: See `open_sandbox`.
        desk: See `open_sandbox`.
        payload: See `open_sandbox`.
        threads: See `open_sandbox`.
        secrets: See `open_sandbox`.
        search: See `open_sandbox`.

    Raises:
        EnvironmentFault: We are not root, or a secret is readable by others.
    """
    if os.geteuid() != 0:
        raise EnvironmentFault("only root can run notebooks as another user", remedy="run autograder as root")
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    # Orphans come to us instead of the container's first process, which may not reap them.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    end_abandoned_trainers()
    return SeparateUser(run_spec, desk, data_home, payload, threads).tried(secrets, search=search)


def inside_container() -> bool:
    """Return whether we run in a container, where world-readable files were put on purpose."""
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return True
    try:
        groups = Path("/proc/1/cgroup").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(word in groups for word in ("docker", "kubepods", "containerd", "/ecs/"))


@contextlib.contextmanager
def _home_of(uid: int) -> Iterator[str]:
    """Create the user's private home folder, in memory if possible, where the kernel limits its size."""
    place = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    home = tempfile.mkdtemp(prefix="notebook-", dir=place)
    # From here on it belongs to the user, and is removed with the user's other files.
    os.chown(home, uid, uid, follow_symlinks=False)
    yield home
