"""The Docker sandbox: one container per submission, isolated by the engine's namespaces and control groups.

Only the payload and the data sets are mounted, read-only. Frames pass through the client's standard input and output,
so the container shares no port, socket or folder with the host.

Unlike a jail, a container outlives the command that started it. So each container has its own timeout inside, and a
label that names its owner: the next command removes the containers of dead ones.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder import __version__
from autograder.child_process import NOWHERE, Process, find_program, python_command, run, start
from autograder.errors import EnvironmentFault
from autograder.records import Detail, Job, Run, RunVerdict
from autograder.rubric.run_spec import Limits, RunSpec
from autograder.sandbox.containers import (
    CLIENT_SECONDS,
    ask,
    client_environment,
    owner_label,
    remove_container,
    sweep,
)
from autograder.sandbox.control_group import ControlGroup
from autograder.sandbox.enclosure import Monitor
from autograder.sandbox.environment import notebook_environment
from autograder.sandbox.interfaces import DeskProtocol, Observe, StatelessSandbox, ignore_progress
from autograder.sandbox.limits import MEBIBYTE, STARTUP_SECONDS, process_ceiling
from autograder.sandbox.mounts import HOME, KERAS_HOME, PAYLOAD, TEMPORARY, data_mounts
from autograder.sandbox.payload_process import Role, Start
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.processes import Measurement
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess

IMAGE_VARIABLE = "AUTOGRADER_IMAGE"
IMAGE = f"cnn-autograder:{__version__}"
"""The image that `make image` builds; the environment variable overrides it."""

_PYTHON = "/opt/autograder/bin/python"
_USER, _GROUP = 1000, 1000
_GRACE_SECONDS = 60.0
"""Grace period of the in-container timeout; it fires only if the supervisor died."""

_TRAINER_SECONDS = 24 * 3600.0
"""Lifetime of a trainer's container; a trainer has no time limit, and ends by itself when its client is gone."""

_REMEDY_ENGINE = "install Docker, start its engine, and join the group docker"
_REMEDY_IMAGE = f"make image, or name one in {IMAGE_VARIABLE}"

_FILTERING = "/drop_rights.py"
_KILLED = frozenset({RunVerdict.CRASHED, RunVerdict.INTERNAL})

# The container's first process: ends the container after the given seconds and reaps orphans (zombies count against the
# pid limit). The notebook runs as the same user, but cannot read or write this process.
_TIMEOUT = """
import ctypes, os, signal, sys, time
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
end = time.monotonic() + float(sys.argv[1])
# The first process of a pid namespace receives no signals from inside unless it has handlers for them.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
child = os.fork()
if not child:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    pid, status = os.waitpid(-1, os.WNOHANG)
    if pid == child:
        os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    if not pid and not signal.sigtimedwait({signal.SIGCHLD}, max(0.0, end - time.monotonic())):
        if time.monotonic() >= end:
            os._exit(137)
"""

# Move the payload's pipes away from standard input and output, which notebooks print to.
_REDIRECT = 'exec "$@" 3 4 3<&0 4>&1 </dev/null >&2'

_TRIAL = f"""
import os, sys
for top in ({PAYLOAD!r}, {KERAS_HOME!r}):
    for folder, folders, files in os.walk(top):
        for name in files:
            if not os.access(os.path.join(folder, name), os.R_OK):
                sys.exit("may not read " + os.path.join(folder, name))
"""


