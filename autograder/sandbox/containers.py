"""Calls to the Docker client: inspect and remove containers, including those left by commands that died."""

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
    """Return the client's standard output, or an empty text if the call fails."""
    try:
        done = _run(client, *arguments)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def remove_container(client: str, name: str) -> None:
    """Kill and remove a container, and return when it no longer exists.

    Raises:
        EnvironmentFault: The engine does not remove it.
    """
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            _run(client, "rm", "--force", "--volumes", name)
            # While the engine is still creating the container, `rm` reports it as missing: ask for it by name.
            if not ask(client, "ps", "--all", "--quiet", "--filter", f"name=^/{name}$"):
                return
        if time.monotonic() > deadline:
            raise EnvironmentFault("a container is still there after it was removed", name, f"docker rm -f {name}")
        time.sleep(0.1)


def client_environment() -> dict[str, str]:
    """Return the environment variables for the client: the engine's address and credentials."""
    return listed_environment("SSH_AUTH_SOCK", prefixes=("DOCKER_",))


def owner_label() -> str:
    """Return the label that marks a container as this command's."""
    return f"{_OWNER}={_place()}:{os.getpid()}-{birth(os.getpid())}"


def sweep(client: str) -> None:
    """Remove the containers of commands that were killed before they could remove them."""
    listing = f'{{{{.Names}}}} {{{{.Label "{_OWNER}"}}}}'
    for line in ask(client, "ps", "--all", "--filter", f"label={_OWNER}", "--format", listing).splitlines():
        name, _, owner = line.partition(" ")
        if _is_dead(owner):
            with contextlib.suppress(EnvironmentFault):
                remove_container(client, name)


def _is_dead(owner: str) -> bool:
    """Return whether the command that owns a container has ended; a command we cannot see counts as running."""
    place, _, process = owner.rpartition(":")
    pid, _, born = process.partition("-")
    return place == _place() and pid.isdigit() and birth(pid) != born


def _place() -> str:
    """Identify the pid namespace, as one engine may serve several machines and containers."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{namespace()}"


def _run(client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = client_environment()
    return run([client, *arguments], environment=environment, capture_output=True, text=True, timeout=CLIENT_SECONDS)
