"""Explain why a process died without finishing, and whether the notebook caused it."""

from __future__ import annotations

import signal

from autograder.records import Detail, RunVerdict
from autograder.sandbox.ending import Ending, RunningCell

_EXTERNAL_SIGNALS = frozenset({signal.SIGKILL, signal.SIGTERM})
"""Signals that an operator or the kernel may have sent; other signals point to a fault of the process itself."""


def judge_death(exit_status: int | None, cell: RunningCell | None, *, oom_killed: bool) -> Ending:
    """Return how an execution ended.

    We cannot see who sent a signal: a notebook that killed itself looks like one that the operator killed. Such an
    ending is therefore marked as doubtful.

    Args:
        exit_status: As in Popen or a shell; None if the process only closed its pipe.
        cell: The cell that was running.
        oom_killed: Whether the kernel killed a process for lack of memory meanwhile.
    """
    number = _signal_number(exit_status)
    if number == signal.SIGKILL and oom_killed:
        return Ending(RunVerdict.INTERNAL, Detail.of("ended.machine_memory"))
    detail = describe_exit(exit_status)
    if cell is not None:
        detail = Detail.of("ended.in_cell", how=detail, cell=cell.index)
    return Ending(RunVerdict.CRASHED, detail, doubtful=number in _EXTERNAL_SIGNALS)


def describe_exit(status: int | None) -> Detail:
    """Describe an exit status; None means that the process only closed its pipe."""
    if status is None:
        return Detail.of("ended.pipe")
    try:
        return Detail.of("ended.signal", signal=signal.Signals(_signal_number(status)).name)
    except ValueError:
        return Detail.of("ended.status", status=status)


def _signal_number(status: int | None) -> int:
    """Return the signal in an exit status: -n from Popen, 128 + n from a shell or bubblewrap."""
    return 0 if status is None else -status if status < 0 else status - 128
