"""Stored reference runs: one file per run, with its basis, conditions and evidence."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from autograder.errors import ConfigurationError
from autograder.records import Evidence, from_json
from autograder.reference.basis import Basis


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """One stored reference run: its conditions, its evidence, and the `basis` that it is matched by.

    `processor` and `threads` are informative only. `basis` is None in old files.
    """

    seed: int | None
    questions: tuple[str, ...]
    versions: dict[str, str]
    processor: str
    threads: int
    seconds: float
    evidence: Evidence
    basis: Basis | None = None


def run_file_name(seed: int | None, questions: tuple[str, ...]) -> str:
    """Return the name of a run's file; the same seed and questions always have the same file.

    Args:
        seed: The requested seed; None for the notebook's own.
        questions: The questions that are run; empty for all.
    """
    return f"seed-{'own' if seed is None else f'{seed:04d}'}{''.join(f'-{name}' for name in questions)}.json"


def read_runs(folder: Path) -> tuple[Recorded, ...]:
    """Return every run in a folder, sorted by file name.

    Raises:
        ConfigurationError: There is none, or a file is not a reference run.
    """
    runs = tuple(read_run(path) for path in sorted(folder.glob("*.json")))
    if not runs:
        raise ConfigurationError("there are no reference runs", where=str(folder), remedy="autograder calibrate")
    return runs


def read_run(path: Path) -> Recorded:
    """Read the run in a file.

    Raises:
        ConfigurationError: The file is not a reference run.
    """
    try:
        return from_json(Recorded, path.read_bytes())
    except ValueError as error:
        raise ConfigurationError(
            "is not a reference run", where=str(path), remedy="delete it and calibrate again"
        ) from error
