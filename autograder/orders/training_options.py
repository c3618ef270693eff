"""List the options of a training: all differences from Keras's defaults that no other field of the journal holds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from autograder.orders.description import Call, Configured, Description, Graph, Operation
from autograder.orders.layers import name_of, setting_name
from autograder.records import JSON

_LONGEST = 200
_LONGEST_VALUE = 60
_MOST = 100
"""The most options that evidence admits."""

_OF_LAYERS = frozenset({"trainable", "dtype", "center", "noise_shape", "lora_rank", "synchronized"})
_PLAIN = (
    "initial_epoch", "steps_per_epoch", "max_epochs", "max_steps_per_epoch", "validation_freq",
    "validation_steps", "validation_split", "epsilon",
)  # fmt: skip
_FLOATX = "float32"


def options_of(description: Description, summaries: Mapping[str, JSON], rows: int = 0) -> list[str]:
    """Return the options as `name=value`, or by name only if the value is not plain; each once.

    Nothing is dropped silently: a truncated option is marked as such and counts as deciding.

    Args:
        description: The training.
        summaries: The known summaries of its arrays, by digest. Weights that are all 1 decide nothing.
        rows: The number of examples that the training saw, 0 if not known.
    """
    options = [*dict.fromkeys(_options(description, summaries, rows))]
    if len(options) > _MOST:
        options[_MOST - 1 :] = [f"… and {len(options) - _MOST + 1} more"]
    return [option if len(option) <= _LONGEST else f"… {option[: _LONGEST - 2]}" for option in options]


def _options(description: Description, summaries: Mapping[str, JSON], rows: int) -> Iterator[str]:
    call = description.call
    if isinstance(call.network, Graph):
        for operation in call.network.operations:
            yield from _of_layer(operation)
    if call.loss is not None:
        yield from (f"loss {name}={_shown(call.loss.settings.get(name))}" for name in call.loss.differs)
    yield from _weights(call, summaries)
    for name in _PLAIN:
        if (value := getattr(call, name)) is not None:
            yield f"{name}={_shown(value)}"
    yield from (_called(callback) for callback in call.callbacks)
    yield from _rates_within_epochs(call, rows)
    if len(call.x) > 1:
        # The journal shows only the first of them.
        yield f"inputs={len(call.x)}"
    if call.floatx != _FLOATX:
        yield f"floatx={call.floatx}"


def _of_layer(operation: Operation) -> Iterator[str]:
    """Yield the settings that change how a layer learns; what it computes is shown with the layers."""
    for name in operation.differs:
        scaled = name == "scale" and name_of(operation).endswith("Normalization")
        if name in _OF_LAYERS or name.endswith("_initializer") or scaled:
            yield f"{name}={_shown(operation.settings.get(name))}"


def _called(thing: Configured) -> str:
    settings = ", ".join(f"{name}={_shown(thing.settings.get(name))}" for name in thing.differs)
    return f"{thing.kind}({settings})"


def _weights(call: Call, summaries: Mapping[str, JSON]) -> Iterator[str]:
    """Yield the weights of classes, samples and losses that are not all 1."""
    if call.class_weight is not None and not _all_ones(call.class_weight):
        yield "class_weight"
    if call.sample_weight is not None and not _sums_up_ones(summaries.get(call.sample_weight)):
        yield "sample_weight"
    held_out = None if call.validation is None else call.validation.sample_weight
    if held_out is not None and not _sums_up_ones(summaries.get(held_out)):
        yield "validation sample_weight"
    if call.loss_weights is not None and call.loss_weights != [1]:
        yield f"loss_weights={_shown(call.loss_weights)}"


def _rates_within_epochs(call: Call, rows: int) -> Iterator[str]:
    steps = math.ceil(rows / call.batch_size) if rows and call.batch_size else 0
    if call.optimizer is not None and _varies_within(call.optimizer.settings.get("learning_rate"), steps):
        yield f"learning_rate={_shown(call.optimizer.settings.get('learning_rate'))}"


def _varies_within(schedule: JSON, steps: int) -> bool:
    """Return whether a schedule may change the rate within an epoch of this many steps, unseen by `rates`."""
    match schedule:
        case {"class": "PiecewiseConstantDecay", "settings": {"boundaries": [*boundaries]}}:
            return steps > 0 and not _between_epochs(boundaries, steps)
        case {"class": "PolynomialDecay", "settings": {"cycle": True}} | {"class": "CosineDecayRestarts"}:
            return True
        case {"class": "CosineDecay", "settings": {"warmup_target": warmup}}:
            return warmup is not None
    return False


def _between_epochs(boundaries: list[JSON], steps: int) -> bool:
    """Return whether each boundary is at the end of an epoch, at most one per end.

    A boundary belongs to the step before it, so it is often written one step too early or late.
    """
    numbers = [one for one in boundaries if isinstance(one, int | float)]
    ends = [round(number / steps) for number in numbers]
    near = all(abs(number - end * steps) <= 1 for number, end in zip(numbers, ends, strict=True))
    return near and len(numbers) == len(boundaries) == len({*ends})


def _shown(value: JSON) -> str:
    text = setting_name(value) if isinstance(value, dict | str) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _all_ones(weights: JSON) -> bool:
    return isinstance(weights, dict) and all(
        type(weight) in (int, float) and weight == 1 for weight in weights.values()
    )


def _sums_up_ones(summary: JSON) -> bool:
    return isinstance(summary, dict) and summary.get("minimum") == summary.get("maximum") == 1
