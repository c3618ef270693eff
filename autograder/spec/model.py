"""The whole of `grading.yml`: every key, its type, and what it may be.

Two views come of it. `RunSpec` may enter a sandbox. `KeySpec` may not: points, checks, key, tolerances, policy.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from autograder.spec.items import AnyItem, ItemName
from autograder.spec.paths import Name, Strict
from autograder.spec.release import Release
from autograder.spec.run_spec import Limits, RunSpec, VariableName
from autograder.spec.shapes import Shape

QuestionName = Annotated[str, Field(pattern=r"^q\d\d$")]
Title = Annotated[str, Field(pattern=r"^q\d\d(\.[a-z][a-z0-9_]*)?$")]
"""What a title belongs to: a question (`q07`) or an item (`q07.recipe_a`)."""
Decision = Literal["accept", "review", "reject"]
"""What a policy makes of something that is not proven."""


class Question(Strict):
    """One question: the variables that are collected, and the items that are judged."""

    variables: dict[VariableName, Shape]
    items: dict[ItemName, AnyItem]


class Tolerance(Strict):
    """How an interval is made of reference runs.

    `coverage` is the share of runs that have all of an item's numbers inside, so each number's own share is larger.
    """

    coverage: Annotated[float, Field(gt=0, lt=1)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    minimum_runs: Annotated[int, Field(ge=2)]
    fallback_log: PositiveFloat
    fallback_logit: PositiveFloat


class Policy(Strict):
    """Decisions that belong to the instructor.

    `unattested` is about trainings and numbers that the notebook's own process alone vouches for, `unlinked` about
    numbers that no training gave. A recipe without a training that can be looked at is never accepted by a policy: it
    waits for a person unless the policy rejects it.
    """

    claimed: Decision
    defensible: Decision = "review"
    unattested: Decision = "review"
    unlinked: Decision = "reject"
    feedback: Literal["none", "score", "hints", "full"]
    tolerance: Tolerance


class Assignment(Strict):
    """Which assignment this is, and where its notebooks and its reference stand, relative to `grading.yml`."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    points: PositiveFloat
    notebooks: dict[Literal["pt-BR", "en"], str]
    reference: str


class Specification(Strict):
    """The whole of `grading.yml`. What its keys say of one another is checked by `agreement`, on loading."""

    assignment: Assignment
    limits: Limits
    policy: Policy
    release: Release = Release()
    questions: dict[QuestionName, Question]
    titles: dict[Literal["pt-BR", "en"], dict[Title, Name]] = Field(default_factory=dict)

    @property
    def run_spec(self) -> RunSpec:
        """What a sandbox may know."""
        variables = {name: shape for question in self.questions.values() for name, shape in question.variables.items()}
        return RunSpec(assignment=self.assignment.name, variables=variables, limits=self.limits)

    @property
    def key_spec(self) -> KeySpec:
        """What a sandbox may not know."""
        return KeySpec(assignment=self.assignment, policy=self.policy, questions=self.questions)


class KeySpec(Strict):
    """The part of a specification that may never enter a sandbox: points, checks, key, tolerances, policy."""

    assignment: Assignment
    policy: Policy
    questions: dict[QuestionName, Question]

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides a grade, which names the rubric that it was given under.

        How much of it is told to students, and where files lie, may change without another grade.
        """
        aside = {"policy": {"feedback"}, "assignment": {"notebooks", "reference"}}
        return hashlib.sha256(self.model_dump_json(exclude=aside).encode()).hexdigest()
