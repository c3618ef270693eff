"""The shape of `grading.yml`: every key, its type, and what it may be.

Two views come of it. `RunSpec` may enter a sandbox: names, shapes, limits. `KeySpec` may not: points, checks,
key, tolerances. Nothing in a `RunSpec` can be traced back to an answer.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt

from autograder.spec.claims import Claim
from autograder.spec.paths import Name, Path, Strict
from autograder.spec.release import Release

VariableName = Annotated[str, Field(pattern=r"^q\d\d_[a-z][a-z0-9_]*$")]
QuestionName = Annotated[str, Field(pattern=r"^q\d\d$")]
ItemName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Letter = Annotated[str, Field(pattern=r"^[a-z]$")]
Title = Annotated[str, Field(pattern=r"^q\d\d(\.[a-z][a-z0-9_]*)?$")]
"""What a title belongs to: a question (`q07`) or an item (`q07.recipe_a`)."""


class NumberShape(Strict):
    """One finite number."""

    type: Literal["number"]


class NumbersShape(Strict):
    """A list of `length` finite numbers."""

    type: Literal["numbers"]
    length: PositiveInt


class WordsShape(Strict):
    """A list of `length` words out of `words`."""

    type: Literal["words"]
    words: tuple[Name, ...]
    length: PositiveInt


class LetterShape(Strict):
    """One of the letters in `options`, however it was written: `d`, `"D"`, `"(d)"`."""

    type: Literal["letter"]
    options: Annotated[str, Field(pattern=r"^[a-z]{2,}$")]


class MapShape(Strict):
    """A dictionary with at least the keys `keys`, each value of the shape `of`."""

    type: Literal["map"]
    keys: tuple[Name, ...]
    of: Shape


Shape = Annotated[NumberShape | NumbersShape | WordsShape | LetterShape | MapShape, Field(discriminator="type")]


class Limits(Strict):
    """What an execution may use."""

    cell_seconds: PositiveFloat
    notebook_seconds: PositiveFloat
    memory_mebibytes: PositiveInt
    processes: PositiveInt
    output_mebibytes: PositiveInt
    files_mebibytes: PositiveInt
    evidence_mebibytes: PositiveInt


class Item(Strict):
    """What every item has; `check` names the pure function in `grading/checks` that judges it."""

    points: NonNegativeFloat


class Choice(Item):
    """The letter of the key.

    `claims` says, where an option speaks of numbers, what it says of them: the key audit holds every option's claims
    against the reference runs, and `policy.defensible` against a student's own numbers.
    """

    check: Literal["choice"]
    value: Path
    key: Letter
    claims: dict[Letter, tuple[Claim, ...]] = Field(default_factory=dict)


class Close(Item):
    """Numbers within `absolute` of the expected ones, element by element."""

    check: Literal["close"]
    value: Path
    expected: Any
    absolute: PositiveFloat


class Equal(Item):
    """Exactly the expected value; numbers compare as numbers."""

    check: Literal["equal"]
    value: Path
    expected: Any


class OwnOrder(Item):
    """The names in the order of the student's own numbers, smallest first; equal numbers in any order."""

    check: Literal["own_order"]
    value: Path
    numbers: Path


class OwnExtremes(Item):
    """The keys of the student's own smallest or largest numbers, in any order."""

    check: Literal["own_extremes"]
    value: Path
    numbers: Path
    which: Literal["smallest", "largest"]


class Interval(Item):
    """Each trained number inside the tolerance interval of the reference runs.

    `offset` is added before the logarithm, or holds accuracies off 0 and 1 before the logit, so that a perfect
    result stays finite.
    """

    check: Literal["interval"]
    scale: Literal["log", "logit"]
    values: tuple[Path, ...]
    offset: NonNegativeFloat = 0.0


class LayerRecipe(BaseModel):
    """A layer with weights: its Keras class, the settings that matter, and how often it occurs."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Name
    count: PositiveInt = 1


class OptimizerRecipe(BaseModel):
    """An optimizer: its Keras class and the settings that matter."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Name


class RatesRecipe(Strict):
    """The learning rate of each epoch: `initial` for `constant_epochs`, then times exp(-decay) an epoch.

    Without `decay` the rate is constant. `rounded_digits` also accepts a rate rounded so after each step.
    """

    initial: PositiveFloat
    constant_epochs: PositiveInt | None = None
    decay: PositiveFloat | None = None
    rounded_digits: PositiveInt | None = None


class TrainingRecipe(Strict):
    """How a network is to be built and trained. Which data it must see comes from the reference's own journal."""

    parameters: PositiveInt
    layers: tuple[LayerRecipe, ...]
    loss: Name
    optimizer: OptimizerRecipe
    rates: RatesRecipe
    epochs: PositiveInt
    batch_size: PositiveInt
    validation: bool | Literal["any"]
    seeded: bool


class Variant(Strict):
    """What differs from the recipe in one training of several."""

    batch_size: PositiveInt
    epochs: PositiveInt


class Recipe(Item):
    """The journal holds the training (or one for each variant) that the exercise asks for.

    `history` or `results` names the student's numbers that these trainings must stand behind: the history that
    one training gave, or the test errors by variant.
    """

    check: Literal["recipe"]
    recipe: TrainingRecipe
    variants: dict[Name, Variant] = Field(default_factory=dict)
    history: Path | None = None
    results: Path | None = None


class Drawing(Item):
    """A figure that shows each of the student's own curves, point by point."""

    check: Literal["figure"]
    curves: tuple[Path, ...]


AnyItem = Annotated[
    Choice | Close | Equal | OwnOrder | OwnExtremes | Interval | Recipe | Drawing, Field(discriminator="check")
]


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
    """Decisions that belong to the instructor."""

    claimed: Literal["accept", "review", "reject"]
    defensible: Literal["accept", "review", "reject"] = "review"
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


class RunSpec(Strict):
    """The part of a specification that may enter a sandbox: which variables to watch, and the limits."""

    assignment: str
    variables: dict[VariableName, Shape]
    limits: Limits

    @property
    def digest(self) -> str:
        """SHA-256 of the whole: two runs under equal digests are comparable."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class KeySpec(Strict):
    """The part of a specification that may never enter a sandbox: points, checks, key, tolerances, policy."""

    assignment: Assignment
    policy: Policy
    questions: dict[QuestionName, Question]

    @property
    def digest(self) -> str:
        """SHA-256 of the whole: a grade names the rubric that it was given under."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def item_paths(item: AnyItem) -> tuple[str, ...]:
    """Return every path of the evidence that an item reads."""
    match item:
        case Choice() | Close() | Equal():
            return (item.value,)
        case OwnOrder() | OwnExtremes():
            return (item.value, item.numbers)
        case Interval():
            return item.values
        case Recipe():
            return tuple(path for path in (item.history, item.results) if path)
        case Drawing():
            return item.curves
