"""What goes into a sandbox, and what comes out of it: raw, as it was said."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Any, Literal

JSON = Any
"""A value as JSON has it: None, bool, int, float, str, list or dict with text keys."""

Language = Literal["pt-BR", "en"]
TrainingMode = Literal["replay", "train", "record"]
"""What to do with an order: `replay` a result that a store knows, `train` it in any case, or train and `record` it."""


class RunVerdict(StrEnum):
    """How the execution of a notebook ended."""

    COMPLETE = "COMPLETE"
    CRASHED = "CRASHED"
    TIMEOUT = "TIMEOUT"
    LIMIT = "LIMIT"
    INTERNAL = "INTERNAL"


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """One code cell of a submission: its place among all cells of the notebook, and its text."""

    index: int
    source: str


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """One notebook to execute. Holds nothing that the student may not see.

    `claimed` is the JSON text that the notebook's last cell stored in its own output, if any: hostile.
    `parameters` are assigned after the cell that the assignment tagged `parameters`, as papermill does.
    """

    id: str
    student: str
    source: str
    notebook_sha256: str
    language: Language
    cells: tuple[Cell, ...]
    claimed: str | None = None
    parameters: dict[str, JSON] = dataclasses.field(default_factory=dict)
    parameters_cell: int | None = None
    mode: TrainingMode = "replay"
    platform_id: str = ""
    """The number, address or name by which the learning platform knows the student; empty outside an export."""
    late: bool = False
    """The learning platform says that it was handed in after the due date."""


@dataclasses.dataclass(frozen=True, slots=True)
class CellOutcome:
    """How one code cell ended; `error` is the exception's name and message, shortened."""

    index: int
    status: Literal["ok", "error", "timeout", "killed", "not run"]
    seconds: float = 0.0
    error: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What an execution cost, measured from outside the sandbox."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    output_bytes: int = 0
    replayed: int = 0
    """Orders (trainings, evaluations, predictions) that a store answered."""
    unknown: int = 0
    """Orders that no store could answer."""
    training_seconds: float = 0.0
    """What the trainers took for these, beside the sandbox. Whoever waits for another's training spends nothing."""
    training_cpu_seconds: float = 0.0
    """What of it was processor time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What came of executing one job, as JSON that nobody has judged yet.

    `values` and `figures` come from the student's process, and so do the `loops` and whatever is not attested of
    `trainings` and `evaluations`.
    """

    job_id: str
    verdict: RunVerdict
    detail: str
    backend: str
    cells: tuple[CellOutcome, ...]
    values: dict[str, JSON]
    trainings: tuple[JSON, ...]
    evaluations: tuple[JSON, ...]
    figures: tuple[JSON, ...]
    versions: dict[str, str]
    usage: Usage
    output_tail: str = ""
    loops: tuple[JSON, ...] = ()
    faults: tuple[str, ...] = ()
    """Why calls that the notebook reported are not in its journal."""
    doubtful: bool = False
    """Somebody else than the notebook may have ended it: whoever stops processes on this machine, or the kernel."""
