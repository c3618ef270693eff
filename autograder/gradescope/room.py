"""How much time and memory a container has, and whether a notebook met a limit that is the container's and not ours.

The rubric's limits are what students were promised. Where a container has less, whoever goes past it is not graded
there: it is no fault of theirs, and never a zero.
"""

from __future__ import annotations

import dataclasses

from autograder.records import Run, RunVerdict
from autograder.sandbox import ControlGroup, memory_of_machine
from autograder.spec import RunSpec
from autograder.spec.run_spec import Limits

SCORING_SECONDS = 45.0
"""What is kept for examining, scoring and writing, on half a processor."""

OWN_MEBIBYTES = 64
"""What is left for the kernel. The grader's own memory counts like a notebook's: one control group holds both."""

LEAST_MEBIBYTES = 600
"""What the solved notebook was seen to fit into where every training is known, with some room for cached files."""

RECOMMENDED_MEBIBYTES = 2048
"""The container size to choose on Gradescope: a notebook fits, and beside it a trainer for what is not known."""

_MEBIBYTE = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """What a container leaves to a notebook. `killed_before` is the kernel's count of processes killed for memory."""

    seconds: float
    mebibytes: int
    killed_before: int

    def fit(self, run_spec: RunSpec) -> RunSpec:
        """Return what to run under: the rubric's limits, or the container's times where those are tighter.

        The container's memory is the kernel's to guard: a notebook and a trainer share it as they need it.
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
        """Say which limit of the container a run met, in the instructor's words; empty if it met none."""
        timed_out = run.verdict is RunVerdict.TIMEOUT or any(cell.status == "timeout" for cell in run.cells)
        notebook, training = self._shares(promised)
        trained_less = training < promised.training_seconds and run.usage.unknown > 0
        if timed_out and (notebook < promised.notebook_seconds or trained_less):
            return f"the notebook needs longer than the {self.seconds:.0f} s that this container's time limit leaves it"
        # A trainer takes its memory beside a notebook that keeps to what was promised.
        shared = self.mebibytes < promised.memory_mebibytes or run.usage.unknown > 0
        if shared and _killed_for_memory() > self.killed_before:
            return f"this container ran out of memory: it leaves {self.mebibytes} MiB to a notebook and its trainings"
        return ""

    def _shares(self, limits: Limits) -> tuple[float, float]:
        """Divide the seconds between a notebook and its trainings, for which its own clock stands still."""
        notebook = min(limits.notebook_seconds, max(self.seconds / 2, self.seconds - limits.training_seconds))
        return notebook, min(limits.training_seconds, self.seconds - notebook)


def measure_room(seconds: float) -> Room:
    """Look how much there is, of `seconds` that are left in all."""
    mebibytes = memory_of_machine() // _MEBIBYTE - OWN_MEBIBYTES
    return Room(max(1.0, seconds - SCORING_SECONDS), mebibytes, _killed_for_memory())


def _killed_for_memory() -> int:
    group = ControlGroup.of_process("self")
    return 0 if group is None else group.killed_for_memory
