"""Say why a process ended that had not said its last word, and whether that was its own doing."""

from __future__ import annotations

import signal

from autograder.records import RunVerdict
from autograder.sandbox.ending import Ending, RunningCell

_SENT_BY_ANYBODY = frozenset({signal.SIGKILL, signal.SIGTERM})
"""Signals that people and the kernel stop a process with; the others tell of a fault of its own."""


def judge_death(exit_status: int | None, cell: RunningCell | None, *, starved: bool) -> Ending:
    """Return how an execution ended.

    A signal has no sender: a notebook that kills itself and one that the operator killed look the same, so that such
    an ending is doubtful.

    Args:
        exit_status: As Popen or a shell tells it; None if the process only closed its pipe.
        cell: The cell that was running.
        starved: The kernel killed something for want of memory meanwhile.
    """
    number = _signal_number(exit_status)
    if number == signal.SIGKILL and starved:
        return Ending(RunVerdict.INTERNAL, "the machine ran out of memory: give it fewer --workers")
    detail = describe_exit(exit_status) + ("" if cell is None else f" in cell {cell.index}")
    return Ending(RunVerdict.CRASHED, detail, doubtful=number in _SENT_BY_ANYBODY)


def describe_exit(status: int | None) -> str:
    """Say in words what an exit status tells; None if the process only closed its pipe."""
    if status is None:
        return "the process closed its pipe"
    try:
        return f"the process was killed by {signal.Signals(_signal_number(status)).name}"
    except ValueError:
        return f"the process ended by itself with status {status}"


def _signal_number(status: int | None) -> int:
    """Return the signal that an exit status tells of: Popen says -n, a shell and bubblewrap say 128 + n."""
    return 0 if status is None else -status if status < 0 else status - 128
