"""A job as text that may leave this machine: what may enter a sandbox, and what has to be equal where it is executed.

No name, path, account or saved value of a student is in it, and nothing of the key, the baseline or known trainings.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import re
from typing import Final, Literal, Self

from pydantic import ConfigDict, ValidationError

from autograder.errors import WireError
from autograder.records import JSON, Cell, Job, TrainingMode, from_json, to_json
from autograder.remote.conditions import MachineConditions
from autograder.rubric.data_manifest import DataFile, FileName
from autograder.rubric.run_spec import RunSpec
from autograder.wire import parse_json

JOB_SUFFIX: Final = ".job.json"
LARGEST_JOB_BYTES: Final = 32 * 2**20
"""The limit of a job's text; one notebook's code has at most 4 MiB."""

_NAME = re.compile(r"[0-9a-f]{16}")


@dataclasses.dataclass(frozen=True, slots=True)
class NeededData:
    """The data sets that the notebook reads: which kind, and how each file is recognised or made."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Literal["real", "practice"]
    files: dict[FileName, DataFile]


@dataclasses.dataclass(frozen=True, slots=True)
class CodeCell:
    """One code cell, as in `records.Cell`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    index: int
    source: str


@dataclasses.dataclass(frozen=True)
class Unit:
    """One notebook to execute, wherever that is. `id` tells hand-ins apart and names nobody."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    cells: tuple[CodeCell, ...]
    parameters: dict[str, JSON]
    parameters_cell: int | None
    mode: TrainingMode
    run_spec: RunSpec
    data: NeededData
    conditions: MachineConditions
    format: Literal[1] = 1

    @classmethod
    def of(cls, job: Job, run_spec: RunSpec, data: NeededData, conditions: MachineConditions) -> Self:
        """Return the unit of a job."""
        cells = tuple(CodeCell(cell.index, cell.source) for cell in job.cells)
        return cls(job.id, cells, job.parameters, job.parameters_cell, job.mode, run_spec, data, conditions)

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Read a unit from its text.

        Raises:
            WireError: It is not the text of a unit.
        """
        if len(text) > LARGEST_JOB_BYTES:
            raise WireError(f"a job of {len(text):,} bytes exceeds {LARGEST_JOB_BYTES:,}")
        parse_json(text)
        try:
            unit = from_json(cls, text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise WireError(f"not a job: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        if _NAME.fullmatch(unit.id) is None:
            raise WireError("a job without the name of one")
        return unit

    @functools.cached_property
    def text(self) -> str:
        """The text to send; equal units have equal texts."""
        return to_json(self)

    @property
    def sha256(self) -> str:
        """The digest of the text, by which a result belongs to it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def job(self) -> Job:
        """The job to execute."""
        cells = tuple(Cell(cell.index, cell.source) for cell in self.cells)
        return Job(
            id=self.id,
            student="",
            source="",
            notebook_sha256="",
            language="en",
            cells=cells,
            parameters=self.parameters,
            parameters_cell=self.parameters_cell,
            mode=self.mode,
        )
