"""The payload as a process: its roles, and how it is started without namespaces."""

from __future__ import annotations

import enum
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograder.child_process import Process, python_command, start
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.pipes import ChildEnds


class Role(enum.Enum):
    """What a payload process does."""

    NOTEBOOK = "notebook"
    TRAINER = "trainer"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the command-line arguments before the pipes."""
        return () if self is Role.NOTEBOOK else (self.value,)


Start = Callable[[ChildEnds, Role], Enclosure]
"""Starts the payload with these ends of the pipes and returns its enclosure; raises EnvironmentFault on failure."""


def start_payload(
    before: Sequence[str],
    payload: Path,
    ends: ChildEnds,
    role: Role,
    folder: str,
    environment: Mapping[str, str],
) -> Process:
    """Start the payload in its own session; of our descriptors it inherits only its ends of the pipes.

    Args:
        before: The command prefix that drops rights and sets limits.
        payload: The payload's folder.
        ends: The payload's ends of the pipes; they stay open here.
        role: What the payload is started for.
        folder: The working folder.
        environment: The complete environment.
    """
    return start(
        [*before, *python_command(str(payload), *role.arguments, str(ends.orders), str(ends.frames), hash_seed=True)],
        stdin=subprocess.DEVNULL,
        stdout=ends.output,
        stderr=ends.output,
        pass_fds=(ends.orders, ends.frames),
        folder=folder,
        environment=environment,
        start_new_session=True,
    )
