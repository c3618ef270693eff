"""A fact to report (why a run ended, how a value misses its form) as a code with fields.

Stages never pass sentences to each other. They use codes of `VOCABULARY`, branch on codes and fields only, and `report`
turns them into the reader's language.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any, Final

from autograder.records.shown import shown
from autograder.records.vocabulary import VOCABULARY

_LONGEST_TEXT: Final = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Detail:
    """A code and its fields. Texts in fields may be untrusted: they are displayed, never interpreted."""

    code: str
    fields: dict[str, Field] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **fields: Field) -> Detail:
        """Return the detail of a code with its fields."""
        return cls(code, fields)

    def __hash__(self) -> int:
        return hash((self.code, *self.fields.items()))

    def __str__(self) -> str:
        """Return code and fields, for messages to the operator where no sentence is available."""
        fields = ", ".join(f"{name}: {value}" for name, value in self.fields.items())
        return f"{self.code} ({fields})" if fields else self.code

    def inert(self, longest: int = _LONGEST_TEXT) -> Detail:
        """Return the same with every text shortened, on one line, and without terminal control characters."""
        return Detail(self.code, {name: _inert(value, longest) for name, value in self.fields.items()})


Field = str | int | float | tuple[str, ...] | Detail
"""The value of a field: a text, which may be untrusted, a number, some names, or a nested detail."""


def admit_detail(value: Any, codes: Collection[str]) -> Detail | None:
    """Parse a detail from an untrusted process; None if it is not one of `codes` with that code's fields."""
    if not isinstance(value, dict) or set(value) != {"code", "fields"}:
        return None
    code, fields = value["code"], value["fields"]
    if not isinstance(code, str) or code not in codes or not isinstance(fields, dict):
        return None
    kinds = VOCABULARY[code]
    if fields.keys() != kinds.keys() or any(type(fields[name]) is not kind for name, kind in kinds.items()):
        return None
    return Detail(code, fields).inert()


def is_known(detail: Detail) -> bool:
    """Return whether a detail from another machine has a known code, with that code's fields and nothing else."""
    kinds = VOCABULARY.get(detail.code)
    if kinds is None or kinds.keys() != detail.fields.keys():
        return False
    return all(_has_kind(detail.fields[name], kind) for name, kind in kinds.items())


def _has_kind(value: Field, kind: object) -> bool:
    if isinstance(value, Detail):
        # A nested detail has no type of its own in the vocabulary.
        return kind is object and is_known(value)
    return type(value) is kind or (kind is float and type(value) is int)


def _inert(value: Field, longest: int) -> Field:
    match value:
        case str():
            return shown(value, longest)
        case tuple():
            return tuple(shown(text, longest) for text in value)
        case Detail():
            return value.inert(longest)
    return value
