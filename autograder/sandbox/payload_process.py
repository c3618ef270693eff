"""The payload as a process: what it is started for, and how where no namespace stands around it."""

from __future__ import annotations

import enum
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from autograder.child_process import Process, python_command, start
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.pipes import ChildEnds


class Role(enum.Enum):
    """What the payload does."""

    NOTEBOOK = "notebook"
    TRAINER = "trainer"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return what stands before the pipes on the payload's command line."""
        return () if self is Role.NOTEBOOK else (self.value,)


Start = Callable[[ChildEnds, Role], Enclosure]
"""Start the payload with these ends of the pipes and return what came to be; an EnvironmentFault where that fails."""


def start_payload(
    before: Sequence[str],
    payload: Path,
    ends: ChildEnds,
    role: Role,
    folder: str,
    environment: Mapping[str, str],
) -> Process:
    """Start the payload in a session of its own, with its ends of the pipes and nothing else of ours open.

    Args:
        before: The command line that the payload's is put behind: what takes rights and room away, then executes it.
        payload: Where the payload lies.
        ends: Its ends of the pipes; they stay open here.
        role: What it is started for.
        folder: Where it works.
        environment: All that it sees of the environment.
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
