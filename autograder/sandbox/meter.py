"""Measure the usage of an execution at every poll: keep the peaks and judge them against the limits."""

from __future__ import annotations

import dataclasses

from autograder.rubric.run_spec import Limits
from autograder.sandbox.enclosure import Enclosure
from autograder.sandbox.ending import Ending
from autograder.sandbox.limits import too_many_processes, too_much_memory
from autograder.sandbox.processes import Measurement, machine_oom_kills


class Meter:
    """Measures one enclosure.

    Args:
        limits: The limits of the execution.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._machine_oom_kills = machine_oom_kills()
        self._killed_for_memory: int | None = None
        self.cpu_seconds = 0.0
        self.peak_memory_bytes = 0

    def measure(self, enclosure: Enclosure) -> Measurement:
        """Return the current usage."""
        measurement = enclosure.measure()
        if too_much_memory(measurement.memory_bytes, self._limits):
            # Memory shared by forks was counted once per process: measure exactly before killing.
            measurement = dataclasses.replace(measurement, memory_bytes=enclosure.proportional_memory_bytes())
        self._killed_for_memory = measurement.killed_for_memory
        self.cpu_seconds = max(self.cpu_seconds, measurement.cpu_seconds)
        self.peak_memory_bytes = max(self.peak_memory_bytes, measurement.memory_bytes)
        return measurement

    def judge(self, enclosure: Enclosure) -> Ending | None:
        """Measure, and return an ending if a limit is exceeded."""
        measurement = self.measure(enclosure)
        return too_many_processes(measurement, self._limits) or too_much_memory(measurement.memory_bytes, self._limits)

    def overrun(self) -> Ending | None:
        """Return an ending if the peak memory exceeded the limit: the kernel may have killed before the next poll."""
        return too_much_memory(self.peak_memory_bytes, self._limits)

    def oom_killed(self) -> bool:
        """Return whether the kernel killed a process for lack of memory: of the enclosure, else of the machine."""
        if self._killed_for_memory is None:
            return machine_oom_kills() != self._machine_oom_kills
        return self._killed_for_memory > 0
