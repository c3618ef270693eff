"""A container for each submission: the engine's namespaces and control groups around the payload.

Nothing of the machine is mounted but the payload and the data sets, read-only. Frames go over the client's own standard
input and output, so no port, no socket and no folder is shared with what runs inside.

A container does not die with the command that started it, as a jail does. So each has a clock of its own inside, and a
label that says whose it is: the next command removes those of the dead.
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
from autograder.records import Job, Run, RunVerdict
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
from autograder.sandbox.interfaces import Desk, Observe, ignore_progress
from autograder.sandbox.limits import MEBIBYTE, STARTUP_SECONDS, process_ceiling
from autograder.sandbox.mounts import HOME, KERAS_HOME, PAYLOAD, TEMPORARY, data_mounts
from autograder.sandbox.payload_process import Role, Start
from autograder.sandbox.pipes import ChildEnds
from autograder.sandbox.processes import Measurement
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess
from autograder.spec.run_spec import Limits, RunSpec

IMAGE_VARIABLE = "AUTOGRADER_IMAGE"
IMAGE = f"cnn-autograder:{__version__}"
"""What `make image` builds; the variable names another one."""

_PYTHON = "/opt/autograder/bin/python"
_USER, _GROUP = 1000, 1000
_GRACE_SECONDS = 60.0
"""How much later than our own limits the clock inside strikes: only where nobody is left to look at ours."""

_TRAINER_SECONDS = 24 * 3600.0
"""A trainer has no limit of its own; with nobody left at the other end it ends by itself."""

_REMEDY_ENGINE = "install Docker, start its engine, and join the group docker"
_REMEDY_IMAGE = f"make image, or name one in {IMAGE_VARIABLE}"

_FILTERING = "/drop_rights.py"
_KILLED = frozenset({RunVerdict.CRASHED, RunVerdict.INTERNAL})

# The container's first process: it ends the container after some seconds, buries orphans (the unburied count as
# processes), and cannot be looked into or written to by the notebook, which is the same user.
_CLOCK = """
import ctypes, os, signal, sys, time
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
end = time.monotonic() + float(sys.argv[1])
# A first process without handlers takes no signal from inside.
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

# The payload's pipes move away from standard input and output, which a notebook prints to.
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
    """An `Enclosure`: one container, and the client that we speak to it through."""

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
        """See `Enclosure`. The engine's own limits hold even where the kernel lets us read no numbers."""
        if self._group is None and self._monitor.exit_status() is None:
            pid = ask(self._client, "inspect", "--format", "{{.State.Pid}}", self._name)
            if pid.isdigit() and pid != "0":
                self._group = ControlGroup.of_process(int(pid))
        if self._group is None:
            return Measurement()
        measurement = self._group.measure()
        # The kernel keeps it below its limit by killing what is in it, perhaps a child: the whole is over the limit.
        overrun = (self._group.memory_limit_bytes or 0) + 1 if self._group.ran_out_of_memory else 0
        # Its own count: what else the kernel kills on this machine meanwhile says nothing of this container.
        killed = self._group.killed_for_memory
        memory_bytes = max(measurement.memory_bytes, overrun)
        return dataclasses.replace(measurement, memory_bytes=memory_bytes, killed_for_memory=killed)

    def shared_out_memory_bytes(self) -> int:
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
        """Tell whether the kernel killed something inside for memory; only before it is destroyed."""
        return ask(self._client, "inspect", "--format", "{{.State.OOMKilled}}", self._name) == "true"


@dataclasses.dataclass(frozen=True, slots=True)
class Docker:
    """A sandbox of containers; make one with `open_docker`, which tries it first."""

    run_spec: RunSpec
    desk: Desk
    client: str
    options: tuple[str, ...]
    image: str

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "docker"

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        containers: list[_Remembering] = []
        with self._place(containers) as start:
            run = supervise(job, self.run_spec, self.desk, start, self.name, observe)
        # The engine's limit is the promised one. Whose shortage a kill was for is not seen from outside.
        if run.verdict in _KILLED and containers and containers[0].out_of_memory:
            limit = self.run_spec.limits.memory_mebibytes
            detail = f"more than {limit} MiB of memory"
            return dataclasses.replace(run, verdict=RunVerdict.LIMIT, detail=detail, doubtful=False)
        return run

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(lambda: self._place([]), self.run_spec.limits)

    @contextlib.contextmanager
    def _place(self, containers: list[_Remembering]) -> Iterator[Start]:
        """Name a container, which `containers` holds once it is started; none is left that did not get as far."""
        name = f"autograder-{secrets.token_hex(8)}"

        def start_container(ends: ChildEnds, role: Role) -> Container:
            containers.append(_Remembering(Monitor(self._spawn(name, ends, role)), self.client, name))
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
        # Out of reach of the terminal's Ctrl-C: the client would pass it on, and a notebook would die of it.
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
        """Return what starts a container in which a shell's script starts a command behind the filter."""
        return [
            *(self.client, "run", *client_options, "--name", name, "--label", owner_label()),
            *(*self.options, self.image, *python_command("-S", "-c", _CLOCK, python=_PYTHON)[1:]),
            *(f"{seconds:.0f}", "/bin/sh", "-c", script, "sh", *_behind_the_filter(), *command),
        ]

    def try_out(self) -> None:
        """Start Python in a container and look whether it finds what it needs.

        Raises:
            EnvironmentFault: The engine does not answer, the image is not there, or something cannot be read.
        """
        said = ask(self.client, "image", "inspect", "--format", "{{.Id}}", self.image)
        if not said:
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


class _Remembering(Container):
    """Asks, while the container can still be asked, whether memory was its end."""

    out_of_memory = False

    def destroy(self) -> None:
        self.out_of_memory = self.ran_out_of_memory()
        super().destroy()


def open_docker(run_spec: RunSpec, data_home: Path, desk: Desk, payload: Path, threads: int | None = None) -> Docker:
    """Make a sandbox of containers, and start one once, so that what is lacking is said before any notebook.

    Raises:
        EnvironmentFault: There is no client, no engine or no image, or a container cannot read what it must.
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
    """Return the command that stands in front of another: to the engine's own filter of system calls comes ours."""
    return python_command("-S", _FILTERING, "-", system_call_filter().hex(), python=_PYTHON)


def _options(limits: Limits, data_home: Path, payload: Path, threads: int | None) -> tuple[str, ...]:
    memory = f"{limits.memory_mebibytes}m"
    # The student's own: where the image has a folder of that name, some versions of runc take over its mode.
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
        # As the first of its namespace the clock can be neither stopped nor killed from inside.
        *("--entrypoint", _PYTHON),
        *(f"--mount=type=bind,source={source},target={target},readonly" for source, target in mounts),
        *(f"--env={name}={value}" for name, value in sorted(environment.items())),
    )
