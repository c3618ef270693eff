"""The notebook's user, as the kernel sees it: an ordinary user without rights, whoever runs the grader.

Run by an ordinary user, the notebook runs as that user in a user namespace. Under root this would be unsafe: the
kernel limits no process count for root, so a fork bomb would outrun polling, and root may change the settings under
/proc/sys from any namespace. So under root, the notebook runs as `nobody`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.child_process import NOWHERE, Process, find_program, run, start
from autograder.errors import EnvironmentFault

STUDENT = 1000
"""The notebook's user and group inside the sandbox."""

_NOBODY = 65534
_ROOT_REMEDY = "run autograder as an ordinary user"
_NAMESPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
_SETTING_UP = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")

# Waits until its namespace has users, then forbids further namespaces in it if told to, and waits again until the
# namespace has been opened.
_KEEPER = "echo; read go; {then}; echo $?; read go"
_FORBID_FURTHER = "sh -c 'echo 0 > /proc/sys/user/max_user_namespaces'"


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """A user and its namespaces.

    `arguments` are bubblewrap's, `descriptors` are inherited by it, `before` prefixes bubblewrap's command line, and
    `command` prefixes the command that runs inside.
    """

    arguments: tuple[str, ...]
    descriptors: tuple[int, ...] = ()
    command: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class ParentNamespace:
    """The user namespace in which a fork server runs, and in which its jails' namespaces are created.

    A namespace's owner may join it without capabilities, but only from the parent namespace. Root is confined without
    a user namespace for its fork server, so it uses ours. An ordinary user creates one, with that user alone.
    """

    namespace: int | None = None

    def server_identity(self) -> Identity:
        """Return the identity of a fork server: ours, without rights or network, in our pid namespace.

        The jails' pid namespaces are children of ours, and can be joined only from it.
        """
        kinds = [kind for kind in _NAMESPACES if kind != "--unshare-pid"]
        if self.namespace is None:
            # CAP_SETPCAP is needed to drop the bounding set, and is dropped with it.
            command = (_program("setpriv"), "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs")
            return Identity((*kinds, "--cap-drop", "ALL", "--cap-add", "CAP_SETPCAP"), command=command)
        return Identity((*kinds, "--userns", str(self.namespace), "--cap-drop", "ALL"), (self.namespace,))

    @contextlib.contextmanager
    def student_identity(self, bubblewrap: str) -> Iterator[Identity]:
        """Provide the identity of a jail that a fork server can join, see the function `student_identity`."""
        with student_identity(bubblewrap) as identity:
            if self.namespace is None:
                yield identity
            else:
                enter = (_program("nsenter"), f"--user=/proc/self/fd/{self.namespace}", "--preserve-credentials", "--")
                yield dataclasses.replace(identity, before=enter, descriptors=(*identity.descriptors, self.namespace))

    def close(self) -> None:
        """Close the namespace."""
        if self.namespace is not None:
            os.close(self.namespace)


OUR_NAMESPACE = ParentNamespace()
"""The parent of jails that no fork server joins."""


def make_parent_namespace() -> ParentNamespace:
    """Create the user namespace of a fork server.

    Raises:
        EnvironmentFault: User namespaces cannot be created here.
    """
    if os.geteuid() == 0:
        return ParentNamespace()
    return ParentNamespace(
        _make_namespace({"uid": f"{os.geteuid()} {os.geteuid()} 1", "gid": f"{os.getegid()} {os.getegid()} 1"})
    )


@contextlib.contextmanager
def student_identity(bubblewrap: str) -> Iterator[Identity]:
    """Provide the identity of one jail.

    Args:
        bubblewrap: The path of bubblewrap.

    Raises:
        EnvironmentFault: We are root, and cannot run the jail as `nobody`.
    """
    if os.geteuid() == 0:
        with _nobodys_namespace() as namespace:
            yield _as_nobody(namespace)
    else:
        yield _as_ourselves(bubblewrap)


def _as_ourselves(bubblewrap: str) -> Identity:
    # Only newer versions of bubblewrap can forbid nested user namespaces; the other protections do not need it.
    knows = run([bubblewrap, "--help"], capture_output=True, text=True).stdout
    forbid = ("--disable-userns",) if "--disable-userns" in knows else ()
    student = ("--uid", str(STUDENT), "--gid", str(STUDENT))
    return Identity((*_NAMESPACES, "--unshare-user", *forbid, *student, "--cap-drop", "ALL"))


def _as_nobody(namespace: int) -> Identity:
    setpriv = _program("setpriv")
    # The capabilities for changing the user are dropped with the change.
    capabilities = [word for name in _SETTING_UP for word in ("--cap-add", name)]
    return Identity(
        arguments=(*_NAMESPACES, "--userns", str(namespace), "--cap-drop", "ALL", *capabilities),
        # The notebook inherits the descriptor but gains nothing: it is the same as /proc/self/ns/user.
        descriptors=(namespace,),
        command=(
            setpriv,
            f"--reuid={STUDENT}",
            f"--regid={STUDENT}",
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
        ),
    )


@contextlib.contextmanager
def _nobodys_namespace() -> Iterator[int]:
    """Create a user namespace whose user 1000 is `nobody` outside; its root only sets up the jail."""
    users = f"0 0 1\n{STUDENT} {_NOBODY} 1"
    namespace = _make_namespace({"uid": users, "gid": users}, last=True)
    try:
        yield namespace
    finally:
        os.close(namespace)


def _make_namespace(users: Mapping[str, str], *, last: bool = False) -> int:
    """Create a user namespace, and return its descriptor.

    Args:
        users: The users in it, as lines of the kernel's `uid_map` and `gid_map`.
        last: Forbid nested user namespaces.

    Raises:
        EnvironmentFault: The namespace cannot be created.
    """
    with start(
        [_program("unshare"), "--user", "/bin/sh", "-c", _KEEPER.format(then=_FORBID_FURTHER if last else ":")],
        folder=NOWHERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    ) as keeper:
        try:
            return _set_up(keeper, users)
        finally:
            keeper.kill()


def _set_up(keeper: Process, users: Mapping[str, str]) -> int:
    if keeper.stdin is None or keeper.stdout is None or keeper.stderr is None:
        raise AssertionError("the keeper was started without pipes")
    if keeper.stdout.readline() != b"\n":
        reason = keeper.stderr.read().decode(errors="replace").strip()
        raise EnvironmentFault(f"no user namespace can be created: {reason}", remedy=_ROOT_REMEDY)
    try:
        if os.geteuid() != 0:
            Path(f"/proc/{keeper.pid}/setgroups").write_text("deny", encoding="ascii")
        for kind, lines in users.items():
            Path(f"/proc/{keeper.pid}/{kind}_map").write_text(f"{lines}\n", encoding="ascii")
        keeper.stdin.write(b"\n")
        keeper.stdin.flush()
        if keeper.stdout.readline() != b"0\n":
            raise EnvironmentFault("a jail could create user namespaces of its own", remedy=_ROOT_REMEDY)
        return os.open(f"/proc/{keeper.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise EnvironmentFault(f"the user namespace cannot be set up: {error}", remedy=_ROOT_REMEDY) from error


def _program(name: str) -> str:
    path = find_program(name)
    if path is None:
        raise EnvironmentFault(f"{name} is not installed", remedy="apt-get install util-linux")
    return path
