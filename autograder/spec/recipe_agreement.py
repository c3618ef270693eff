"""Whether a training recipe asks for something that a training can be held against.

A layer's and an optimizer's settings are Keras's, so the model takes any key there; the known ones are named
here, since a misspelt one would be missing from every training of a class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from autograder.records import JSON
from autograder.spec.document import Fault, KeyPath
from autograder.spec.expected import is_number
from autograder.spec.items import RatesRecipe, TrainingRecipe
from autograder.spec.suggestion import nearest


def _is_count(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _are_counts(value: JSON) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_count, value))


def _is_word(value: JSON) -> bool:
    return isinstance(value, str)


def _is_switch(value: JSON) -> bool:
    return isinstance(value, bool)


Setting = tuple[Callable[[JSON], bool], str]
"""How to tell that a setting's value is one, and what to say if it is none."""

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
"""What a recipe may ask of a layer."""

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
"""What a recipe may ask of an optimizer; its learning rate stands under `rates`."""


def training_faults(keys: KeyPath, recipe: TrainingRecipe) -> Iterator[Fault]:
    """Yield what is wrong with the recipe that stands at `keys`."""
    if not recipe.layers:
        yield Fault((*keys, "layers"), "names no layer")
    for index, layer in enumerate(recipe.layers):
        yield from _setting_faults((*keys, "layers", index), layer.model_extra or {}, LAYER_SETTINGS, "count")
    yield from _setting_faults((*keys, "optimizer"), recipe.optimizer.model_extra or {}, OPTIMIZER_SETTINGS)
    yield from _rates_faults((*keys, "rates"), recipe.rates)


def _setting_faults(
    keys: KeyPath, given: Mapping[str, JSON], known: Mapping[str, Setting], *beside: str
) -> Iterator[Fault]:
    for name, value in given.items():
        if name not in known:
            names = (*beside, *known)
            near = nearest(name, names)
            remedy = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
            yield Fault((*keys, name), f"unknown key; {remedy}")
        elif not known[name][0](value):
            yield Fault((*keys, name), known[name][1])


def _rates_faults(keys: KeyPath, rates: RatesRecipe) -> Iterator[Fault]:
    if rates.decay is not None:
        if rates.constant_epochs is None:
            yield Fault((*keys, "constant_epochs"), "is missing; a decay needs to know after how many epochs it begins")
        return
    for name in ("constant_epochs", "rounded_digits"):
        if getattr(rates, name) is not None:
            yield Fault((*keys, name), "says nothing without a decay: add decay, or take this out")
