"""How an execution ended, and the cell that it ended in."""

from __future__ import annotations

import dataclasses

from autograder.records import RunVerdict


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How an execution ended, and why."""

    verdict: RunVerdict
    detail: str = ""
    doubtful: bool = False
    """See `records.Run`."""


@dataclasses.dataclass(frozen=True, slots=True)
class RunningCell:
    """The cell that the payload says it is executing, and since when."""

    index: int
    since: float
