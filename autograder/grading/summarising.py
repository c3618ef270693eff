"""Summarise a reference run: the numbers and data for a baseline, and where the run breaks its own rubric."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from autograder.grading.linking import LinkedNumbers
from autograder.grading.matching import MatchedTraining, find_parts
from autograder.grading.number_sources import source_of
from autograder.grading.select import Selection, select
from autograder.records import Evidence, Values
from autograder.reference import RunSummary, Trainings, is_dead
from autograder.rubric.checks.interval import Interval
from autograder.rubric.checks.recipe import Recipe, TrainingData
from autograder.rubric.model import KeySpec, Question


@dataclasses.dataclass(frozen=True, slots=True)
class Observed:
    """A reference run's evidence, and the paths of numbers from its dead networks."""

    evidence: Evidence
    dead: tuple[str, ...]


def observe(evidence: Evidence, key_spec: KeySpec) -> Observed:
    """Find the dead networks in a run of the solved notebook."""
    return Observed(evidence, summarise(evidence, key_spec).dead)


def summarise(evidence: Evidence, key_spec: KeySpec) -> RunSummary:
    """Extract the baseline's numbers and data from a run of the solved notebook.

    Questions that were not run are left out. A training that breaks its recipe is a fault: the solved notebook and the
    rubric disagree. So is a number that no training gave, if its question has recipes; without recipes, a number need
    not come from a training.
    """
    journal = LinkedNumbers(evidence)
    values: dict[str, float] = {}
    dead: list[str] = []
    trainings: Trainings = {}
    faults: list[str] = []
    for question_name, question in key_spec.questions.items():
        recipes = []
        for name, item in question.items.items():
            if isinstance(item, Recipe):
                parts = find_parts(item, journal, lambda _: None, ())
                recipes.append((item, parts))
                faults += [f"{question_name}.{name}{fault}" for part in parts for fault in _faults(part)]
                if seen := {part.variant: data for part in parts if (data := _seen(part))}:
                    trainings[f"{question_name}.{name}"] = seen
        for path, selection in _selected(question, evidence.executed):
            if selection.state == "malformed":
                faults.append(f"{selection.fault_path}: {selection.fault}")
                continue
            values[path] = float(selection.value)
            if not recipes:
                continue
            part = source_of(path, values[path], recipes, journal, lambda _: False).part
            if part is None or part.training is None:
                faults.append(f"{path}: no training gave this number")
            elif is_dead(part.training):
                dead.append(path)
    return RunSummary(values, tuple(dead), trainings, tuple(dict.fromkeys(faults)))


def _selected(question: Question, values: Values) -> Iterator[tuple[str, Selection]]:
    """Yield the path and the selection of each number that an interval judges and that was assigned."""
    for item in question.items.values():
        for path in item.values if isinstance(item, Interval) else ():
            selection = select(values, path)
            if selection.state != "missing":
                yield path, selection


def _faults(part: MatchedTraining) -> list[str]:
    variant = f" {part.variant}" if part.variant else ""
    if part.state == "missing":
        return []
    if not part.linked:
        return [f"{variant}: no training gave the reported numbers"]
    return [f"{variant}: {reason.code}: {reason.found}, asked {reason.expected}" for reason in part.differences]


def _seen(part: MatchedTraining) -> TrainingData | None:
    training = part.training
    if training is None or not part.holds:
        return None
    return TrainingData(training.inputs, training.targets, training.validation, part.evaluated)
