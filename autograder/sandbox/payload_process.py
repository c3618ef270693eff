"""The payload as a process of this machine, where no namespace stands around it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.child_process import Process, python_command, start
from autograder.sandbox.pipes import ChildEnds


def start_payload(
    before: Sequence[str], payload: Path, ends: ChildEnds, folder: str, environment: Mapping[str, str]
) -> Process:
    """Start the payload in a session of its own, with its ends of the pipes and nothing else of ours open.

    Args:
        before: The command line that the payload's is put behind: what takes rights and room away, then executes it.
        payload: Where the payload lies.
        ends: Its ends of the pipes; they stay open here.
        folder: Where it works.
        environment: All that it sees of the environment.
    """
    return start(
        [*before, *python_command(str(payload), str(ends.orders), str(ends.frames), hash_seed=True)],
        stdin=subprocess.DEVNULL,
        stdout=ends.output,
        stderr=ends.output,
        pass_fds=(ends.orders, ends.frames),
        folder=folder,
        environment=environment,
        start_new_session=True,
    )
