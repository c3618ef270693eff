"""What Keras's optimizers are set to unless somebody asks for something else, as Keras 3 has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from autograder.grading.agreement import same_setting
from autograder.records import JSON

_EVERY: Final[Mapping[str, JSON]] = MappingProxyType(
    {
        "weight_decay": None,
        "clipnorm": None,
        "global_clipnorm": None,
        "clipvalue": None,
        "use_ema": False,
        "loss_scale_factor": None,
        "gradient_accumulation_steps": None,
    }
)
_ADAM: Final[Mapping[str, JSON]] = MappingProxyType({"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7})

OPTIMIZER_DEFAULTS: Final[Mapping[str, Mapping[str, JSON]]] = MappingProxyType(
    {
        "Adadelta": {**_EVERY, "rho": 0.95, "epsilon": 1e-7},
        "Adagrad": {**_EVERY, "initial_accumulator_value": 0.1, "epsilon": 1e-7},
        "Adam": {**_EVERY, **_ADAM, "amsgrad": False},
        "AdamW": {**_EVERY, **_ADAM, "amsgrad": False, "weight_decay": 0.004},
        "Adamax": {**_EVERY, **_ADAM},
        "Lion": {**_EVERY, "beta_1": 0.9, "beta_2": 0.99},
        "Nadam": {**_EVERY, **_ADAM},
        "RMSprop": {**_EVERY, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
        "SGD": {**_EVERY, "momentum": 0.0, "nesterov": False},
    }
)
"""By Keras's class. The learning rate is left out, since a recipe tells every epoch's, and so are a name and the
settings of an average of the weights (`use_ema`), which say nothing while it is off."""


def unasked_settings(
    optimizer: str, settings: Mapping[str, JSON], asked: Mapping[str, JSON]
) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield the settings that are neither asked for nor as Keras sets them: name, value and Keras's own.

    Args:
        optimizer: Keras's class name.
        settings: The optimizer's settings, as they were recorded; one that is missing is taken for Keras's own.
        asked: What a recipe asks for.
    """
    for name, default in OPTIMIZER_DEFAULTS.get(optimizer, _EVERY).items():
        # No weight decay and one of zero are the same: what is off may be written in several ways.
        if name in settings and name not in asked and not same_setting(settings[name] or None, default or None):
            yield name, settings[name], default
