"""The default settings of Keras 3's optimizers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from autograder.records import JSON
from autograder.rubric.closeness import same_setting

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
"""By Keras's class. Left out: the learning rate, which a recipe gives per epoch, the name, and the settings of the
weights' moving average (`use_ema`), which have no effect while it is off."""


def unasked_settings(
    optimizer: str, settings: Mapping[str, JSON], asked: Mapping[str, JSON]
) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield the settings that are neither asked for nor Keras's defaults: name, value, default.

    Args:
        optimizer: Keras's class name.
        settings: The optimizer's recorded settings; a missing one is taken to be the default.
        asked: The settings that a recipe asks for.
    """
    for name, default in OPTIMIZER_DEFAULTS.get(optimizer, _EVERY).items():
        # Something that is off can be written in several ways: no weight decay equals a weight decay of zero.
        if name in settings and name not in asked and not same_setting(settings[name] or None, default or None):
            yield name, settings[name], default