class Container:
    """An `Enclosure` of one container, controlled through the Docker client."""

    def __init__(self, monitor: Monitor, client: str, name: str) -> None:
        self._monitor = monitor
        self._client = client
        self._name = name
        self._group: ControlGroup | None = None

    @property
    def exit_fd(self) -> int:
        """See `Enclosure`."""
        return self._monitor.exit_fd

    def exit_status(self) -> int | None:
        """See `Enclosure`."""
        return self._monitor.exit_status()

    def measure(self) -> Measurement:
        """See `Enclosure`. The engine enforces its limits even if we cannot read the group's usage."""
        if self._group is None and self._monitor.exit_status() is None:
            pid = ask(self._client, "inspect", "--format", "{{.State.Pid}}", self._name)
            if pid.isdigit() and pid != "0":
                self._group = ControlGroup.of_process(int(pid))
        if self._group is None:
            return Measurement()
        measurement = self._group.measure()
        # The kernel keeps usage below the limit by killing processes, perhaps children: report the group as over it.
        overrun = (self._group.memory_limit_bytes or 0) + 1 if self._group.ran_out_of_memory else 0
        # The group's own count: kills elsewhere on this machine say nothing about this container.
        killed = self._group.killed_for_memory
        memory_bytes = max(measurement.memory_bytes, overrun)
        return dataclasses.replace(measurement, memory_bytes=memory_bytes, killed_for_memory=killed)

    def proportional_memory_bytes(self) -> int:
        """See `Enclosure`. A control group counts each page once."""
        return self.measure().memory_bytes

    def destroy(self) -> None:
        """See `Enclosure`."""
        try:
            self._monitor.kill()
            remove_container(self._client, self._name)
        finally:
            self._monitor.close()

    def ran_out_of_memory(self) -> bool:
        """Return whether the kernel killed a process inside for lack of memory; call before `destroy`."""
        return ask(self._client, "inspect", "--format", "{{.State.OOMKilled}}", self._name) == "true"


@dataclasses.dataclass(frozen=True, slots=True)
class Docker(StatelessSandbox):
    """A Docker sandbox; create one with `open_docker`, which tests it first."""

    run_spec: RunSpec
    desk: DeskProtocol
    client: str
    options: tuple[str, ...]
    image: str

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "docker"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        containers: list[_OomRecordingContainer] = []
        with self._place(containers) as start:
            run = supervise(job, self.run_spec, self.desk, start, self.name, observe)
        # The engine's limit is the documented one. From outside we cannot tell which memory limit caused the kill.
        if run.verdict in _KILLED and containers and containers[0].out_of_memory:
            detail = Detail.of("limit.memory", mebibytes=self.run_spec.limits.memory_mebibytes)
            return dataclasses.replace(run, verdict=RunVerdict.LIMIT, detail=detail, doubtful=False)
        return run

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(lambda: self._place([]), self.run_spec.limits)

    @contextlib.contextmanager
    def _place(self, containers: list[_OomRecordingContainer]) -> Iterator[Start]:
        """Name a container; once started it is appended to `containers`, and a failed start leaves none behind."""
        name = f"autograder-{secrets.token_hex(8)}"

        def start_container(ends: ChildEnds, role: Role) -> Container:
            containers.append(_OomRecordingContainer(Monitor(self._spawn(name, ends, role)), self.client, name))
            return containers[-1]

        try:
            yield start_container
        finally:
            if not containers:
                remove_container(self.client, name)

    def _spawn(self, name: str, ends: ChildEnds, role: Role) -> Process:
        seconds = self._lifetime_seconds() if role is Role.NOTEBOOK else _TRAINER_SECONDS
        payload = python_command(PAYLOAD, *role.arguments, python=_PYTHON, hash_seed=True)
        command = self._command(name, _REDIRECT, payload, seconds, client_options=["--interactive"])
        # Own process group: on Ctrl-C in the terminal, the client would pass the signal on and kill the notebook.
        return start(
            command,
            folder=NOWHERE,
            environment=client_environment(),
            stdin=ends.orders,
            stdout=ends.frames,
            stderr=ends.output,
            process_group=0,
        )

    def _lifetime_seconds(self) -> float:
        limits = self.run_spec.limits
        return STARTUP_SECONDS + limits.notebook_seconds + limits.training_seconds + _GRACE_SECONDS

    def _command(
        self, name: str, script: str, command: Sequence[str], seconds: float, client_options: Sequence[str] = ()
    ) -> list[str]:
        """Return the command that starts a container, in which a shell script starts `command` behind the filter."""
        return [
            *(self.client, "run", *client_options, "--name", name, "--label", owner_label()),
            *(*self.options, self.image, *python_command("-S", "-c", _TIMEOUT, python=_PYTHON)[1:]),
            *(f"{seconds:.0f}", "/bin/sh", "-c", script, "sh", *_behind_the_filter(), *command),
        ]

    def try_out(self) -> None:
        """Start Python in a container and check that it can read what it needs.

        Raises:
            EnvironmentFault: The engine does not answer, the image is missing, or a file is unreadable.
        """
        image_id = ask(self.client, "image", "inspect", "--format", "{{.Id}}", self.image)
        if not image_id:
            if not ask(self.client, "version", "--format", "{{.Server.Version}}"):
                raise EnvironmentFault("no Docker engine answers", self.client, _REMEDY_ENGINE)
            raise EnvironmentFault("the image is not there", self.image, _REMEDY_IMAGE)
        name = f"autograder-{secrets.token_hex(8)}"
        try:
            trial = run(
                self._command(name, 'exec "$@"', python_command("-S", "-c", _TRIAL, python=_PYTHON), CLIENT_SECONDS),
                environment=client_environment(),
                capture_output=True,
                text=True,
                timeout=CLIENT_SECONDS,
            )
            status, lines = trial.returncode, trial.stderr.strip().splitlines()
        except subprocess.TimeoutExpired:
            status, lines = 1, [f"no answer in {CLIENT_SECONDS:g} s"]
        finally:
            remove_container(self.client, name)
        if status:
            reason = next((line for line in lines if line), f"status {status}")
            raise EnvironmentFault(f"a container does not work here: {reason[:300]}", remedy="autograder doctor")


