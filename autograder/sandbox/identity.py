"""Who the notebook is to the kernel: an ordinary user without rights, whoever started us.

For us as an ordinary user that is ourselves, in a user namespace. Root must not stand in there: the kernel refuses root
no number of processes, so a fork bomb outruns whoever counts them, and the system's settings under /proc/sys are
root's to change in every namespace. So root lends the notebook the rights of nobody.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from autograder.child_process import NOWHERE, Process, find_program, run, start
from autograder.errors import EnvironmentFault

_STUDENT = 1000
_NOBODY = 65534
_ROOT_REMEDY = "run autograder as an ordinary user"
_NAMESPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
_SETTING_UP = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")

# It waits to be made root of its namespace, forbids further ones in it, and waits again until somebody has joined.
_KEEPER = "echo; read go; sh -c 'echo 0 > /proc/sys/user/max_user_namespaces'; echo $?; read go"


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """What bubblewrap has to be told.

    `arguments` for bubblewrap, `descriptors` that it inherits, and the `command` that what runs inside is put behind.
    """

    arguments: tuple[str, ...]
    descriptors: tuple[int, ...] = ()
    command: tuple[str, ...] = ()


@contextlib.contextmanager
def student_identity(bubblewrap: str) -> Iterator[Identity]:
    """Provide the identity for one jail.

    Args:
        bubblewrap: Its path.

    Raises:
        EnvironmentFault: We are root, and cannot lend another's rights.
    """
    if os.geteuid() == 0:
        with _nobodys_namespace() as namespace:
            yield _as_nobody(namespace)
    else:
        yield _as_ourselves(bubblewrap)


def _as_ourselves(bubblewrap: str) -> Identity:
    # Whether it can forbid further user namespaces depends on its age; the others protect without that.
    knows = run([bubblewrap, "--help"], capture_output=True, text=True).stdout
    forbid = ("--disable-userns",) if "--disable-userns" in knows else ()
    student = ("--uid", str(_STUDENT), "--gid", str(_STUDENT))
    return Identity((*_NAMESPACES, "--unshare-user", *forbid, *student, "--cap-drop", "ALL"))


def _as_nobody(namespace: int) -> Identity:
    setpriv = _program("setpriv")
    # The rights to become somebody else are used up by becoming somebody else.
    capabilities = [word for name in _SETTING_UP for word in ("--cap-add", name)]
    return Identity(
        arguments=(*_NAMESPACES, "--userns", str(namespace), "--cap-drop", "ALL", *capabilities),
        # The notebook inherits it, and gains nothing: /proc/self/ns/user is the same.
        descriptors=(namespace,),
        command=(
            setpriv,
            f"--reuid={_STUDENT}",
            f"--regid={_STUDENT}",
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
        ),
    )


@contextlib.contextmanager
def _nobodys_namespace() -> Iterator[int]:
    """Make a user namespace whose user 1000 is nobody outside, and whose root is there to set up the jail."""
    with start(
        [_program("unshare"), "--user", "/bin/sh", "-c", _KEEPER],
        folder=NOWHERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    ) as keeper:
        try:
            namespace = _set_up(keeper)
        finally:
            keeper.kill()
    try:
        yield namespace
    finally:
        os.close(namespace)


def _set_up(keeper: Process) -> int:
    if keeper.stdin is None or keeper.stdout is None or keeper.stderr is None:
        raise AssertionError("the keeper was started without pipes")
    if keeper.stdout.readline() != b"\n":
        reason = keeper.stderr.read().decode(errors="replace").strip()
        raise EnvironmentFault(f"no user namespace can be made: {reason}", remedy=_ROOT_REMEDY)
    try:
        for kind in ("uid", "gid"):
            Path(f"/proc/{keeper.pid}/{kind}_map").write_text(f"0 0 1\n{_STUDENT} {_NOBODY} 1\n", encoding="ascii")
        keeper.stdin.write(b"\n")
        keeper.stdin.flush()
        if keeper.stdout.readline() != b"0\n":
            raise EnvironmentFault("a jail could make user namespaces of its own", remedy=_ROOT_REMEDY)
        return os.open(f"/proc/{keeper.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise EnvironmentFault(f"root cannot lend nobody's rights here: {error}", remedy=_ROOT_REMEDY) from error


def _program(name: str) -> str:
    path = find_program(name)
    if path is None:
        raise EnvironmentFault(f"{name} is not installed", remedy="apt-get install util-linux")
    return path
