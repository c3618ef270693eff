"""Admit what was journalled (trainings, evaluations, loops, figures) as records, and refuse the rest by name.

Admitting an entry says that it has the form, sizes and numbers of a record. An attested entry was written on the
trusted side, any other is a claim of the student's process; what either is worth is for grading to say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pydantic import ValidationError

from autograder.evidence.shapes import LARGEST_NUMBER
from autograder.evidence.wording import shown
from autograder.records import JSON, Evaluation, Figure, Loop, Training, from_json

MAXIMUM_TRAININGS = 1_000
MAXIMUM_EVALUATIONS = 1_000
MAXIMUM_FIGURES = 100
MAXIMUM_LOOPS = 1_000
_MAXIMUM_VALUES = 250_000
"""An entry holds no more values than this. What all entries hold together is capped by the sandbox, in bytes."""
_MAXIMUM_DEPTH = 16
_MAXIMUM_TEXT = 200
_MAXIMUM_EPOCHS = 100_000
_MAXIMUM_LAYERS = 2_000
_MAXIMUM_NAMES = 100

Entry = TypeVar("Entry", Training, Evaluation, Figure, Loop)


def admit_trainings(entries: Sequence[JSON]) -> tuple[tuple[Training, ...], list[str]]:
    """Return the trainings among the entries, and why the others are none."""
    seen: set[int] = set()

    def fault(training: Training) -> str:
        if training.number in seen:
            return f"its number {training.number} was taken by an earlier one"
        seen.add(training.number)
        return _training_fault(training)

    return _admit(entries, Training, "training", MAXIMUM_TRAININGS, fault)


def admit_evaluations(
    entries: Sequence[JSON], trainings: Sequence[Training]
) -> tuple[tuple[Evaluation, ...], list[str]]:
    """Return the evaluations among the entries, and why the others are none."""
    numbers = {training.number for training in trainings}

    def fault(evaluation: Evaluation) -> str:
        if evaluation.training is not None and evaluation.training not in numbers:
            return f"it names training {shown(evaluation.training)}, which is not in the journal"
        return "it gives too many results" if len(evaluation.results) > _MAXIMUM_NAMES else ""

    return _admit(entries, Evaluation, "evaluation", MAXIMUM_EVALUATIONS, fault)


def admit_figures(entries: Sequence[JSON]) -> tuple[tuple[Figure, ...], list[str]]:
    """Return the figures among the entries, and why the others are none."""
    return _admit(entries, Figure, "figure", MAXIMUM_FIGURES, lambda _: "")


def admit_loops(entries: Sequence[JSON]) -> tuple[tuple[Loop, ...], list[str]]:
    """Return the training loops of the notebook's own among the entries, and why the others are none."""
    return _admit(
        entries, Loop, "loop", MAXIMUM_LOOPS, lambda loop: "" if loop.steps > 0 else "a loop of no steps is none"
    )


def _admit(
    entries: Sequence[JSON], kind: type[Entry], word: str, maximum: int, fault: Callable[[Entry], str]
) -> tuple[tuple[Entry, ...], list[str]]:
    admitted: list[Entry] = []
    faults: list[str] = []
    for position, entry in enumerate(entries[:maximum], start=1):
        found = _read(kind, entry)
        reason = found if isinstance(found, str) else fault(found)
        if reason:
            faults.append(f"{word} {position} was refused: {reason}")
        elif not isinstance(found, str):
            admitted.append(found)
    if len(entries) > maximum:
        faults.append(f"of {len(entries):,} {word}s only the first {maximum:,} were looked at")
    return tuple(admitted), faults


def _read(kind: type[Entry], entry: JSON) -> Entry | str:
    """Return the record, or why the entry is none."""
    if not isinstance(entry, dict):
        return "it is no object"
    unreasonable = next(_unreasonable(entry), "")
    if unreasonable:
        return unreasonable
    # A frame's `type` has done its work when the sandbox sorted it in here. JSON text, not the parsed values: only
    # in JSON does strictness let a list be a tuple.
    text = json.dumps({key: value for key, value in entry.items() if key != "type"})
    try:
        return from_json(kind, text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(shown(part, 40) for part in detail["loc"])
        return f"{place}: {shown(detail['msg'], 120)}"


def _unreasonable(entry: JSON) -> Iterator[str]:
    """Yield why an entry is too large in some way to be looked at further. Walks without recursion."""
    stack: list[tuple[JSON, int]] = [(entry, 1)]
    values = 0
    while stack:
        value, depth = stack.pop()
        values += 1
        if values > _MAXIMUM_VALUES or depth > _MAXIMUM_DEPTH:
            yield "it holds too much"
            return
        match value:
            case str():
                if len(value) > _MAXIMUM_TEXT:
                    yield f"it holds a text of {len(value):,} characters"
            case bool() | None:
                pass
            case int() | float():
                if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
                    yield "it holds a number that is too large or not finite"
            case list():
                stack.extend((element, depth + 1) for element in value)
            case dict():
                stack.extend((key, depth + 1) for key in value)
                stack.extend((element, depth + 1) for element in value.values())


def _training_fault(training: Training) -> str:
    """Return why the entry of a training contradicts itself; empty where it does not."""
    if not 0 <= training.epochs <= _MAXIMUM_EPOCHS or training.batch_size < 0 or training.parameters < 0:
        return "its epochs, batch size or parameters cannot be"
    if len(training.layers) > _MAXIMUM_LAYERS or max(len(training.metrics), len(training.options)) > _MAXIMUM_NAMES:
        return "it has too many layers, metrics or options"
    if len(training.rates) > training.epochs:
        return f"it has {len(training.rates)} learning rates for {training.epochs} epochs"
    if len(training.history) > _MAXIMUM_NAMES:
        return "its history has too many names"
    longest = max(map(len, training.history.values()), default=0)
    return f"its history is longer than its {training.epochs} epochs" if longest > training.epochs else ""
