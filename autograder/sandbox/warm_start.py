"""Warm starts of notebooks: the modules to preload, the jail that waits for its payload, and the fork request."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from autograder.child_process import Process, python_command
from autograder.errors import EnvironmentFault
from autograder.rubric.run_spec import Limits
from autograder.sandbox.enclosure import PidNamespace
from autograder.sandbox.fork_client import ForkServers
from autograder.sandbox.fork_server.joining import PAYLOAD_PID
from autograder.sandbox.jail import Jail, jail_arguments
from autograder.sandbox.limits import kernel_limits
from autograder.sandbox.mounts import HOME, PAYLOAD, server_mounts
from autograder.sandbox.seccomp import system_call_filter
from autograder.sandbox.user_identity import STUDENT, ParentNamespace, make_parent_namespace

_SHELL = ("IPython.core.interactiveshell",)
_ARRAYS = (*_SHELL, "numpy")
_FIGURES = (*_ARRAYS, "matplotlib.pyplot")
_SCIENCE = (
    *_FIGURES,
    *("scipy", "scipy.stats", "pandas", "sklearn"),
    *(f"sklearn.{name}" for name in ("datasets", "ensemble", "linear_model", "metrics")),
    *(f"sklearn.{name}" for name in ("model_selection", "pipeline", "preprocessing", "tree")),
)
_NETWORKS = (*_SCIENCE, "tensorflow", "keras")
# Modules to import before the fork, by the packages that a notebook's source imports; the last match applies. This
# limits the number of fork servers, and keeps TensorFlow out of the memory of notebooks that do not use it.
_BY_NAMES = (
    (frozenset({"numpy"}), _ARRAYS),
    (frozenset({"matplotlib"}), _FIGURES),
    (frozenset({"scipy", "pandas", "sklearn"}), _SCIENCE),
    (frozenset({"tensorflow", "keras"}), _NETWORKS),
)
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t](.*)", re.MULTILINE)
_NAMES = re.compile(rf"\b({'|'.join(sorted(name for names, _ in _BY_NAMES for name in names))})\b")

# The first process of a jail that a payload joins. It reaps children, and ends when the payload ends or when our end of
# its socket is closed; all others end with it. The payload has the same user, but cannot read or kill this process.
_FIRST_PROCESS = f"""
import ctypes, os, select, signal
library = ctypes.CDLL(None)
library.prctl(4, 0, 0, 0, 0)
library.prctl(1, 9, 0, 0, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
ended, wakes = os.pipe()
os.set_blocking(wakes, False)
signal.set_wakeup_fd(wakes)
signal.signal(signal.SIGCHLD, lambda *_: None)
os.write(1, b"ready")
while 1 not in select.select([1, ended], [], [])[0]:
    os.read(ended, 4096)
    pid = True
    while pid:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid == {PAYLOAD_PID}:
            os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
os._exit(1)
"""
_READY = b"ready"
_LONGEST_LINE = 1000


class Enclose(Protocol):
    """Starts a command in a new jail."""

    def __call__(
        self, command: Sequence[str], output: int, *, parent: ParentNamespace, options: Sequence[str]
    ) -> PidNamespace:
        """See `Bubblewrap`."""
        ...


def modules_for(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules to import before the fork, judging by the sources of the cells.

    A module imported in vain takes memory, charged to the notebook; a missing one is imported by the notebook itself.
    """
    lines = (line for source in sources for line in _IMPORT.findall(source))
    named = {name for line in lines for name in _NAMES.findall(line)}
    wanted: tuple[str, ...] = _SHELL
    for names, modules in _BY_NAMES:
        if names & named:
            wanted = modules
    return wanted


def enclose_waiting(enclose: Enclose, parent: ParentNamespace) -> PidNamespace:
    """Create a jail whose first process waits for a payload.

    Args:
        enclose: Starts a command in a new jail.
        parent: The fork server's user namespace.

    Raises:
        EnvironmentFault: The first process does not start; the jail has been removed.
    """
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            first = python_command("-S", "-c", _FIRST_PROCESS)
            enclosure = enclose(first, theirs.fileno(), parent=parent, options=("--as-pid-1",))
        line = ours.recv(_LONGEST_LINE)
    except BaseException:
        ours.close()
        raise
    # The jail keeps our end of the socket, and closes it when destroyed.
    enclosure.hold(ours.detach())
    if line != _READY:
        enclosure.destroy()
        raise EnvironmentFault(f"a jail's first process does not start: {line.decode(errors='replace').strip()}")
    return enclosure


def fork_request(limits: Limits, call_filter: bytes, enclosure: PidNamespace) -> dict[str, Any]:
    """Return the request for a fork server, see `fork_server.forking.ForkRequest`.

    Args:
        limits: The limits of the notebook.
        call_filter: The seccomp program of the refused system calls.
        enclosure: The jail to join.
    """
    place = {
        "folder": HOME,
        "uid": STUDENT,
        "limits": kernel_limits(limits),
        "call_filter": call_filter.hex(),
        "own_control_groups": _has_own_control_groups(enclosure.init),
    }
    return {"payload": PAYLOAD, "place": place}


def _has_own_control_groups(init: int) -> bool:
    """Return whether a jail has its own cgroup namespace, available since Linux 4.6."""
    return Path(f"/proc/{init}/ns/cgroup").readlink() != Path("/proc/self/ns/cgroup").readlink()


def make_fork_servers(jail: Jail, limits: Limits, threads: int | None) -> ForkServers:
    """Return fork servers in jails like a notebook's, except for data sets, processes and payload.

    Args:
        jail: The jail of notebooks.
        limits: `files_mebibytes` limits each folder in memory.
        threads: The most threads per numerical library.

    Raises:
        EnvironmentFault: A fork server cannot be confined here.
    """
    parent = make_parent_namespace()
    identity = parent.server_identity()
    arguments = jail_arguments(limits, server_mounts(), threads, own_processes=False)
    # Unlike notebooks, a fork server may join namespaces.
    call_filter = system_call_filter(allowed=("setns",)) if jail.call_filter else b""
    own = Jail(jail.program, arguments, call_filter)

    def launch(control: int) -> Process:
        with Path(os.devnull).open("wb") as nothing:
            command = python_command(PAYLOAD, str(control), hash_seed=True)
            return own.spawn(command, identity, nothing.fileno(), inherited=(control,))

    return ForkServers(launch, parent)
