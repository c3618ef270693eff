"""A container's time and memory, and whether a notebook hit a limit of the container rather than ours.

Students were promised the rubric's limits. In a smaller container, a notebook that exceeds the container's limits gets
no grade, never a zero.
"""

from __future__ import annotations

import dataclasses

from autograder.records import Run, RunVerdict
from autograder.rubric import RunSpec
from autograder.rubric.run_spec import Limits
from autograder.sandbox import ControlGroup, memory_of_machine

SCORING_SECONDS = 45.0
"""Seconds reserved for examining, scoring and writing, on half a processor."""

OWN_MEBIBYTES = 64
"""MiB reserved for the kernel. The grader's own memory counts like the notebook's: both share one control group."""

LEAST_MEBIBYTES = 600
"""MiB in which the solved notebook ran when every training was known, plus room for cached files."""

RECOMMENDED_MEBIBYTES = 2048
"""The recommended container size on Gradescope in MiB: room for a notebook and a trainer."""

_MEBIBYTE = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """The resources that a container leaves to a notebook. `killed_before` is the kernel's count of OOM kills."""

    seconds: float
    mebibytes: int
    killed_before: int

    def fit(self, run_spec: RunSpec) -> RunSpec:
        """Return the limits to run with: the rubric's, or the container's times if those are tighter.

        The kernel enforces the container's memory, which notebook and trainer share.
        """
        limits = run_spec.limits
        notebook, training = self._shares(limits)
        tighter = {
            "notebook_seconds": notebook,
            "cell_seconds": min(limits.cell_seconds, notebook),
            "training_seconds": training,
        }
        return run_spec.model_copy(update={"limits": limits.model_copy(update=tighter)})

    def met_by(self, run: Run, promised: Limits) -> str:
        """Return which limit of the container a run hit, for the instructor; empty if none."""
        timed_out = run.verdict is RunVerdict.TIMEOUT or any(cell.status == "timeout" for cell in run.cells)
        notebook, training = self._shares(promised)
        trained_less = training < promised.training_seconds and run.usage.unknown > 0
        if timed_out and (notebook < promised.notebook_seconds or trained_less):
            return f"the notebook needs longer than the {self.seconds:.0f} s that this container's time limit leaves it"
        # A trainer needs memory besides a notebook that stays within its limits.
        shared = self.mebibytes < promised.memory_mebibytes or run.usage.unknown > 0
        if shared and _killed_for_memory() > self.killed_before:
            return f"this container ran out of memory: it leaves {self.mebibytes} MiB to a notebook and its trainings"
        return ""

    def _shares(self, limits: Limits) -> tuple[float, float]:
        """Divide the seconds between a notebook and its trainings, during which its own clock is stopped."""
        notebook = min(limits.notebook_seconds, max(self.seconds / 2, self.seconds - limits.training_seconds))
        return notebook, min(limits.training_seconds, self.seconds - notebook)


def measure_room(seconds: float) -> Room:
    """Measure the container, with `seconds` left in total."""
    mebibytes = memory_of_machine() // _MEBIBYTE - OWN_MEBIBYTES
    return Room(max(1.0, seconds - SCORING_SECONDS), mebibytes, _killed_for_memory())


def _killed_for_memory() -> int:
    group = ControlGroup.of_process("self")
    return 0 if group is None else group.killed_for_memory
