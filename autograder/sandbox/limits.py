"""The limits of an execution: those that the kernel enforces, and those that the supervisor polls.

The kernel's limits act inside the process: a cell that reaches one gets an ordinary exception, and the next cell runs.
The polled limits end the execution. So the kernel's are either harmless (no core dumps, no file larger than its
folder) or generous, as a backstop between two polls.
"""

from __future__ import annotations

import dataclasses
import os
import re

from autograder.child_process import find_program
from autograder.errors import EnvironmentFault
from autograder.records import Detail, RunVerdict
from autograder.rubric.run_spec import Limits
from autograder.sandbox.ending import Ending, RunningCell
from autograder.sandbox.processes import Measurement

CELL_GRACE_SECONDS = 30.0
"""How long a cell may exceed its limit; by then the payload's own interruption has failed."""

STARTUP_SECONDS = 180.0
"""The payload's time to send its greeting; no student code runs before that."""

MEBIBYTE = 2**20

# TensorFlow reserves several GiB of address space that it never uses; so do the stack and arena of every thread.
_ADDRESS_ROOM_BYTES = 16 * 2**30
_ADDRESS_FACTOR = 4

_COUNTS_BY_NAMESPACE = (5, 14)


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """The times and sizes of an execution that `overrun_in_time` judges."""

    startup_seconds: float
    """The time until the greeting, or until now."""
    elapsed_seconds: float
    """The time since the greeting."""
    cell: RunningCell | None
    cell_seconds: float
    greeted: bool
    output_bytes: int


def kernel_limits(limits: Limits, *, count_processes: bool = True) -> dict[str, int]:
    """Return the kernel's limits per process of an execution, by their names in `setrlimit`.

    Args:
        limits: The limits of an execution.
        count_processes: Limit the number of processes too. This stops a fork bomb, which creates thousands of them
            between two polls. It needs a jail: outside one, all our own processes would count.
    """
    address_bytes = limits.memory_mebibytes * MEBIBYTE * _ADDRESS_FACTOR + _ADDRESS_ROOM_BYTES
    numbers = {"core": 0, "fsize": limits.files_mebibytes * MEBIBYTE, "as": address_bytes}
    if count_processes and _counts_jails_apart():
        numbers["nproc"] = process_ceiling(limits)
    return numbers


def limiting_command(limits: Limits, *, count_processes: bool = True) -> tuple[str, ...]:
    """Return the command prefix that sets the kernel's limits, see `kernel_limits`.

    Raises:
        EnvironmentFault: `prlimit` is not installed.
    """
    prlimit = find_program("prlimit")
    if prlimit is None:
        raise EnvironmentFault("prlimit is not installed", remedy="apt-get install util-linux")
    numbers = kernel_limits(limits, count_processes=count_processes)
    return (prlimit, *(f"--{name}={most}" for name, most in numbers.items()))


def process_ceiling(limits: Limits) -> int:
    """Return the kernel's limit of processes: above ours, so that polling can detect and report the overrun."""
    return 2 * limits.processes + 64


def _counts_jails_apart() -> bool:
    """Return whether the kernel counts a jail's processes separately from ours.

    Linux counts per user namespace since 5.14, before that per user; root's jails run as another user, nobody.
    """
    version = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return os.geteuid() == 0 or (version is not None and tuple(map(int, version.groups())) >= _COUNTS_BY_NAMESPACE)


def overrun_in_time(progress: Progress, limits: Limits) -> Ending | None:
    """Check the limits that need no measurement: times and output."""
    if progress.elapsed_seconds > limits.notebook_seconds:
        return Ending(RunVerdict.TIMEOUT, Detail.of("time.notebook", seconds=limits.notebook_seconds))
    if progress.cell is not None and progress.cell_seconds > limits.cell_seconds + CELL_GRACE_SECONDS:
        detail = Detail.of("time.cell", cell=progress.cell.index, seconds=limits.cell_seconds)
        return Ending(RunVerdict.TIMEOUT, detail)
    if not progress.greeted and progress.startup_seconds > STARTUP_SECONDS:
        return Ending(RunVerdict.INTERNAL, Detail.of("time.start", seconds=STARTUP_SECONDS))
    if progress.output_bytes > limits.output_mebibytes * MEBIBYTE:
        return Ending(RunVerdict.LIMIT, Detail.of("limit.output", mebibytes=limits.output_mebibytes))
    return None


def too_many_processes(measurement: Measurement, limits: Limits) -> Ending | None:
    """Check the number of processes and threads."""
    if measurement.processes > limits.processes:
        return Ending(RunVerdict.LIMIT, Detail.of("limit.processes", processes=limits.processes))
    return None


def too_much_memory(memory_bytes: int, limits: Limits) -> Ending | None:
    """Check the memory in use."""
    if memory_bytes > limits.memory_mebibytes * MEBIBYTE:
        return Ending(RunVerdict.LIMIT, Detail.of("limit.memory", mebibytes=limits.memory_mebibytes))
    return None
