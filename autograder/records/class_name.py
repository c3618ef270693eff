"""The name of a class or function as orders and the journal write it: `Dense`, or `Dense of __main__`."""

from __future__ import annotations

import dataclasses

_PLACED = " of "
"""Separates name and module. The payload writes it, and the keys of trainings depend on it."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClassName:
    """A name, and its module if that is not Keras."""

    name: str
    module: str = ""

    @classmethod
    def read(cls, text: str) -> ClassName:
        """Parse a name, ignoring settings in brackets after it.

        >>> ClassName.read("Dense of __main__").module
        '__main__'
        """
        return cls(*text.partition("(")[0].split(_PLACED, 1))

    @property
    def foreign(self) -> bool:
        """Whether it belongs to the notebook or another package, not to Keras."""
        return bool(self.module)
