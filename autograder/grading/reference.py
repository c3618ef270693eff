"""What one reference run says: the numbers and data that a baseline is made of, and where it breaks its own rubric."""

from __future__ import annotations

import dataclasses

from autograder.grading.baseline import Summary, Trainings
from autograder.grading.dead import is_dead
from autograder.grading.journal import Part, find_parts
from autograder.grading.linking import Journal
from autograder.grading.recipe import TrainingData
from autograder.grading.select import select
from autograder.grading.sources import source_of
from autograder.records import Evidence
from autograder.spec.items import Interval, Recipe
from autograder.spec.model import KeySpec


@dataclasses.dataclass(frozen=True, slots=True)
class Observed:
    """A reference run's evidence, and the paths of the numbers that its dead networks gave."""

    evidence: Evidence
    dead: tuple[str, ...]


def observe(evidence: Evidence, key_spec: KeySpec) -> Observed:
    """Look for dead networks in a run of the solved notebook."""
    return Observed(evidence, summarise(evidence, key_spec).dead)


def summarise(evidence: Evidence, key_spec: KeySpec) -> Summary:
    """Extract from a run of the solved notebook what gradings are held against.

    Questions that the run left out are left out of the summary as well. A training that breaks its recipe, or a
    number that no training gave, is a fault: the solved notebook and the rubric do not agree.
    """
    journal = Journal(evidence)
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
        paths = [path for item in question.items.values() if isinstance(item, Interval) for path in item.values]
        for path in paths:
            selection = select(evidence.executed, path)
            if selection.state == "malformed":
                faults.append(f"{selection.fault_path}: {selection.fault}")
            if selection.state != "given":
                continue
            values[path] = float(selection.value)
            part = source_of(path, values[path], recipes, journal, lambda _: False).part
            if part is None or part.training is None:
                faults.append(f"{path}: no training gave this number")
            elif is_dead(part.training):
                dead.append(path)
    return Summary(values, tuple(dead), trainings, tuple(dict.fromkeys(faults)))


def _faults(part: Part) -> list[str]:
    variant = f" {part.variant}" if part.variant else ""
    if part.state == "missing":
        return []
    if not part.linked:
        return [f"{variant}: no training gave the reported numbers"]
    return [f"{variant}: {reason.code}: {reason.found}, asked {reason.expected}" for reason in part.differences]


def _seen(part: Part) -> TrainingData | None:
    training = part.training
    if training is None or not part.holds:
        return None
    return TrainingData(training.inputs, training.targets, training.validation, part.evaluated)
