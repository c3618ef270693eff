"""What an execution uses, look by look: the most of it that was seen, and whether that is too much."""

from __future__ import annotations

import dataclasses

from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.ending import Ending
from autograder.sandbox.limits import too_many_processes, too_much_memory
from autograder.sandbox.processes import Measurement, kernel_kills
from autograder.spec.run_spec import Limits


class Meter:
    """Measure one enclosure.

    Args:
        limits: What it may use.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._kernel_kills = kernel_kills()
        self._killed_for_memory: int | None = None
        self.cpu_seconds = 0.0
        self.peak_memory_bytes = 0

    def measure(self, enclosure: Enclosure) -> Measurement:
        """Return what is used now."""
        measurement = enclosure.measure()
        if too_much_memory(measurement.memory_bytes, self._limits):
            # Pages that forked processes share were counted once for each of them: look closer before killing.
            measurement = dataclasses.replace(measurement, memory_bytes=enclosure.shared_out_memory_bytes())
        self._killed_for_memory = measurement.killed_for_memory
        self.cpu_seconds = max(self.cpu_seconds, measurement.cpu_seconds)
        self.peak_memory_bytes = max(self.peak_memory_bytes, measurement.memory_bytes)
        return measurement

    def judge(self, enclosure: Enclosure) -> Ending | None:
        """Measure, and tell whether it is too much."""
        measurement = self.measure(enclosure)
        return too_many_processes(measurement, self._limits) or too_much_memory(measurement.memory_bytes, self._limits)

    def overrun(self) -> Ending | None:
        """Tell whether the most memory that was seen is too much: the kernel may be faster than our looks."""
        return too_much_memory(self.peak_memory_bytes, self._limits)

    def starved(self) -> bool:
        """Tell whether the kernel killed it for want of memory: it, or else anybody on this machine meanwhile."""
        if self._killed_for_memory is None:
            return kernel_kills() != self._kernel_kills
        return self._killed_for_memory > 0
