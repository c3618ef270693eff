"""Admit journal entries (trainings, evaluations, loops, figures) as records, and report each one that is rejected.

An admitted entry has the form, sizes and numbers of a record, no more. An attested entry was written on the trusted
side; any other was reported by the student's process. How much either is worth is decided in grading.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pydantic import ValidationError

from autograder.evidence.shapes import LARGEST_NUMBER
from autograder.records import JSON, Detail, Evaluation, Figure, Loop, Training, from_json, shown

MAXIMUM_TRAININGS = 1_000
MAXIMUM_EVALUATIONS = 1_000
MAXIMUM_FIGURES = 100
MAXIMUM_LOOPS = 1_000
_MAXIMUM_VALUES = 250_000
"""The most values that one entry may hold. The sandbox limits the total size of all entries, in bytes."""
_MAXIMUM_DEPTH = 16
_MAXIMUM_TEXT = 200
_MAXIMUM_EPOCHS = 100_000
_MAXIMUM_LAYERS = 2_000
_MAXIMUM_NAMES = 100

Entry = TypeVar("Entry", Training, Evaluation, Figure, Loop)


def admit_trainings(entries: Sequence[JSON]) -> tuple[tuple[Training, ...], list[Detail]]:
    """Return the valid trainings, and why each other entry was rejected."""
    seen: set[int] = set()

    def fault(training: Training) -> Detail | None:
        if training.number in seen:
            return Detail.of("entry.number_taken", number=training.number)
        seen.add(training.number)
        return _training_fault(training)

    return _admit(entries, Training, Detail("kind.training"), MAXIMUM_TRAININGS, fault)


def admit_evaluations(
    entries: Sequence[JSON], trainings: Sequence[Training]
) -> tuple[tuple[Evaluation, ...], list[Detail]]:
    """Return the valid evaluations, and why each other entry was rejected."""
    numbers = {training.number for training in trainings}

    def fault(evaluation: Evaluation) -> Detail | None:
        if evaluation.training is not None and evaluation.training not in numbers:
            return Detail.of("entry.unknown_training", number=evaluation.training)
        return Detail("entry.results") if len(evaluation.results) > _MAXIMUM_NAMES else None

    return _admit(entries, Evaluation, Detail("kind.evaluation"), MAXIMUM_EVALUATIONS, fault)


def admit_figures(entries: Sequence[JSON]) -> tuple[tuple[Figure, ...], list[Detail]]:
    """Return the valid figures, and why each other entry was rejected."""
    return _admit(entries, Figure, Detail("kind.figure"), MAXIMUM_FIGURES, lambda _: None)


def admit_loops(entries: Sequence[JSON]) -> tuple[tuple[Loop, ...], list[Detail]]:
    """Return the valid custom training loops, and why each other entry was rejected."""

    def fault(loop: Loop) -> Detail | None:
        return None if loop.steps > 0 else Detail("entry.no_steps")

    return _admit(entries, Loop, Detail("kind.loop"), MAXIMUM_LOOPS, fault)


def _admit(
    entries: Sequence[JSON], record: type[Entry], kind: Detail, maximum: int, fault: Callable[[Entry], Detail | None]
) -> tuple[tuple[Entry, ...], list[Detail]]:
    admitted: list[Entry] = []
    faults: list[Detail] = []
    for position, entry in enumerate(entries[:maximum], start=1):
        found = _read(record, entry)
        why = found if isinstance(found, Detail) else fault(found)
        if why is not None:
            faults.append(Detail.of("journal.entry", kind=kind, position=position, fault=why))
        elif not isinstance(found, Detail):
            admitted.append(found)
    if len(entries) > maximum:
        faults.append(Detail.of("journal.too_many", kind=kind, count=len(entries), most=maximum))
    return tuple(admitted), faults


def _read(record: type[Entry], entry: JSON) -> Entry | Detail:
    """Return the record, or why the entry is not a valid one."""
    if not isinstance(entry, dict):
        return Detail("entry.no_object")
    unreasonable = next(_unreasonable(entry), None)
    if unreasonable is not None:
        return unreasonable
    # The frame's `type` was only needed to route the entry here. Validated from JSON text: pydantic's strict mode
    # accepts a list for a tuple in JSON only.
    text = json.dumps({key: value for key, value in entry.items() if key != "type"})
    try:
        return from_json(record, text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(shown(part, 40) for part in first["loc"])
        return Detail.of("entry.invalid", place=place, error=shown(first["msg"], 120))


def _unreasonable(entry: JSON) -> Iterator[Detail]:
    """Yield why an entry is too large or too deep to be validated. Iterative, so that nesting cannot harm."""
    stack: list[tuple[JSON, int]] = [(entry, 1)]
    values = 0
    while stack:
        value, depth = stack.pop()
        values += 1
        if values > _MAXIMUM_VALUES or depth > _MAXIMUM_DEPTH:
            yield Detail("entry.too_much")
            return
        match value:
            case str():
                if len(value) > _MAXIMUM_TEXT:
                    yield Detail.of("entry.text", characters=len(value))
            case bool() | None:
                pass
            case int() | float():
                if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
                    yield Detail("entry.number")
            case list():
                stack.extend((element, depth + 1) for element in value)
            case dict():
                stack.extend((key, depth + 1) for key in value)
                stack.extend((element, depth + 1) for element in value.values())


def _training_fault(training: Training) -> Detail | None:
    """Return why an entry is inconsistent, None if it is consistent."""
    if not 0 <= training.epochs <= _MAXIMUM_EPOCHS or training.batch_size < 0 or training.parameters < 0:
        return Detail("entry.impossible")
    if len(training.layers) > _MAXIMUM_LAYERS or max(len(training.metrics), len(training.options)) > _MAXIMUM_NAMES:
        return Detail("entry.parts")
    if len(training.rates) > training.epochs:
        return Detail.of("entry.rates", count=len(training.rates), epochs=training.epochs)
    if len(training.history) > _MAXIMUM_NAMES:
        return Detail("entry.history_names")
    longest = max(map(len, training.history.values()), default=0)
    return Detail.of("entry.history_length", epochs=training.epochs) if longest > training.epochs else None
