"""Submissions that are more similar than the exercise explains: for a person to look at, never a verdict.

Equal numbers alone mean nothing: all train with the notebook's own seed, so correct solutions give the same digits. A
shared seed does not explain numbers that only one of two notebooks trained, nor equal saved numbers of two notebooks
whose executions differ.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from autograder.class_report.report_entries import ReportEntry
from autograder.rubric import codes
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec

Kind = Literal["file", "cells", "code", "numbers", "saved"]
"""The same file; the same code in every cell; much uncommon code; numbers of another's training; saved numbers."""

_UNTRAINED: Final = frozenset(
    {codes.NUMBERS_UNLINKED, codes.NUMBERS_UNTRAINED, codes.TRAINING_UNSEEN, codes.TRAINING_FOREIGN}
)
_DEAD: Final = frozenset({codes.NETWORK_DEAD})


@dataclasses.dataclass(frozen=True, slots=True)
class SimilarPair:
    """Students who share something: two, or all who share the same thing.

    `alike` is the share of the smaller one's uncommon code that the other has too; `item` is the item with equal
    numbers.
    """

    kind: Kind
    students: tuple[str, ...]
    alike: float = 1.0
    item: str = ""


def equal_hand_ins(entries: Sequence[ReportEntry]) -> Iterator[SimilarPair]:
    """Yield students who handed in the same file, or the same code in another file, if they answered anything."""
    answered = [entry for entry in entries if entry.evidence_sha256]
    same_file = list(_groups((entry.grade.notebook_sha256, entry.student) for entry in answered))
    yield from (SimilarPair("file", students) for students in same_file)
    same_code = _groups((entry.code_sha256, entry.student) for entry in answered if entry.code_sha256)
    yield from (SimilarPair("cells", students) for students in same_code if students not in same_file)


def equal_numbers(entries: Sequence[ReportEntry], key_spec: KeySpec) -> Iterator[SimilarPair]:
    """Yield students whose trained numbers are equal to the last digit without own trainings that explain it."""
    for question_name, question in key_spec.questions.items():
        for item_name, item in question.items.items():
            if isinstance(item, Interval):
                yield from _untrained(entries, item, f"{question_name}.{item_name}")
                yield from _saved(entries, item, f"{question_name}.{item_name}")


def _untrained(entries: Sequence[ReportEntry], item: Interval, place: str) -> Iterator[SimilarPair]:
    by_numbers: defaultdict[tuple[float, ...], list[ReportEntry]] = defaultdict(list)
    for entry in entries:
        if (numbers := _numbers(entry.obtained, item)) is not None:
            by_numbers[numbers].append(entry)
    for alike in by_numbers.values():
        if len(alike) > 1 and any(entry.says(place, _UNTRAINED) for entry in alike):
            # Students without a training come first: their numbers are another's, or come from a common source.
            ordered = sorted(alike, key=lambda entry: not entry.says(place, _UNTRAINED))
            yield SimilarPair("numbers", tuple(entry.student for entry in ordered), item=place)


def _saved(entries: Sequence[ReportEntry], item: Interval, place: str) -> Iterator[SimilarPair]:
    by_numbers: defaultdict[tuple[float, ...], list[ReportEntry]] = defaultdict(list)
    for entry in entries:
        if (numbers := _numbers(entry.saved, item)) is not None and not entry.says(place, _DEAD):
            by_numbers[numbers].append(entry)
    for alike in by_numbers.values():
        # An execution that gave no number contradicts nobody's saved numbers.
        executed = {_numbers(entry.obtained, item) for entry in alike} - {None}
        if len(alike) > 1 and len(executed) > 1:
            yield SimilarPair("saved", tuple(entry.student for entry in alike), item=place)


def _numbers(found: Mapping[str, float], item: Interval) -> tuple[float, ...] | None:
    """Return an item's numbers, None if any is missing."""
    return tuple(found[path] for path in item.values) if all(path in found for path in item.values) else None


def _groups(named: Iterable[tuple[Hashable, str]]) -> Iterator[tuple[str, ...]]:
    found: defaultdict[Hashable, list[str]] = defaultdict(list)
    for key, student in named:
        found[key].append(student)
    return (tuple(students) for students in found.values() if len(students) > 1)
