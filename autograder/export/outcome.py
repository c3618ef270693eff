"""The result of an export: what changes, what is left alone and why, and the files to write."""

from __future__ import annotations

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True)
class CellChange:
    """A mark that differs from the one at the destination, where the student is named `name`."""

    student: str
    name: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """A student for whom nothing is written, and why."""

    student: str
    why: str

    @property
    def kind(self) -> str:
        """The reason without its details, which may name a file or a person."""
        return self.why.partition(":")[0]


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file to write. If `ours`, it is in the results folder and replaces its predecessor; any other must be new."""

    path: Path
    content: bytes
    ours: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ExportOutcome:
    """Everything that an export would do. `unmatched` are students without a clear match at the destination.

    `column` is the heading of the column that is filled.
    """

    changes: tuple[CellChange, ...]
    unchanged: int
    held: tuple[Held, ...]
    unmatched: tuple[Held, ...]
    files: tuple[File, ...]
    column: str = ""
