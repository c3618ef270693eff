"""The input of a sandbox and its unchecked output."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Any, Literal

from autograder.records.account import UNKNOWN, Account
from autograder.records.detail import Detail

JSON = Any
"""A value as JSON has it: None, bool, int, float, str, list or dict with text keys."""

Language = Literal["pt-BR", "en"]
TrainingMode = Literal["replay", "train", "record"]
"""How to answer orders: `replay` known results, always `train`, or train and `record`."""


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
    """One notebook to execute. It contains nothing that the student may not see.

    `claimed` is the JSON text that the notebook's last cell stored in its output, if any; it is untrusted. `parameters`
    are assigned after the cell that the assignment tagged `parameters`, as papermill does.
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
    account: Account = UNKNOWN
    """The student's identifiers on the learning platform; empty outside an export."""
    days_late: int = 0
    """Days after the due date, each begun day counted, as far as the export tells."""


@dataclasses.dataclass(frozen=True, slots=True)
class CellOutcome:
    """How one code cell ended, as its own process reports it.

    `error` is the exception's name and message, shortened; `detail` is any other cause. `remarks` tell what was left
    out or replaced because it does not work in the sandbox. `unassigned` are the names that a failed cell would have
    bound, and `lacks_cell` is the earlier cell that would have bound the name that this one did not find.
    """

    index: int
    status: Literal["ok", "error", "timeout", "killed", "not run"]
    seconds: float = 0.0
    error: str = ""
    detail: Detail | None = None
    remarks: tuple[Detail, ...] = ()
    unassigned: tuple[str, ...] = ()
    lacks_cell: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """The resources of an execution, measured from outside the sandbox."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    output_bytes: int = 0
    replayed: int = 0
    """Orders (trainings, evaluations, predictions) answered by a store."""
    unknown: int = 0
    """Orders not answered by a store."""
    training_seconds: float = 0.0
    """Wall-clock seconds of trainers for these orders; waiting for another notebook's training counts as 0."""
    training_cpu_seconds: float = 0.0
    """Processor seconds of trainers for these orders."""


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """The result of executing one job, as unchecked JSON.

    `values`, `figures`, `loops` and the unattested `trainings` and `evaluations` come from the student's process.
    """

    job_id: str
    verdict: RunVerdict
    detail: Detail | None
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
    faults: tuple[Detail, ...] = ()
    """Why some reported calls are not in the journal."""
    doubtful: bool = False
    """Whether it may have been killed from outside, by another process or the kernel."""
