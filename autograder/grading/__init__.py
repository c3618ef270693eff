"""Grading: evidence, held against a rubric and against what reference runs gave, becomes a grade. Pure and fast."""

from __future__ import annotations

from autograder.grading.baseline import Baseline, ReferenceRun, Summary, build_baseline, load_baseline
from autograder.grading.dead import is_dead
from autograder.grading.reasons import FLAGS, REASONS
from autograder.grading.recipe import TrainingData
from autograder.grading.reference import summarise
from autograder.grading.rubric import grade
from autograder.grading.select import Selection, select
from autograder.grading.tolerance import Interval

__all__ = [
    "FLAGS",
    "REASONS",
    "Baseline",
    "Interval",
    "ReferenceRun",
    "Selection",
    "Summary",
    "TrainingData",
    "build_baseline",
    "grade",
    "is_dead",
    "load_baseline",
    "select",
    "summarise",
]