class _OomRecordingContainer(Container):
    """A container that records OOMKilled before its removal."""

    out_of_memory = False

    def destroy(self) -> None:
        self.out_of_memory = self.ran_out_of_memory()
        super().destroy()


def open_docker(
    run_spec: RunSpec, data_home: Path, desk: DeskProtocol, payload: Path, threads: int | None = None
) -> Docker:
    """Create a Docker sandbox and start one container, to fail before any notebook runs if something is missing.

    Raises:
        EnvironmentFault: The client, the engine or the image is missing, or a container cannot read what it needs.
    """
    client = find_program("docker")
    if client is None:
        raise EnvironmentFault("Docker is not installed", "docker", _REMEDY_ENGINE)
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    image = os.environ.get(IMAGE_VARIABLE) or IMAGE
    sandbox = Docker(run_spec, desk, client, _options(run_spec.limits, data_home, payload, threads), image)
    sweep(client)
    sandbox.try_out()
    return sandbox


def _behind_the_filter() -> tuple[str, ...]:
    """Return the command prefix that adds our filter of system calls to the engine's own."""
    return python_command("-S", _FILTERING, "-", system_call_filter().hex(), python=_PYTHON)


def _options(limits: Limits, data_home: Path, payload: Path, threads: int | None) -> tuple[str, ...]:
    memory = f"{limits.memory_mebibytes}m"
    # Owned by the student: some versions of runc otherwise copy the mode of the image's folder of that name.
    room = f"rw,nosuid,nodev,uid={_USER},gid={_GROUP},mode=1777,size={limits.files_mebibytes * MEBIBYTE}"
    environment = notebook_environment(HOME, TEMPORARY, KERAS_HOME, str(Path(_PYTHON).parent), threads)
    mounts = [(payload.resolve(), PAYLOAD), (Path(__file__).with_name("drop_rights.py"), _FILTERING)]
    mounts += [(Path(mount.arguments[1]), str(mount.target)) for mount in data_mounts(data_home)]
    return (
        *("--network", "none", "--hostname", "sandbox", "--ipc", "private", "--log-driver", "none", "--pull", "never"),
        *("--user", f"{_USER}:{_GROUP}", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--memory", memory, "--memory-swap", memory, "--oom-score-adj", "1000"),
        *("--pids-limit", str(process_ceiling(limits)), "--cpus", str(len(os.sched_getaffinity(0)))),
        *("--ulimit", "core=0", "--ulimit", f"fsize={limits.files_mebibytes * MEBIBYTE}"),
        *("--read-only", "--tmpfs", f"{HOME}:{room}", "--tmpfs", f"{TEMPORARY}:{room}"),
        *("--shm-size", str(limits.files_mebibytes * MEBIBYTE), "--workdir", HOME),
        # As pid 1 of its namespace, the timeout process can be neither stopped nor killed from inside.
        *("--entrypoint", _PYTHON),
        *(f"--mount=type=bind,source={source},target={target},readonly" for source, target in mounts),
        *(f"--env={name}={value}" for name, value in sorted(environment.items())),
    )
