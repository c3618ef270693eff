"""No jail but another user: for the inside of a container, which refuses the namespaces that a jail is made of.

The notebook runs as a user of its own without capabilities and without a way to get any. It sees this machine's
processes and whatever everybody may read; so what it may not read must be root's alone, and that is tried, as that
user, before any notebook runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.errors import EnvironmentFault
from autograder.records import Job, Run
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import Desk, Observe, ignore_progress
from autograder.sandbox.limits import kernel_limits
from autograder.sandbox.payload_process import Role, Start, start_payload
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.student_users import STUDENTS, TRAINERS, UserProcesses, student_user
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess
from autograder.spec.run_spec import RunSpec

_DROP_RIGHTS = Path(__file__).resolve().parent / "drop_rights.py"
_PR_SET_CHILD_SUBREAPER = 36
_REMEDY_UNREADABLE = "let everybody read Python, its packages and the data sets, which must not lie in a home folder"
_TRIAL_SECONDS = 30.0
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 (the container's own; a folder of root's is made in it)

# Run as the notebook's user: what it must be able to read, and after `--` what it must not.
_TRIAL = """
import os, sys
due, secret = (part.split("\\n") for part in sys.stdin.read().split("\\0"))
for path in filter(None, due):
    for folder, folders, files in os.walk(path):
        for name in [folder] + [os.path.join(folder, name) for name in files]:
            if not os.access(name, os.R_OK):
                sys.exit("may not read " + name)
    if not os.access(path, os.R_OK):
        sys.exit("may not read " + path)
for path in filter(None, secret):
    if os.access(path, os.R_OK) or os.access(path, os.W_OK):
        sys.exit("secret " + path)
"""


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

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "uid"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        with self._place(STUDENTS) as start:
            return supervise(job, self.run_spec, self.desk, start, self.name, observe)

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(lambda: self._place(TRAINERS), self.run_spec.limits)

    def try_out(self, secrets: Sequence[Path]) -> None:
        """See as the notebook's user whether it can read what it needs, and nothing that it may not.

        Raises:
            EnvironmentFault: It can do too little or too much.
        """
        with student_user() as uid, _home_of(uid) as home, self._readable_payload() as payload:
            due = [payload, self.data_home / "datasets"] if (self.data_home / "datasets").is_dir() else [payload]
            names = "\0".join("\n".join(os.fspath(path) for path in paths) for paths in (due, secrets))
            trial = subprocess.run(
                [*self._as(uid), *kernel_limits(self.run_spec.limits), sys.executable, "-I", "-S", "-c", _TRIAL],
                cwd=home,
                env={},
                input=names,
                capture_output=True,
                text=True,
                timeout=_TRIAL_SECONDS,
                check=False,
            )
        if trial.returncode == 0:
            return
        said = (trial.stderr.strip().splitlines() or [f"status {trial.returncode}"])[-1][:300]
        what, _, path = said.partition(" ")
        if what == "secret":
            raise EnvironmentFault("students' code could read or change this", path, f"chmod -R go-rwx {path}")
        raise EnvironmentFault(f"a student's user cannot work here: {said}", remedy=_REMEDY_UNREADABLE)

    @contextlib.contextmanager
    def _place(self, users: range) -> Iterator[Start]:
        with student_user(users) as uid, _home_of(uid) as home, self._readable_payload() as payload:
            yield functools.partial(self._start, uid, home, payload)

    def _start(self, uid: int, home: str, payload: Path, ends: ChildEnds, role: Role) -> UserProcesses:
        environment = notebook_environment(
            home, home, str(self.data_home.resolve()), str(Path(sys.executable).parent), self.threads
        )
        # Nobody is called 58000: what asks for a name gets one.
        environment |= {"USER": "student", "LOGNAME": "student"}
        before = [*self._as(uid), *kernel_limits(self.run_spec.limits)]
        process = start_payload(before, payload, ends, role, home, environment)
        return UserProcesses(Monitor(process), uid)

    @staticmethod
    def _as(uid: int) -> tuple[str, ...]:
        call_filter = system_call_filter(namespaces=False).hex()
        return (sys.executable, "-I", "-S", str(_DROP_RIGHTS), str(uid), call_filter)

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
) -> SeparateUser:
    """Make a sandbox of another user, and try it once.

    Args:
        run_spec: See `open_sandbox`.
        data_home: Likewise.
        desk: Likewise.
        payload: Likewise.
        threads: Likewise.
        secrets: Likewise.

    Raises:
        EnvironmentFault: We are not root, or what the notebook may not read is readable to everybody.
    """
    if os.geteuid() != 0:
        raise EnvironmentFault("only root can lend another user's rights", remedy="run autograder as root")
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    # Orphans come to us instead of the container's first process, which may bury none.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    sandbox = SeparateUser(run_spec, desk, data_home, payload, threads)
    sandbox.try_out(secrets)
    return sandbox


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
    os.chown(home, uid, uid)
    yield home
