"""What a Docker client is asked for: what a container is like, its end, and the end of those whose command is dead."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

from autograder.child_process import listed_environment, run
from autograder.errors import EnvironmentFault
from autograder.sandbox.ownership import birth, namespace

CLIENT_SECONDS = 60.0
_REMOVAL_SECONDS = 60.0
_OWNER = "autograder.owner"


def ask(client: str, *arguments: str) -> str:
    """Return what the client says, empty where it fails."""
    try:
        done = _run(client, *arguments)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def remove_container(client: str, name: str) -> None:
    """Kill and remove a container and return when it is gone; one that is not there is gone.

    Raises:
        EnvironmentFault: The engine does not remove it.
    """
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            _run(client, "rm", "--force", "--volumes", name)
            # An engine that is still making it would say that it is not there: it asks for what is, by name.
            if not ask(client, "ps", "--all", "--quiet", "--filter", f"name=^/{name}$"):
                return
        if time.monotonic() > deadline:
            raise EnvironmentFault("a container is still there after it was removed", name, f"docker rm -f {name}")
        time.sleep(0.1)


def client_environment() -> dict[str, str]:
    """Return what a client sees of the environment: which engine it speaks to, and how."""
    return listed_environment("SSH_AUTH_SOCK", prefixes=("DOCKER_",))


def owner_label() -> str:
    """Return the label that says of a container that it is this command's."""
    return f"{_OWNER}={_place()}:{os.getpid()}-{birth(os.getpid())}"


def sweep(client: str) -> None:
    """Remove the containers of commands that were killed or stopped and could not remove them."""
    listing = f'{{{{.Names}}}} {{{{.Label "{_OWNER}"}}}}'
    for line in ask(client, "ps", "--all", "--filter", f"label={_OWNER}", "--format", listing).splitlines():
        name, _, owner = line.partition(" ")
        if _is_dead(owner):
            with contextlib.suppress(EnvironmentFault):
                remove_container(client, name)


def _is_dead(owner: str) -> bool:
    """Tell whether a command of this machine has ended; of what cannot be seen from here, we say that it lives."""
    place, _, process = owner.rpartition(":")
    pid, _, born = process.partition("-")
    return place == _place() and pid.isdigit() and birth(pid) != born


def _place() -> str:
    """Return where process numbers mean what they mean here: one engine may serve several machines and containers."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{namespace()}"


def _run(client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = client_environment()
    return run([client, *arguments], environment=environment, capture_output=True, text=True, timeout=CLIENT_SECONDS)
