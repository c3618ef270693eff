"""The data model of `grading.yml`: every key with its type and constraints.

It has two views. `RunSpec` may enter a sandbox; `KeySpec` may not: points, checks, key, tolerances, policy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PositiveFloat
from pydantic_core import PydanticCustomError

from autograder.rubric.checks import AnyItem
from autograder.rubric.data_manifest import DataFile, FileName
from autograder.rubric.item import Cancellation, Item, ItemName
from autograder.rubric.paths import Name, Strict
from autograder.rubric.release import Release
from autograder.rubric.run_spec import Limits, RunSpec, VariableName
from autograder.rubric.variable_shapes import LetterShape, Shape

QuestionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Title = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""The name of a question (`q07`) or of an item (`q07.recipe_a`), which a title belongs to."""


def _in_the_calendar(moment: str) -> str:
    try:
        dt.datetime.fromisoformat(moment)
    except ValueError as error:
        raise PydanticCustomError("calendar", "a day of the calendar") from error
    return moment


Moment = Annotated[
    str,
    Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])( ([01]\d|2[0-3]):[0-5]\d)?$"),
    AfterValidator(_in_the_calendar),
]
"""A day, or a day with a time of that place."""
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A BCP 47 tag. Messages are in Portuguese for any `pt`, in English otherwise."""
Decision = Literal["accept", "review", "reject"]
"""A policy's decision on something unproven."""


Feedback = Literal["none", "form", "score", "hints", "full"]
"""How much a student is told, from little to all."""
PageLanguage = Literal["pt-BR", "en"]
"""A language that pages are written in."""


class Question(Strict):
    """One question: the variables that are collected, and the items that are judged."""

    variables: dict[VariableName, Shape]
    """The variables that the notebook must assign, each with its shape. Their names begin with the question's name and
    _."""
    items: dict[ItemName, AnyItem]
    """The items that are judged, each by one check."""
    cancelled: Cancellation | None = None
    """The whole question is cancelled: the same as `cancelled` on each of its items."""

    def cancellation_of(self, item: Item) -> Cancellation | None:
        """Return how one of the question's items is cancelled, None if it is judged."""
        return self.cancelled or item.cancelled


class Tolerance(Strict):
    """How intervals are computed from reference runs."""

    coverage: Annotated[float, Field(gt=0, lt=1)]
    """The share of runs with all of an item's numbers inside; each single number's share is larger."""
    confidence: Annotated[float, Field(gt=0, lt=1)]
    """The confidence that the interval covers that share."""
    minimum_runs: Annotated[int, Field(ge=2)]
    """With fewer runs than this, their spread is too uncertain, and a fixed width is used instead."""
    fallback_log: PositiveFloat
    """The fixed width beyond the lowest and highest run, on the log scale: 0.5 is a factor of 1.65."""
    fallback_logit: PositiveFloat
    """The fixed width beyond the lowest and highest run, on the logit scale."""


_ON_PAGES_ALONE = frozenset({"title", "course", "given", "due", "contact"})
"""What of an assignment pages say, and no grade depends on."""


class Policy(Strict):
    """Decisions that belong to the instructor.

    No policy accepts a recipe without a training that can be examined: it waits for a person unless the policy rejects
    it.
    """

    claimed: Decision
    """What to do with values that our execution did not produce but the student's own run saved."""
    defensible: Literal["accept", "own_numbers", "review", "reject"] = "review"
    """What to do with a letter that the student's own numbers support better than the key, by the claims of its
    options. `own_numbers` accepts it, and also one that they support as well as the key. The numbers must come from
    trainings as asked; in a question without a `recipe`, items of the question must judge every number that the claims
    name, and find all of them right."""
    unattested: Decision = "review"
    """What to do with trainings and numbers that only the notebook's own process vouches for."""
    unlinked: Decision = "reject"
    """What to do with numbers that no training produced, if the question asks for one."""
    feedback: Feedback = "form"
    """How much students are told. `none`: that the notebook was received. `form`: also what is missing or does not
    have the requested form, and nothing that depends on the key. `score`: the points of each question. `hints`: each
    item with what was found, so also which letter is wrong. `full`: what was expected as well."""
    tolerance: Tolerance
    """How wide the intervals of stochastic numbers are."""


class AssignmentSection(Strict):
    """The assignment, and the folders of its notebooks and reference, relative to `grading.yml`."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    """The assignment's name."""
    points: PositiveFloat
    """The points of the whole assignment."""
    notebooks: dict[LanguageTag, str]
    """The folder of the master notebook, by language."""
    reference: str
    """The folder of the reference runs, the baseline and the justifications."""
    data: dict[FileName, DataFile] = Field(default_factory=dict)
    """The files of the data sets, by their names below `$KERAS_HOME/datasets`."""
    title: dict[PageLanguage, Name] = Field(default_factory=dict)
    """What students know the assignment as, by language; without it, its name."""
    course: Name | None = None
    """The course, as a page names it: `Deep learning, 2026/2`."""
    given: Moment | None = None
    """When it was given out: `2026-11-02`, or with a time, `2026-11-02 08:00`; in quotes."""
    due: Moment | None = None
    """When it was due, likewise."""
    contact: Name | None = None
    """Whom students ask about a grade: a name, an address, or both."""


class Specification(Strict):
    """The whole of `grading.yml`. Contradictions between keys are found by `disagreements`, on loading."""

    assignment: AssignmentSection
    """The assignment."""
    limits: Limits
    """The limits on a notebook's execution."""
    policy: Policy
    """Decisions that belong to the instructor."""
    release: Release = Release()
    """How grades are given."""
    questions: dict[QuestionName, Question]
    """The questions, in the order in which pages and tables show them."""
    titles: dict[PageLanguage, dict[Title, Name]] = Field(default_factory=dict)
    """The titles of questions and items on pages, by language. Without a title, the name is shown."""

    @property
    def run_spec(self) -> RunSpec:
        """The part that a sandbox may know."""
        variables = {name: shape for question in self.questions.values() for name, shape in question.variables.items()}
        return RunSpec(assignment=self.assignment.name, variables=variables, limits=self.limits)

    @property
    def letters(self) -> dict[str, str]:
        """The letters from which each choice is made, in one word, by variable."""
        shapes = self.run_spec.variables
        return {name: shape.options for name, shape in shapes.items() if isinstance(shape, LetterShape)}

    @property
    def key_spec(self) -> KeySpec:
        """The part that a sandbox may not know."""
        return KeySpec(assignment=self.assignment, policy=self.policy, questions=self.questions)


class KeySpec(Strict):
    """The part of a specification that may never enter a sandbox: points, checks, key, tolerances, policy."""

    assignment: AssignmentSection
    policy: Policy
    questions: dict[QuestionName, Question]

    @property
    def needs_runs(self) -> bool:
        """Whether any item is compared with reference runs; otherwise no baseline is needed."""
        return any(item.needs_runs for question in self.questions.values() for item in question.items.values())

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that decides a grade; it identifies the rubric of a grade.

        Changes to the feedback for students, to the folders of files, to what the students' own check may say or to the
        reason why an item keeps its weight do not change it.
        """
        aside: dict[str, Any] = {
            "policy": {"feedback"},
            "assignment": {"notebooks", "reference", "data", *_ON_PAGES_ALONE},
            "questions": {"__all__": {"items": {"__all__": {"stated", "because"}}}},
        }
        return hashlib.sha256(self.model_dump_json(exclude=aside).encode()).hexdigest()
