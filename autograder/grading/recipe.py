"""One training against the recipe that the exercise asks for: every field that differs, each as a reason.

What a recipe asks for stands in the assignment's own text, so every expectation here is public. Which data a
training must see is the exception that no text can say in numbers: that comes from the reference's own journal.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from autograder.grading import reasons
from autograder.grading.agreement import same_data, same_setting
from autograder.grading.optimizers import unasked_settings
from autograder.grading.options import deciding_options, is_own
from autograder.grading.reasons import plain
from autograder.records import JSON, DataSummary, Layer, Reason, Training
from autograder.spec.items import LayerRecipe, RatesRecipe, TrainingRecipe

COUNTED: Final = frozenset({
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Dense", "DepthwiseConv1D",
    "DepthwiseConv2D", "Embedding", "GRU", "LSTM", "SeparableConv1D", "SeparableConv2D", "SimpleRNN",
    "BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization",
    "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom",
    "ActivityRegularization", "Rescaling", "Add", "Average", "Divide", "Dot", "Maximum", "Minimum", "Multiply", "Power",
    "Subtract", "TrueDivide",
})  # fmt: skip
"""Layers that are too many unless a recipe names their kind: they have weights, add noise or a penalty, or calculate.
Others (a reshaping, an activation) are free, and a weight in them shows in `parameters`."""

_MOST_DIGITS: Final = 6
"""Beyond so many digits a rounded rate is within `RATE_RELATIVE` of the unrounded one."""

UNSEEN_BATCH_SIZE: Final = 0

RATE_RELATIVE: Final = 1e-3
"""Rates are read back from a float32; between 0.001 and 0.00099 the recipe must still tell."""


@dataclasses.dataclass(frozen=True, slots=True)
class TrainingData:
    """What the reference's training saw; `evaluated`: the inputs on which the reported error was measured."""

    inputs: DataSummary
    targets: DataSummary
    validation: DataSummary | None
    evaluated: DataSummary | None = None


def differences(
    training: Training,
    recipe: TrainingRecipe,
    variant: str,
    data: TrainingData | None,
    evaluated: DataSummary | None = None,
    *,
    of_history: bool = False,
) -> tuple[Reason, ...]:
    """Return a reason for each field of the training that is not as asked.

    Args:
        training: The training as it was journalled; a training of several calls of `fit` joined.
        recipe: What the exercise asks for, the variant's settings already in it.
        variant: The subject of every reason; empty for a recipe without variants.
        data: What the reference's training saw; None compares no data.
        evaluated: The inputs on which the reported error was measured, if one was.
        of_history: The reported numbers are the training's history, whatever became of its weights at the end.
    """
    return tuple(
        Reason(code, variant, found, expected, public=True)
        for code, found, expected in (
            *_network(training, recipe),
            *_unasked(training, of_history=of_history),
            *_course(training, recipe),
            *_data(training, recipe, data, evaluated),
        )
    )


def is_foreign(training: Training, recipe: TrainingRecipe, data: TrainingData | None) -> bool:
    """Tell whether a training has hardly anything of what a recipe asks for: at most one of network, inputs, targets.

    A number alone can be had, in no time, of any network and data that are made to give it, or of first weights that
    somebody chose. Whoever has got one of the three wrong is still doing the exercise.
    """
    # Of what the notebook claims, the first weights are not seen.
    if training.attested and training.initial_values:
        return True
    if data is None:
        return False
    alike = [training.parameters == recipe.parameters] + [
        not is_seen(obtained) or same_data(obtained, expected)
        for obtained, expected in ((training.inputs, data.inputs), (training.targets, data.targets))
    ]
    return alike.count(True) <= 1


@functools.cache
def accepted_rates(recipe: RatesRecipe, epochs: int) -> tuple[tuple[float, ...], ...]:
    """Return the sequences of learning rates that fulfil a recipe.

    Either unrounded, or rounded after each step (so that the rounded rate is what the next step starts from), or
    rounded once from the unrounded one; to as many digits as the recipe says, or to more.
    """
    constant = epochs if recipe.decay is None else recipe.constant_epochs or 1
    factor = math.exp(-(recipe.decay or 0.0))
    exact = [recipe.initial * factor ** max(0, epoch - constant + 1) for epoch in range(epochs)]
    if recipe.rounded_digits is None:
        return (tuple(exact),)
    accepted = [tuple(exact)]
    for digits in range(recipe.rounded_digits, max(recipe.rounded_digits, _MOST_DIGITS) + 1):
        stepwise = [recipe.initial]
        for epoch in range(1, epochs):
            stepwise.append(stepwise[-1] if epoch < constant else round(stepwise[-1] * factor, digits))
        accepted += [tuple(stepwise), tuple(round(rate, digits) for rate in exact)]
    return tuple(accepted)


