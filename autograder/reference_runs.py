"""The reference runs as they are kept: one file per run, whole, with the conditions that it ran under."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from autograder.errors import ConfigurationError
from autograder.records import Evidence, from_json


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """One reference run as it is kept: under which conditions it ran, and its evidence."""

    seed: int | None
    questions: tuple[str, ...]
    versions: dict[str, str]
    processor: str
    threads: int
    seconds: float
    evidence: Evidence


def read_runs(folder: Path) -> tuple[Recorded, ...]:
    """Return every run that a folder holds, in the order of the files' names.

    Raises:
        ConfigurationError: There is none, or a file does not hold one.
    """
    runs = tuple(read_run(path) for path in sorted(folder.glob("*.json")))
    if not runs:
        raise ConfigurationError("there are no reference runs", where=str(folder), remedy="autograder calibrate")
    return runs


def read_run(path: Path) -> Recorded:
    """Return the run that a file holds.

    Raises:
        ConfigurationError: It does not hold one.
    """
    try:
        return from_json(Recorded, path.read_bytes())
    except ValueError as error:
        raise ConfigurationError(
            "is not a reference run", where=str(path), remedy="delete it and calibrate again"
        ) from error
