"""Types that a gradebook returns besides those in `records`: evidence with its data, decisions, submissions."""

from __future__ import annotations

import dataclasses
from typing import Literal

from autograder.gradebook.class_identity import DataKind
from autograder.records import Evidence, Grade


@dataclasses.dataclass(frozen=True, slots=True)
class Examined:
    """Stored evidence, with its kind of data and its run's key."""

    evidence: Evidence
    data: DataKind
    run_key: str


@dataclasses.dataclass(frozen=True, slots=True)
class Override:
    """Points that a person gave to an item of one notebook instead of the computed ones.

    `worth` are the points that the item was worth then.
    """

    job_id: str
    student: str
    question: str
    item: str
    points: float
    reason: str
    author: str
    worth: float


@dataclasses.dataclass(frozen=True, slots=True)
class ClassChange:
    """What a regrading did to a class: the mean and the median of the students with a grade, before and after.

    They are None where nobody had a grade. `cancelled` are the questions and items that the new rubric cancels, each
    with the way: `q02: full_points`.
    """

    students: int
    changed: int
    mean_before: float | None
    mean_after: float | None
    median_before: float | None
    median_after: float | None
    cancelled: tuple[str, ...]
    rubric_sha256: str
    baseline_sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class Objection:
    """A student objects to what was found of an item of one notebook.

    `number` tells it from the others; 0 until it is kept. `answer` and `author` are empty until somebody answers.
    `withdrawn`: it needs no answer any more.
    """

    job_id: str
    student: str
    question: str
    item: str
    text: str
    number: int = 0
    answer: str = ""
    author: str = ""
    withdrawn: bool = False

    @property
    def standing(self) -> Literal["open", "answered", "withdrawn"]:
        """Whether it waits for an answer."""
        return "withdrawn" if self.withdrawn else "answered" if self.answer else "open"

    @property
    def place(self) -> str:
        """The item within the whole rubric: `q07.recipe_a`."""
        return f"{self.question}.{self.item}"


@dataclasses.dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person took a student out of the class, or (not `withdrawn`) back into it."""

    student: str
    withdrawn: bool
    reason: str
    author: str


@dataclasses.dataclass(frozen=True, slots=True)
class Submission:
    """One notebook of a student with the grade that counts for it, and how many days late it was handed in last."""

    grade: Grade
    days_late: int


@dataclasses.dataclass(frozen=True, slots=True)
class HandIn:
    """One notebook of a student that was executed, and how many days late it was handed in last."""

    job_id: str
    days_late: int
