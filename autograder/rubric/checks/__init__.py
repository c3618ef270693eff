"""The registry of the kinds of check: one module per kind, found by looking into this folder.

A module holds everything about its kind: an item's fields, its validation at load, its judging, and its codes with
their sentences. It lists its items in `CHECKS`, its codes in `REASONS` and, if it has any, in `FLAGS`. No other module
needs to know it: the union of items, the catalogue of codes and the JSON Schema are built here.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import operator
import pkgutil
from collections.abc import Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from autograder.rubric import codes
from autograder.rubric.item import Item
from autograder.rubric.message import Message

_MODULES: Final[tuple[ModuleType, ...]] = tuple(
    importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
)


def collected(tables: Iterable[Mapping[str, Message]]) -> Mapping[str, Message]:
    """Merge tables of codes.

    Raises:
        ValueError: A code occurs twice, so one of its sentences would never be used.
    """
    names = [*itertools.chain.from_iterable(tables := [*tables])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"declared twice: {', '.join(twice)}")
    return MappingProxyType({name: message for table in tables for name, message in table.items()})


REASONS: Final = collected([codes.REASONS, *(module.REASONS for module in _MODULES)])
"""Every code of `Finding.reasons`."""
FLAGS: Final = collected([codes.FLAGS, *(module.FLAGS for module in _MODULES if hasattr(module, "FLAGS"))])
"""Every code of `Finding.flags` and `Grade.flags`."""
MESSAGES: Final = collected([REASONS, FLAGS])
"""Every code with its meaning and its sentences."""

KINDS: Final[tuple[type[Item], ...]] = tuple(kind for module in _MODULES for kind in module.CHECKS)
"""Every kind of item; pydantic rejects two with the same `check`."""

if TYPE_CHECKING:
    AnyItem = Item
else:
    AnyItem = Annotated[functools.reduce(operator.or_, KINDS), Field(discriminator="check")]
    """An item of any kind, discriminated by its `check`."""
