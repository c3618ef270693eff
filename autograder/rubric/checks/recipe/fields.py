"""The fields of a `recipe` item, and the trainings that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from autograder.records import JSON
from autograder.rubric.checks.recipe.settings import LAYER_SETTINGS, OPTIMIZER_SETTINGS, setting_faults
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.item import Context, Item, Outcome
from autograder.rubric.lookup import Shapes, reads, reads_map, shape_at
from autograder.rubric.paths import Name, Path, Strict
from autograder.rubric.variable_shapes import MapShape, NumberShape, NumbersShape


class LayerRecipe(BaseModel):
    """A layer with weights, and its settings that matter: `units`, `activation` and so on."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    kind: Name
    """The name of Keras's class: `Dense`."""
    count: PositiveInt = 1
    """How many such layers the network has."""


class OptimizerRecipe(BaseModel):
    """An optimizer, and its settings that matter: `momentum`, `beta_1` and so on."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    kind: Name
    """The name of Keras's class: `SGD`."""


class RatesRecipe(Strict):
    """The learning rate of each epoch: `initial` for `constant_epochs`, then times exp(-decay) per epoch."""

    initial: PositiveFloat
    """The learning rate of the first epoch."""
    constant_epochs: PositiveInt | None = None
    """The number of epochs before the rate begins to decay."""
    decay: PositiveFloat | None = None
    """The rate is multiplied by exp(-decay) per epoch; without it, the rate is constant."""
    rounded_digits: PositiveInt | None = None
    """Also accept a rate that is rounded to this many decimals after each step."""


class TrainingRecipe(Strict):
    """How a network must be built and trained. The data that it must see come from the reference's journal."""

    parameters: PositiveInt
    """The number of parameters of the network, including those that are not trained."""
    layers: tuple[LayerRecipe, ...]
    """The layers, in any order. Layers without weights that calculate nothing need not be listed."""
    loss: Name
    """Keras's name for the loss: `mean_squared_error`."""
    optimizer: OptimizerRecipe
    """The optimizer; its learning rate is given by `rates`."""
    rates: RatesRecipe
    """The learning rate of each epoch."""
    epochs: PositiveInt
    """The number of epochs."""
    batch_size: PositiveInt
    """The batch size."""
    validation: bool | Literal["any"]
    """Whether `fit` is given validation data; `any` if both are right."""
    seeded: bool
    """Whether a seed must have been set before the training."""


class Variant(Strict):
    """The fields in which one of several trainings differs from the recipe."""

    batch_size: PositiveInt | None = None
    """The batch size."""
    epochs: PositiveInt | None = None
    """The number of epochs."""
    layers: tuple[LayerRecipe, ...] | None = None
    """The layers."""
    loss: Name | None = None
    """Keras's name for the loss."""
    optimizer: OptimizerRecipe | None = None
    """The optimizer."""
    parameters: PositiveInt | None = None
    """The number of parameters of the network."""
    rates: RatesRecipe | None = None
    """The learning rate of each epoch."""
    seeded: bool | None = None
    """Whether a seed must have been set before the training."""
    validation: bool | Literal["any"] | None = None
    """Whether `fit` is given validation data."""

    @model_serializer(mode="wrap")
    def _changes(self, write: SerializerFunctionWrapHandler) -> dict[str, JSON]:
        """Serialise only the fields that the variant changes."""
        return {name: value for name, value in write(self).items() if name in self.model_fields_set}


Stated = Literal["batch_size", "epochs", "layers", "loss", "optimizer", "parameters", "rates", "validation"]
"""A field that a statement may spell out."""


class Recipe(Item):
    """The journal must hold the training (or one per variant) that the exercise asks for.

    `history` or `results` names the student's numbers that must come from these trainings: the history of one training,
    or the errors from evaluations.
    """

    measured = True
    needs_runs = True

    check: Literal["recipe"]
    """The kind of check: trainings are compared with the exercise's recipe."""
    recipe: TrainingRecipe
    """The training that the exercise asks for."""
    variants: dict[Name, Variant] = Field(default_factory=dict)
    """If the exercise asks for several trainings: the fields in which each differs, under the key of its result."""
    history: Path | None = None
    """The student's copy of the training's history: a map of lists of numbers."""
    stated: tuple[Stated, ...] = ()
    """The fields of the recipe that the statement spells out. The students' own check compares their trainings with
    these, so list no field whose value the question asks for. It decides no points."""
    results: Path | None = None
    """The result of evaluating the trained network: one number, or a map with one number per variant."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The numbers that must come from trainings."""
        return tuple(path for path in (self.history, self.results) if path)

    def trainings(self) -> Iterator[tuple[str, TrainingRecipe]]:
        """Yield the required trainings, each with the name of its variant; a single one has an empty name."""
        if not self.variants:
            yield "", self.recipe
        for name, variant in self.variants.items():
            changes = {field: getattr(variant, field) for field in variant.model_fields_set}
            yield name, self.recipe.model_copy(update=changes)

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for numbers that no training could produce, and for a training without numbers."""
        if self.history is None and self.results is None:
            yield Fault((*keys, "history"), "is missing; name the student's numbers here, or under results")
        if self.history is not None:
            yield from reads_map((*keys, "history"), self.history, shapes, NumbersShape)
            for name in ("results", "variants"):
                if getattr(self, name):
                    what = "does not go with a history: an item has one training, or one per variant"
                    yield Fault((*keys, name), what)
        elif self.results is not None:
            yield from self._results_faults(keys, self.results, shapes)
        yield from _training_faults((*keys, "recipe"), self.recipe)
        for name, variant in self.variants.items():
            yield from _training_faults((*keys, "variants", name), variant)

    def _results_faults(self, keys: KeyPath, results: str, shapes: Shapes) -> Iterator[Fault]:
        shape = shape_at(results, shapes)
        if not self.variants and not isinstance(shape, MapShape):
            yield from reads((*keys, "results"), results, shapes, NumberShape)
            return
        yield from reads_map((*keys, "results"), results, shapes, NumberShape)
        if isinstance(shape, MapShape) and {*shape.keys} != {*self.variants}:
            yield Fault((*keys, "variants"), f"must be the keys of {results}: {', '.join(shape.keys)}")

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:  # noqa: ARG002 (the journal decides)
        """Check that the required trainings happened and produced the numbers."""
        return context.trainings(self)


def _training_faults(keys: KeyPath, recipe: TrainingRecipe | Variant) -> Iterator[Fault]:
    """Yield the faults of the training at `keys`."""
    if recipe.layers is not None:
        if not recipe.layers:
            yield Fault((*keys, "layers"), "names no layer")
        for index, layer in enumerate(recipe.layers):
            yield from setting_faults((*keys, "layers", index), layer.model_extra or {}, LAYER_SETTINGS, "count")
    if recipe.optimizer is not None:
        yield from setting_faults((*keys, "optimizer"), recipe.optimizer.model_extra or {}, OPTIMIZER_SETTINGS)
    if recipe.rates is not None:
        yield from _rates_faults((*keys, "rates"), recipe.rates)


def _rates_faults(keys: KeyPath, rates: RatesRecipe) -> Iterator[Fault]:
    if rates.decay is not None:
        if rates.constant_epochs is None:
            yield Fault((*keys, "constant_epochs"), "is missing; a decay needs the number of epochs before it begins")
        return
    for name in ("constant_epochs", "rounded_digits"):
        if getattr(rates, name) is not None:
            yield Fault((*keys, name), "has no effect without a decay: add decay, or remove this")
