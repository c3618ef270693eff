"""Compare one training with the exercise's recipe: a reason for every field that differs.

A recipe repeats the assignment's own text, so every expectation here is public. The one exception is the data that a
training must see, which no text states in numbers: it comes from the reference's journal.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from autograder.records import JSON, ClassName, DataSummary, Detail, Field, Layer, Reason, Training
from autograder.rubric.checks.recipe import reasons
from autograder.rubric.checks.recipe.fields import LayerRecipe, RatesRecipe, TrainingRecipe
from autograder.rubric.checks.recipe.optimizers import unasked_settings
from autograder.rubric.checks.recipe.options import deciding_options
from autograder.rubric.closeness import same_setting
from autograder.rubric.message import plain
from autograder.rubric.training_data import TrainingData, same_data

_YES, _NO = Detail("word.yes"), Detail("word.no")

COUNTED: Final = frozenset({
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Dense", "DepthwiseConv1D",
    "DepthwiseConv2D", "Embedding", "GRU", "LSTM", "SeparableConv1D", "SeparableConv2D", "SimpleRNN",
    "BatchNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization",
    "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom",
    "ActivityRegularization", "Rescaling", "Add", "Average", "Divide", "Dot", "Maximum", "Minimum", "Multiply", "Power",
    "Subtract", "TrueDivide",
})  # fmt: skip
"""Layers that count as surplus unless a recipe names their kind: they have weights, add noise or a penalty, or
calculate. Others (a reshaping, an activation) are free; any weights in them show in `parameters`."""

_MOST_DIGITS: Final = 6
"""With more digits than this, a rounded rate is within `RATE_RELATIVE` of the unrounded one."""

UNSEEN_BATCH_SIZE: Final = 0

RATE_RELATIVE: Final = 1e-3
"""Rates are read back from a float32; the recipe must still distinguish 0.001 from 0.00099."""


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
        training: The training from the journal, several calls of `fit` joined.
        recipe: The recipe, with the variant's settings applied.
        variant: The subject of every reason; empty for a recipe without variants.
        data: The data of the reference's training; None skips the comparison of data.
        evaluated: The inputs on which the reported error was measured, if one was.
        of_history: The reported numbers are the training's history, so its final weights do not matter.
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
    """Return whether a training has hardly anything in common with a recipe: at most one of network, inputs, targets.

    Any number can be produced quickly by a network, data or initial weights made for the purpose. A student with one of
    the three wrong is still doing the exercise.
    """
    # The initial weights of an unattested training are not observed.
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

    The rates may be unrounded, rounded after each step (so that the next step starts from the rounded rate), or each
    rounded once from the unrounded one; to the recipe's number of digits or to more.
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


def _network(training: Training, recipe: TrainingRecipe) -> Iterator[tuple[str, Field, Field]]:
    if training.parameters != recipe.parameters:
        yield reasons.RECIPE_PARAMETERS, training.parameters, recipe.parameters
    surplus, lacking = _compare_layers(training.layers, recipe.layers)
    if surplus or lacking:
        yield reasons.RECIPE_LAYERS, "; ".join(surplus), "; ".join(lacking)
    if training.loss != recipe.loss:
        yield reasons.RECIPE_LOSS, plain(training.loss), recipe.loss
    if training.optimizer != recipe.optimizer.kind:
        # Settings and rates of another optimizer: comparing them would only add noise.
        yield reasons.RECIPE_OPTIMIZER, plain(training.optimizer), recipe.optimizer.kind
    else:
        asked = recipe.optimizer.model_extra or {}
        for name, expected in asked.items():
            obtained = training.optimizer_settings.get(name)
            if not same_setting(obtained, expected):
                yield reasons.RECIPE_OPTIMIZER_SETTING, f"{name}={plain(obtained)}", f"{name}={plain(expected)}"
        for name, obtained, default in unasked_settings(training.optimizer, training.optimizer_settings, asked):
            yield reasons.RECIPE_OPTIMIZER_SETTING, f"{name}={plain(obtained)}", f"{name}={plain(default)}"


def _unasked(training: Training, *, of_history: bool) -> Iterator[tuple[str, Field, Field]]:
    """Yield what no recipe ever asks for."""
    of_layers = [
        f"{layer.kind}({name}={plain(value)})"
        for layer in training.layers
        for name, value in layer.settings.items()
        if name.endswith(("_regularizer", "_constraint")) or (name == "trainable" and value is False)
    ]
    options = [plain(option) for option in deciding_options(training, of_history=of_history)]
    if extras := [*_counted(of_layers), *(option for option in options if not ClassName.read(option).foreign)]:
        yield reasons.RECIPE_OPTIONS, ", ".join(extras), ""
    if own := [option for option in options if ClassName.read(option).foreign]:
        yield reasons.RECIPE_OWN, ", ".join(own), ""
    # Not observed for an unattested training, so nothing counts against it.
    if training.initial_values and training.attested:
        yield reasons.RECIPE_INITIAL_VALUES, training.initial_values.inert(), ""


def _course(training: Training, recipe: TrainingRecipe) -> Iterator[tuple[str, Field, Field]]:
    yield from _compare_rates(training.rates, recipe)
    if training.epochs != recipe.epochs:
        yield reasons.RECIPE_EPOCHS, training.epochs, recipe.epochs
    if training.batch_size not in (recipe.batch_size, UNSEEN_BATCH_SIZE):
        yield reasons.RECIPE_BATCH_SIZE, training.batch_size, recipe.batch_size
    validated = training.validation is not None
    if recipe.validation not in ("any", validated):
        yield reasons.RECIPE_VALIDATION, *((_YES, _NO) if validated else (_NO, _YES))
    # A seed is recorded only if it decides something.
    if recipe.seeded and training.seed is None and training.shuffle:
        yield reasons.RECIPE_SEEDED, _NO, _YES
    if training.continues is not None:
        yield reasons.RECIPE_CONTINUED, _YES, _NO


def _data(
    training: Training, recipe: TrainingRecipe, data: TrainingData | None, evaluated: DataSummary | None
) -> Iterator[tuple[str, Field, Field]]:
    if data is None:
        return
    pairs: list[tuple[str, DataSummary | None, DataSummary | None]] = [
        (reasons.RECIPE_DATA_INPUTS, training.inputs, data.inputs),
        (reasons.RECIPE_DATA_TARGETS, training.targets, data.targets),
        (reasons.RECIPE_DATA_EVALUATED, evaluated, data.evaluated),
    ]
    if recipe.validation is True:
        pairs.append((reasons.RECIPE_DATA_VALIDATION, training.validation, data.validation))
    # Validation data that are missing altogether are `recipe.validation`, yielded above.
    compared = [(code, obtained, expected) for code, obtained, expected in pairs if obtained and expected]
    if not all(is_seen(obtained) for _, obtained, _ in compared):
        yield reasons.RECIPE_DATA_UNSEEN, "", ""
    for code, obtained, expected in compared:
        if is_seen(obtained) and not same_data(obtained, expected):
            yield code, describe_data(obtained), describe_data(expected)


def is_seen(data: DataSummary) -> bool:
    """Return whether the journal could read an array: data from a generator or a pipeline have no shape."""
    return bool(data.shape)


def describe_data(data: DataSummary) -> Detail:
    """Summarise data so that a reader sees whether and how they were scaled.

    >>> str(describe_data(DataSummary((404, 13), 0.0, 711.0, 69.79, 144.39, ())))
    'recipe.data (shape: 404x13, mean: 69.79, std: 144.39, minimum: 0.0, maximum: 711.0)'
    """
    shape = "x".join(map(str, data.shape))
    # Three decimals: the mean of standardised data is of the order of 1e-15, which is hard to read.
    mean, std, low, high = (round(value, 3) + 0.0 for value in (data.mean, data.std, data.minimum, data.maximum))
    return Detail.of("recipe.data", shape=shape, mean=mean, std=std, minimum=low, maximum=high)


def _compare_rates(rates: Sequence[float], recipe: TrainingRecipe) -> Iterator[tuple[str, Field, Field]]:
    """Yield the first epoch whose rate differs from the accepted sequence that agrees the longest.

    A wrong number of epochs is `recipe.epochs`; the rates of the common epochs are compared all the same.
    """
    if not rates:
        yield reasons.RECIPE_RATES, "", _rate(0, recipe.rates.initial)
        return
    first, due = -1, 0.0
    sequences = accepted_rates(recipe.rates, recipe.epochs)
    for accepted in sequences:
        wrong = _wrong_epochs(rates, accepted)
        if not wrong:
            return
        if wrong[0] > first:
            first, due = wrong[0], accepted[wrong[0]]
    is_late = any(not _wrong_epochs(rates, (accepted[0], *accepted)) for accepted in sequences)
    code = reasons.RECIPE_RATES_LATE if is_late else reasons.RECIPE_RATES
    yield code, _rate(first, rates[first]), _rate(first, due)


def _wrong_epochs(rates: Sequence[float], asked: Sequence[float]) -> list[int]:
    return [
        index
        for index, (rate, due) in enumerate(zip(rates, asked, strict=False))
        if not abs(rate - due) <= RATE_RELATIVE * due
    ]


def _rate(index: int, rate: float) -> Detail:
    return Detail.of("recipe.rate", epoch=index + 1, rate=rate)


def _compare_layers(layers: Iterable[Layer], recipes: Iterable[LayerRecipe]) -> tuple[list[str], list[str]]:
    """Return the surplus and the missing layers, in any order: branches of a network have none."""
    recipes = tuple(recipes)
    counted = COUNTED | {recipe.kind for recipe in recipes}
    # The computation of a notebook's own class (`Dense of __main__`) is not observed, so it never matches.
    left = [layer for layer in layers if layer.kind in counted or ClassName.read(layer.kind).foreign]
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
