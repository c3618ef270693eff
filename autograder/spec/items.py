"""What an item may be: how it is judged, against what. Its key and its figures never enter a sandbox."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt

from autograder.spec.claims import Claim
from autograder.spec.paths import Name, Path, Strict

Letter = Annotated[str, Field(pattern=r"^[a-z]$")]
ItemName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Item(Strict):
    """What every item has; `check` names the pure function in `grading/checks` that judges it.

    `requires` names items of the same question whose numbers must be handed in, and come of trainings where trainings
    give them, for this item to earn anything. They need not be right.
    """

    points: NonNegativeFloat
    requires: tuple[ItemName, ...] = ()


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
    """The learning rate of each epoch: `initial` for `constant_epochs`, then times exp(-decay) per epoch.

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
