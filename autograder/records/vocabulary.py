"""Every code of a detail with its fields. Cells are counted from 0, as in the notebook's file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_NESTED: Final = object
"""The type of a field that holds a nested detail."""

VOCABULARY: Final[Mapping[str, Mapping[str, type]]] = MappingProxyType(
    {
        # How a value misses its expected form.
        "value.instead": {"found": _NESTED, "due": _NESTED},
        "value.element": {"index": int, "fault": _NESTED},
        "value.and_more": {"fault": _NESTED, "more": int},
        "value.number_count": {"count": int, "due": int},
        "value.word_count": {"count": int, "due": int},
        "value.no_key": {"keys": tuple, "found": tuple},
        "value.word_twice": {"word": str},
        "value.absent": {},
        # What was found.
        "found.nothing": {},
        "found.true": {},
        "found.false": {},
        "found.number": {},
        "found.text": {},
        "found.list": {},
        "found.dictionary": {},
        "found.table": {},
        "found.record": {},
        "found.set": {},
        "found.truths": {},
        "found.not_finite": {},
        "found.too_large": {},
        "found.word": {"word": str},
        "found.foreign_letter": {"letter": str, "name": str},
        # What may be meant as an answer, but can be read in more than one way.
        "value.doubtful": {"found": _NESTED, "due": _NESTED},
        # What was found and cannot be encoded as JSON.
        "unsupported.class": {"name": str, "module": str},
        "unsupported.iterator": {"name": str},
        "unsupported.absent_module": {"module": str},
        "unsupported.array": {"dtype": str},
        "unsupported.key_class": {"name": str, "module": str},
        "unsupported.same_keys": {"key": str},
        "unsupported.key_not_unicode": {},
        "unsupported.not_unicode": {},
        "unsupported.not_finite": {},
        "unsupported.integer": {"bits": int},
        "unsupported.nesting": {},
        "unsupported.bytes": {"bytes": int},
        "unsupported.elements": {"count": int},
        "unsupported.unreadable": {},
        # What was expected.
        "due.number": {},
        "due.numbers": {"count": int},
        "due.word": {},
        "due.words": {"count": int},
        "due.one_word": {"words": tuple},
        "due.letter": {"letters": tuple},
        "due.dictionary": {},
        # Why a run ended.
        "time.notebook": {"seconds": float},
        "time.cell": {"cell": int, "seconds": float},
        "time.start": {"seconds": float},
        "limit.output": {"mebibytes": int},
        "limit.memory": {"mebibytes": int},
        "limit.processes": {"processes": int},
        "limit.evidence_bytes": {"bytes": int},
        "limit.evidence_elements": {"count": int},
        "ended.machine_memory": {},
        "ended.signal": {"signal": str},
        "ended.status": {"status": int},
        "ended.pipe": {},
        "ended.in_cell": {"how": _NESTED, "cell": int},
        "ended.protocol": {"error": str},
        "ended.before_first_cell": {"how": _NESTED},
        "ended.saying": {"how": _NESTED, "output": str},
        "error": {"error": str},
        # Why a cell was ended early.
        "cell.interrupted": {"seconds": float},
        "cell.trainings": {},
        # What was left out or replaced in a cell because it does not work in the sandbox.
        "environment.backend": {"backend": str},
        "environment.module": {"module": str},
        "environment.magic": {"magic": str},
        "environment.statement": {"statement": str, "error": str},
        # What depends on a failed cell.
        "dependents": {"variables": tuple, "cells": tuple},
        # What was rejected from the journal.
        "journal.entry": {"kind": _NESTED, "position": int, "fault": _NESTED},
        "journal.too_many": {"kind": _NESTED, "count": int, "most": int},
        "journal.call": {"cell": int, "error": str},
        "journal.and_more": {"more": int},
        "kind.training": {},
        "kind.evaluation": {},
        "kind.figure": {},
        "kind.loop": {},
        "entry.no_object": {},
        "entry.invalid": {"place": str, "error": str},
        "entry.too_much": {},
        "entry.text": {"characters": int},
        "entry.number": {},
        "entry.number_taken": {"number": int},
        "entry.unknown_training": {"number": int},
        "entry.results": {},
        "entry.no_steps": {},
        "entry.impossible": {},
        "entry.parts": {},
        "entry.rates": {"count": int, "epochs": int},
        "entry.history_names": {},
        "entry.history_length": {"epochs": int},
        # What is wrong with the values saved by the notebook's last cell.
        "claim.unreadable": {"error": str},
        "claim.version": {"version": str, "due": int},
        "claim.form": {},
        # What judging found or expected.
        "word.yes": {},
        "word.no": {},
        "interval.range": {"lower": float, "upper": float},
        "recipe.rate": {"epoch": int, "rate": float},
        # How a training began otherwise than Keras begins one.
        "initial.unseen": {},
        "initial.not_finite": {"layer": str},
        "initial.bias": {"layer": str},
        "initial.scale": {"layer": str},
        "initial.constant": {"layer": str},
        "initial.kernel_bounds": {"layer": str},
        "initial.kernel_spread": {"layer": str},
        "initial.kernel_copied": {"layer": str},
        "initial.optimizer": {"optimizer": str},
        "recipe.data": {"shape": str, "mean": float, "std": float, "minimum": float, "maximum": float},
    }
)