def _network(training: Training, recipe: TrainingRecipe) -> Iterator[tuple[str, str, str]]:
    if training.parameters != recipe.parameters:
        yield reasons.RECIPE_PARAMETERS, str(training.parameters), str(recipe.parameters)
    surplus, lacking = _compare_layers(training.layers, recipe.layers)
    if surplus or lacking:
        yield reasons.RECIPE_LAYERS, "; ".join(surplus), "; ".join(lacking)
    if training.loss != recipe.loss:
        yield reasons.RECIPE_LOSS, plain(training.loss), recipe.loss
    if training.optimizer != recipe.optimizer.kind:
        # Its settings and rates belong to another optimizer: to compare them would only add noise.
        yield reasons.RECIPE_OPTIMIZER, plain(training.optimizer), recipe.optimizer.kind
    else:
        asked = recipe.optimizer.model_extra or {}
        for name, expected in asked.items():
            obtained = training.optimizer_settings.get(name)
            if not same_setting(obtained, expected):
                yield reasons.RECIPE_OPTIMIZER_SETTING, f"{name}={plain(obtained)}", f"{name}={plain(expected)}"
        for name, obtained, default in unasked_settings(training.optimizer, training.optimizer_settings, asked):
            yield reasons.RECIPE_OPTIMIZER_SETTING, f"{name}={plain(obtained)}", f"{name}={plain(default)}"


def _unasked(training: Training, *, of_history: bool) -> Iterator[tuple[str, str, str]]:
    """Yield what nobody asked for, whatever the recipe."""
    of_layers = [
        f"{layer.kind}({name}={plain(value)})"
        for layer in training.layers
        for name, value in layer.settings.items()
        if name.endswith(("_regularizer", "_constraint")) or (name == "trainable" and value is False)
    ]
    options = [plain(option) for option in deciding_options(training, of_history=of_history)]
    if extras := [*_counted(of_layers), *(option for option in options if not is_own(option))]:
        yield reasons.RECIPE_OPTIONS, ", ".join(extras), ""
    if own := [option for option in options if is_own(option)]:
        yield reasons.RECIPE_OWN, ", ".join(own), ""
    # Of a training that the notebook alone vouches for they were not looked at, which says nothing against it.
    if training.initial_values and training.attested:
        yield reasons.RECIPE_INITIAL_VALUES, plain(training.initial_values), ""


def _course(training: Training, recipe: TrainingRecipe) -> Iterator[tuple[str, str, str]]:
    yield from _compare_rates(training.rates, recipe)
    if training.epochs != recipe.epochs:
        yield reasons.RECIPE_EPOCHS, str(training.epochs), str(recipe.epochs)
    if training.batch_size not in (recipe.batch_size, UNSEEN_BATCH_SIZE):
        yield reasons.RECIPE_BATCH_SIZE, str(training.batch_size), str(recipe.batch_size)
    validated = training.validation is not None
    if recipe.validation not in ("any", validated):
        yield reasons.RECIPE_VALIDATION, *(("yes", "no") if validated else ("no", "yes"))
    # A seed is recorded where it decides something.
    if recipe.seeded and training.seed is None and training.shuffle:
        yield reasons.RECIPE_SEEDED, "no", "yes"
    if training.continues is not None:
        yield reasons.RECIPE_CONTINUED, "yes", "no"


