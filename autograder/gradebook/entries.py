"""What a gradebook gives back beside the records of `records`: evidence with its data, decisions, hand-ins."""

from __future__ import annotations

import dataclasses

from autograder.gradebook.identity import DataKind
from autograder.records import Evidence, Grade


@dataclasses.dataclass(frozen=True, slots=True)
class Examined:
    """Evidence as it was kept, with the kind of data that its run saw and its run's key."""

    evidence: Evidence
    data: DataKind
    run_key: str


@dataclasses.dataclass(frozen=True, slots=True)
class Override:
    """Points that a person gave to an item of one notebook in place of what its check had given."""

    job_id: str
    student: str
    question: str
    item: str
    points: float
    reason: str
    author: str


@dataclasses.dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person took a student out of the class, or (not `withdrawn`) back into it."""

    student: str
    withdrawn: bool
    reason: str
    author: str


@dataclasses.dataclass(frozen=True, slots=True)
class Submission:
    """One notebook of a student with the grade that counts for it. `late`: as its last hand-in was."""

    grade: Grade
    late: bool


@dataclasses.dataclass(frozen=True, slots=True)
class HandIn:
    """One notebook of a student that was executed. `late`: as it was handed in last."""

    job_id: str
    late: bool
