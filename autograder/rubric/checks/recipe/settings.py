"""Which settings of layers and optimizers a recipe may ask for.

The model accepts any key as a layer's or an optimizer's setting. The known keys are listed here, because a misspelt one
would never match any training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from autograder.records import JSON
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.expected import is_number
from autograder.rubric.suggestion import nearest


def _is_count(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _are_counts(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_count, value))


def _is_word(value: JSON) -> bool:
    return isinstance(value, str)


def _is_switch(value: JSON) -> bool:
    return isinstance(value, bool)


Setting = tuple[Callable[[JSON], bool], str]
"""A predicate for a setting's value, and the message if it does not hold."""

_COUNT: Setting = (_is_count, "a whole number above 0 is due")
_COUNTS: Setting = (_are_counts, "a list of whole numbers such as [3, 3] is due")
_NUMBER: Setting = (is_number, "a number is due")
_WORD: Setting = (_is_word, "text is due")
_SWITCH: Setting = (_is_switch, "true or false is due")

LAYER_SETTINGS: Mapping[str, Setting] = {
    "units": _COUNT,
    "filters": _COUNT,
    "kernel_size": _COUNTS,
    "pool_size": _COUNTS,
    "strides": _COUNTS,
    "dilation_rate": _COUNTS,
    "groups": _COUNT,
    "padding": _WORD,
    "activation": _WORD,
    "use_bias": _SWITCH,
}
"""The settings that a recipe may ask of a layer."""

OPTIMIZER_SETTINGS: Mapping[str, Setting] = {
    "beta_1": _NUMBER,
    "beta_2": _NUMBER,
    "epsilon": _NUMBER,
    "momentum": _NUMBER,
    "rho": _NUMBER,
    "weight_decay": _NUMBER,
    "clipnorm": _NUMBER,
    "clipvalue": _NUMBER,
    "nesterov": _SWITCH,
    "amsgrad": _SWITCH,
    "centered": _SWITCH,
}
"""The settings that a recipe may ask of an optimizer; its learning rate is given by `rates`."""


def setting_faults(
    keys: KeyPath, given: Mapping[str, JSON], known: Mapping[str, Setting], *beside: str
) -> Iterator[Fault]:
    """Yield a fault for each setting at `keys` that is unknown or has an impossible value."""
    for name, value in given.items():
        if name not in known:
            names = (*beside, *known)
            near = nearest(name, names)
            remedy = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
            yield Fault((*keys, name), f"unknown key; {remedy}")
        elif not known[name][0](value):
            yield Fault((*keys, name), known[name][1])
