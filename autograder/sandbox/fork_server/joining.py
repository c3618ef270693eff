"""How a forked child enters its jail: join the namespaces, fork for a pid in it, drop all rights.

bubblewrap has set up the jail, whose first process is ours. No part of a submission is read before all rights are
dropped.
"""

from __future__ import annotations

import ctypes
import dataclasses
import itertools
import os
import resource
import socket
import time
from collections.abc import Collection

from autograder.sandbox.drop_rights import forbid_gaining_rights, give_up_capabilities, load_filter

PAYLOAD_PID = 3
"""The payload's pid in its jail: the first process is 1, and the one that forks the payload is 2."""

_CLONE_NEWNS, _CLONE_NEWCGROUP, _CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
_CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
_NAMESPACES = _CLONE_NEWNS | _CLONE_NEWUTS | _CLONE_NEWIPC | _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNET
_PR_SET_DUMPABLE = 4
_FIRST_PROCESS = 1
_ADOPTION_SECONDS = 10.0
_GO = b"go"


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """The payload's settings in its jail, which a cold start gets from bubblewrap, setpriv and prlimit."""

    folder: str
    uid: int
    """The user and group inside."""
    limits: dict[str, int]
    """The kernel's limits, by their names in `setrlimit`."""
    call_filter: str
    """The seccomp program in hexadecimal; empty for no filter."""
    own_control_groups: bool
    """Whether the jail has its own cgroup namespace."""


def join(jail: int, place: Place, line: socket.socket, output: int, pipes: Collection[int]) -> None:
    """Become a process of the jail; returns only in that process.

    Args:
        jail: A pidfd of the jail's first process.
        place: The settings of the payload.
        line: Sends our pid to the operator, and waits until it is in the jail's control group.
        output: The descriptor for standard output and error.
        pipes: The other descriptors to keep open, besides `jail` and `line`.

    Raises:
        OSError: The kernel refuses a step.
    """
    line.send(str(os.getpid()).encode())
    if line.recv(len(_GO)) != _GO:
        os._exit(1)
    library = ctypes.CDLL(None, use_errno=True)
    kinds = _NAMESPACES | (_CLONE_NEWCGROUP if place.own_control_groups else 0)
    _check(library.setns(jail, kinds))
    os.chdir(place.folder)
    _fork_inside()
    os.setsid()
    _redirect(output)
    _close_all_but({0, 1, 2, jail, line.fileno(), *pipes})
    _become_student(library, place)


def _fork_inside() -> None:
    """Fork into the jail's pid namespace, and once more so that its first process becomes the parent."""
    if child := os.fork():
        os.waitpid(child, 0)
        os._exit(0)
    if os.fork():
        os._exit(0)
    deadline = time.monotonic() + _ADOPTION_SECONDS
    while os.getppid() != _FIRST_PROCESS:
        if time.monotonic() > deadline:
            raise OSError("the jail's first process did not adopt the payload")
        time.sleep(0.0002)
    if os.getpid() != PAYLOAD_PID:
        raise OSError(f"another process was in the jail: the payload has number {os.getpid()}")


def _redirect(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


def _close_all_but(kept: Collection[int]) -> None:
    bounds = [-1, *sorted(kept), resource.getrlimit(resource.RLIMIT_NOFILE)[1]]
    for below, above in itertools.pairwise(bounds):
        # `closerange` must not get an empty range, which would close everything.
        if below + 1 < above:
            os.closerange(below + 1, above)


def _become_student(library: ctypes.CDLL, place: Place) -> None:
    for name, most in place.limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (most, most))
    give_up_capabilities(library, place.uid)
    forbid_gaining_rights(library)
    # Changing the user made the process undumpable, unlike one that is started as that user.
    _check(library.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))
    if place.call_filter and not load_filter(library, bytes.fromhex(place.call_filter)):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")


def _check(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
