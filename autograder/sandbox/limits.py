"""When an execution has used too much: limits that the kernel sets, and limits that we look after from outside.

The kernel's act inside the process, so a cell that meets one gets an ordinary exception and the next cell runs. Ours
end the execution. The kernel's are therefore either harmless (no core file, no file beyond the room there is) or
wide, a backstop between two of our looks.
"""

from __future__ import annotations

import dataclasses
import os
import re

from autograder.child_process import find_program
from autograder.errors import EnvironmentFault
from autograder.records import RunVerdict
from autograder.sandbox.ending import Ending, RunningCell
from autograder.sandbox.processes import Measurement
from autograder.spec.run_spec import Limits

CELL_GRACE_SECONDS = 30.0
"""How long after its limit a cell may still run: by then the payload's own interruption has failed."""

STARTUP_SECONDS = 180.0
"""How long the payload may take to greet: no student's code runs before that."""

MEBIBYTE = 2**20

# TensorFlow reserves several GiB of addresses that it never uses, and every thread's stack and arena does as well.
_ADDRESS_ROOM_BYTES = 16 * 2**30
_ADDRESS_FACTOR = 4

_COUNTS_BY_NAMESPACE = (5, 14)


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """What has to be known of an execution to judge its times and sizes."""

    startup_seconds: float
    """Until the payload greeted, or until now."""
    elapsed_seconds: float
    """Since then."""
    cell: RunningCell | None
    cell_seconds: float
    greeted: bool
    output_bytes: int


def kernel_limits(limits: Limits, *, count_processes: bool = True) -> tuple[str, ...]:
    """Return the command that a command line is put behind so that the kernel limits it.

    Args:
        limits: What an execution may use.
        count_processes: Limit the number of processes too. It stops a fork bomb, which makes thousands of them between
            two of our looks; it needs a jail, outside of which all of our own processes would count.

    Raises:
        EnvironmentFault: This machine lacks the command.
    """
    prlimit = find_program("prlimit")
    if prlimit is None:
        raise EnvironmentFault("prlimit is not installed", remedy="apt-get install util-linux")
    processes = (f"--nproc={process_ceiling(limits)}",) if count_processes and _counts_jails_apart() else ()
    address_bytes = limits.memory_mebibytes * MEBIBYTE * _ADDRESS_FACTOR + _ADDRESS_ROOM_BYTES
    return (
        prlimit,
        "--core=0",
        f"--fsize={limits.files_mebibytes * MEBIBYTE}",
        f"--as={address_bytes}",
        *processes,
    )


def process_ceiling(limits: Limits) -> int:
    """Return how many processes the kernel allows: above the limit, so that we see it overrun and can say so."""
    return 2 * limits.processes + 64


def _counts_jails_apart() -> bool:
    """Tell whether the kernel's number of a jail's processes leaves out our own outside of it.

    Since Linux 5.14 each user namespace has its number. Before, each user had one; root's jails run as nobody.
    """
    version = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return os.geteuid() == 0 or (version is not None and tuple(map(int, version.groups())) >= _COUNTS_BY_NAMESPACE)


def overrun_in_time(progress: Progress, limits: Limits) -> Ending | None:
    """Judge what costs nothing to know."""
    if progress.elapsed_seconds > limits.notebook_seconds:
        return Ending(RunVerdict.TIMEOUT, f"the notebook ran longer than {limits.notebook_seconds:g} s")
    if progress.cell is not None and progress.cell_seconds > limits.cell_seconds + CELL_GRACE_SECONDS:
        detail = f"cell {progress.cell.index} ran longer than {limits.cell_seconds:g} s and could not be interrupted"
        return Ending(RunVerdict.TIMEOUT, detail)
    if not progress.greeted and progress.startup_seconds > STARTUP_SECONDS:
        return Ending(RunVerdict.INTERNAL, f"the payload did not start within {STARTUP_SECONDS:g} s")
    if progress.output_bytes > limits.output_mebibytes * MEBIBYTE:
        return Ending(RunVerdict.LIMIT, f"more than {limits.output_mebibytes} MiB of output")
    return None


def too_many_processes(measurement: Measurement, limits: Limits) -> Ending | None:
    """Judge the number of processes and threads."""
    if measurement.processes > limits.processes:
        return Ending(RunVerdict.LIMIT, f"more than {limits.processes} processes and threads")
    return None


def too_much_memory(memory_bytes: int, limits: Limits) -> Ending | None:
    """Judge the memory in use."""
    if memory_bytes > limits.memory_mebibytes * MEBIBYTE:
        return Ending(RunVerdict.LIMIT, f"more than {limits.memory_mebibytes} MiB of memory")
    return None