def _data(
    training: Training, recipe: TrainingRecipe, data: TrainingData | None, evaluated: DataSummary | None
) -> Iterator[tuple[str, str, str]]:
    if data is None:
        return
    pairs: list[tuple[str, DataSummary | None, DataSummary | None]] = [
        (reasons.RECIPE_DATA_INPUTS, training.inputs, data.inputs),
        (reasons.RECIPE_DATA_TARGETS, training.targets, data.targets),
        (reasons.RECIPE_DATA_EVALUATED, evaluated, data.evaluated),
    ]
    if recipe.validation is True:
        pairs.append((reasons.RECIPE_DATA_VALIDATION, training.validation, data.validation))
    # Validation data that are lacking altogether are `recipe.validation`, said above.
    compared = [(code, obtained, expected) for code, obtained, expected in pairs if obtained and expected]
    if not all(is_seen(obtained) for _, obtained, _ in compared):
        yield reasons.RECIPE_DATA_UNSEEN, "", ""
    for code, obtained, expected in compared:
        if is_seen(obtained) and not same_data(obtained, expected):
            yield code, describe_data(obtained), describe_data(expected)


def is_seen(data: DataSummary) -> bool:
    """Tell whether the journal could read an array: what `fit` took from a generator or a pipeline has no shape."""
    return bool(data.shape)


def describe_data(data: DataSummary) -> str:
    """Write a summary so that a reader sees whether, and how, data were scaled.

    >>> describe_data(DataSummary((404, 13), 0.0, 711.0, 69.79, 144.39, ()))
    '404x13, mean 69.79, std 144.39, 0 … 711'
    """
    shape = "x".join(map(str, data.shape))
    # Three decimals: the mean of standardised data is zero to fifteen, which says no more and reads badly.
    mean, std, low, high = (plain(round(value, 3) + 0.0) for value in (data.mean, data.std, data.minimum, data.maximum))
    return f"{shape}, mean {mean}, std {std}, {low} … {high}"


def _compare_rates(rates: Sequence[float], recipe: TrainingRecipe) -> Iterator[tuple[str, str, str]]:
    """Name the first epoch whose rate differs from the accepted sequence that agrees the longest.

    Epochs too many or too few are `recipe.epochs`; the rates of the others are compared all the same.
    """
    if not rates:
        yield reasons.RECIPE_RATES, "", f"1: {plain(recipe.rates.initial)}"
        return
    first, due = -1, 0.0
    for accepted in accepted_rates(recipe.rates, recipe.epochs):
        wrong = [
            index
            for index, (rate, asked) in enumerate(zip(rates, accepted, strict=False))
            if not abs(rate - asked) <= RATE_RELATIVE * asked
        ]
        if not wrong:
            return
        if wrong[0] > first:
            first, due = wrong[0], accepted[wrong[0]]
    yield reasons.RECIPE_RATES, f"{first + 1}: {plain(rates[first])}", f"{first + 1}: {plain(due)}"


def _compare_layers(layers: Iterable[Layer], recipes: Iterable[LayerRecipe]) -> tuple[list[str], list[str]]:
    """Return the layers too many and those lacking, whatever their order: branches of a network have none."""
    recipes = tuple(recipes)
    counted = COUNTED | {recipe.kind for recipe in recipes}
    # What a class of the notebook's own does (`Dense of __main__`) is not seen, so it is never the layer asked for.
    left = [layer for layer in layers if layer.kind in counted or is_own(layer.kind)]
    lacking: list[str] = []
    named: set[str] = set()
    for recipe in recipes:
        settings = recipe.model_extra or {}
        named |= settings.keys()
        for _ in range(recipe.count):
            match = next((index for index, layer in enumerate(left) if _is_layer(layer, recipe.kind, settings)), None)
            if match is None:
                lacking.append(_describe_layer(recipe.kind, settings))
            else:
                del left[match]
    surplus = [
        _describe_layer(layer.kind, {name: layer.settings[name] for name in sorted(named & layer.settings.keys())})
        for layer in left
    ]
    return _counted(surplus), _counted(lacking)


def _is_layer(layer: Layer, kind: str, settings: dict[str, JSON]) -> bool:
    return layer.kind == kind and all(
        same_setting(layer.settings.get(name), expected) for name, expected in settings.items()
    )


def _describe_layer(kind: str, settings: dict[str, JSON]) -> str:
    return f"{kind}({', '.join(f'{name}={_setting(settings[name])}' for name in sorted(settings))})"


def _setting(value: JSON) -> str:
    return "x".join(map(plain, value)) if isinstance(value, list) else plain(value)


def _counted(names: Sequence[str]) -> list[str]:
    return [f"{names.count(name)} {name}" if names.count(name) > 1 else name for name in dict.fromkeys(names)]
