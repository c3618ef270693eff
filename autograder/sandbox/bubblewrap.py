"""The bubblewrap sandbox: one jail of Linux namespaces per payload.

The notebook runs as an ordinary user without capabilities or network, in its own pid namespace, behind the filter of
`seccomp`. Its file system contains only what `mounts` exposes.

In a cold start bubblewrap starts the payload. In a warm start it starts a waiting first process, and a child of a fork
server joins the jail, see `fork_server`. If a warm start fails, the notebook is started cold.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.child_process import find_program, python_command
from autograder.errors import EnvironmentFault
from autograder.records import Job, Run
from autograder.rubric.run_spec import RunSpec
from autograder.sandbox.enclosure import PidNamespace
from autograder.sandbox.fork_client import ForkServers
from autograder.sandbox.interfaces import DeskProtocol, Observe, ignore_progress
from autograder.sandbox.jail import Jail, jail_arguments
from autograder.sandbox.jail_group import GroupPlace, find_place
from autograder.sandbox.limits import limiting_command
from autograder.sandbox.mounts import KERAS_HOME, PAYLOAD, data_mounts, shown
from autograder.sandbox.payload_process import Role
from autograder.sandbox.pipes import ChildEnds, Pipes
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.supervise import supervise
from autograder.sandbox.trainer import TrainerProcess
from autograder.sandbox.user_identity import OUR_NAMESPACE, ParentNamespace, student_identity
from autograder.sandbox.warm_start import enclose_waiting, fork_request, make_fork_servers, modules_for

_REMEDY_MISSING = "apt-get install bubblewrap"
_REMEDY_UNREADABLE = "make Python, its packages and the data sets readable by everyone: chmod -R a+rX"
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
    """A bubblewrap sandbox; create one with `open_bubblewrap`, which tests it first."""

    run_spec: RunSpec
    desk: DeskProtocol
    jail: Jail
    groups: GroupPlace | None = None
    """Where control groups for jails are created; without it, limits rely on polling alone."""
    fork_servers: ForkServers | None = None
    """Forks the payloads of notebooks; without it, each notebook is started cold."""
    why_cold: str = ""

    @property
    def name(self) -> str:
        """See `Sandbox`."""
        return "bubblewrap"

    @property
    def remark(self) -> str:
        """See `Sandbox`."""
        if self.why_cold:
            return f"notebooks start cold, which costs a few seconds each: {self.why_cold}"
        if self.fork_servers is not None and self.fork_servers.failures:
            return f"{self.fork_servers.failures} notebooks started cold: {self.fork_servers.last_failure}"
        return ""

    def run(self, job: Job, observe: Observe = ignore_progress) -> Run:
        """See `Sandbox`."""
        modules = modules_for(cell.source for cell in job.cells)
        start = functools.partial(self.start, modules=modules)
        return supervise(job, self.run_spec, self.desk, start, self.name, observe)

    def start_trainer(self) -> TrainerProcess:
        """See `Sandbox`."""
        return TrainerProcess(lambda: contextlib.nullcontext(self.start), self.run_spec.limits)

    def close(self) -> None:
        """See `Sandbox`."""
        if self.fork_servers is not None:
            self.fork_servers.close()

    def start(self, ends: ChildEnds, role: Role, modules: tuple[str, ...] = ()) -> PidNamespace:
        """Start the payload in a jail; a notebook is started warm if possible.

        Args:
            ends: The payload's ends of the pipes.
            role: What the payload is started for.
            modules: Modules to import before a warm start.

        Raises:
            EnvironmentFault: bubblewrap could not create the jail.
        """
        if self.fork_servers is not None and not self.fork_servers.given_up and role is Role.NOTEBOOK:
            with contextlib.suppress(EnvironmentFault):
                return self._start_warm(ends, self.fork_servers, modules)
        return self._start_cold(ends, role)

    def _start_cold(self, ends: ChildEnds, role: Role) -> PidNamespace:
        limited = limiting_command(self.run_spec.limits)
        arguments = (*role.arguments, str(ends.orders), str(ends.frames))
        command = (*limited, *python_command(PAYLOAD, *arguments, hash_seed=True))
        return self._enclose(command, ends.output, inherited=(ends.orders, ends.frames))

    def _start_warm(self, ends: ChildEnds, servers: ForkServers, modules: tuple[str, ...]) -> PidNamespace:
        """Turn a child of the fork server into the payload of a new jail.

        Raises:
            EnvironmentFault: The warm start failed; the jail has been removed.
        """
        enclosure = enclose_waiting(self._enclose, servers.parent)
        try:
            request = fork_request(self.run_spec.limits, self.jail.call_filter, enclosure)
            servers.fork(modules, request, enclosure.init, ends, enclosure.add_process)
        except BaseException:
            enclosure.destroy()
            raise
        return enclosure

    def _enclose(
        self,
        command: Sequence[str],
        output: int,
        *,
        parent: ParentNamespace = OUR_NAMESPACE,
        options: Sequence[str] = (),
        inherited: Sequence[int] = (),
    ) -> PidNamespace:
        """Start a command in a jail that has its own control group, if there is a place for groups."""
        group = None if self.groups is None else self.groups.make(self.run_spec.limits)
        try:
            return self.jail.enclose(command, output, group, parent=parent, options=options, inherited=inherited)
        except BaseException:
            if group is not None:
                group.close()
            raise

    def try_out(self) -> None:
        """Start Python in a jail and check that it can read what it needs.

        Raises:
            EnvironmentFault: Python does not start, or a file is unreadable.
        """
        with tempfile.TemporaryFile() as output:
            command = (*limiting_command(self.run_spec.limits), *python_command("-c", _TRIAL, hash_seed=True))
            with student_identity(self.jail.program) as identity:
                trial = self.jail.spawn(command, identity, output.fileno())
            try:
                status = trial.wait(_TRIAL_SECONDS)
            except subprocess.TimeoutExpired as error:
                trial.kill()
                trial.wait()
                raise EnvironmentFault(f"bubblewrap hangs for {_TRIAL_SECONDS:g} s", remedy=_REMEDY_REFUSED) from error
            output.seek(0)
            lines = output.read().decode(errors="replace").strip().splitlines() or [f"status {status}"]
        if status == 0:
            return
        # bubblewrap prefixes its own messages with its name; any later failure is a matter of file permissions.
        refused = lines[-1].startswith("bwrap: ") and "execvp" not in lines[-1]
        remedy = _REMEDY_REFUSED if refused else _REMEDY_UNREADABLE
        raise EnvironmentFault(f"a jail does not work here: {lines[-1][:300]}", remedy=remedy)

    def try_warm(self) -> None:
        """Start one payload warm and destroy it.

        Raises:
            EnvironmentFault: Warm starts do not work here.
        """
        if self.fork_servers is None:
            raise EnvironmentFault("there is no fork server")
        with Pipes() as pipes:
            self._start_warm(pipes.theirs, self.fork_servers, modules_for(())).destroy()


def open_bubblewrap(
    run_spec: RunSpec,
    data_home: Path,
    desk: DeskProtocol,
    payload: Path,
    threads: int | None = None,
    *,
    warm: bool = False,
) -> Bubblewrap:
    """Create a bubblewrap sandbox and start Python in it once: fail before any notebook runs if something is missing.

    Args:
        run_spec: See `open_sandbox`.
        data_home: See `open_sandbox`.
        desk: See `open_sandbox`.
        payload: See `open_sandbox`.
        threads: See `open_sandbox`.
        warm: Start notebooks from a fork server if that works; otherwise the sandbox's `remark` says why not.

    Raises:
        EnvironmentFault: bubblewrap is missing or does not work here.
    """
    program = find_program("bwrap")
    if program is None:
        raise EnvironmentFault("bubblewrap is not installed", "bwrap", _REMEDY_MISSING)
    if not payload.is_dir():
        raise EnvironmentFault("the payload is not there", str(payload), "install the package again")
    mounts = [shown(payload.resolve(), Path(PAYLOAD)), *data_mounts(data_home)]
    jail = Jail(program, jail_arguments(run_spec.limits, mounts, threads), system_call_filter())
    sandbox = Bubblewrap(run_spec, desk, jail, find_place(run_spec.limits))
    try:
        sandbox.try_out()
    except EnvironmentFault as fault:
        # The kernel has no seccomp filters. The namespaces still protect; `examine_protections` reports the rest.
        if "seccomp" not in fault.what.casefold():
            raise
        sandbox = dataclasses.replace(sandbox, jail=dataclasses.replace(jail, call_filter=b""))
        sandbox.try_out()
    return _warmed(sandbox, threads) if warm else sandbox


def _warmed(sandbox: Bubblewrap, threads: int | None) -> Bubblewrap:
    """Return the sandbox with a fork server, or with the reason why warm starts do not work."""
    try:
        warm = dataclasses.replace(
            sandbox, fork_servers=make_fork_servers(sandbox.jail, sandbox.run_spec.limits, threads)
        )
    except EnvironmentFault as fault:
        return dataclasses.replace(sandbox, why_cold=fault.what)
    try:
        warm.try_warm()
    except EnvironmentFault as fault:
        warm.close()
        return dataclasses.replace(sandbox, why_cold=fault.what)
    return warm
