"""How an execution ended, and the cell in which it ended."""

from __future__ import annotations

import dataclasses

from autograder.records import Detail, RunVerdict


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How an execution ended, and why."""

    verdict: RunVerdict
    detail: Detail | None = None
    doubtful: bool = False
    """See `records.Run`."""


@dataclasses.dataclass(frozen=True, slots=True)
class RunningCell:
    """The cell that the payload reports as running, and its start time."""

    index: int
    since: float
