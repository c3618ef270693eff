"""Grading: evidence, held against a rubric and against what reference runs gave, becomes a grade. Pure and fast."""

from __future__ import annotations

from autograder.grading.baseline import (
    DECIDING_PACKAGES,
    Baseline,
    ReferenceRun,
    Summary,
    build_baseline,
    load_baseline,
)
from autograder.grading.cautions import cautions
from autograder.grading.dead import is_dead
from autograder.grading.key_audit import ENOUGH, KeyAudit, OptionAudit, audit_keys
from autograder.grading.override import override
from autograder.grading.reasons import FLAGS, REASONS, REVIEW_PENDING
from autograder.grading.recipe import TrainingData
from autograder.grading.reference import Observed, observe, summarise
from autograder.grading.reproduction import Reproduction, reproduce
from autograder.grading.rubric import grade
from autograder.grading.select import Selection, select
from autograder.grading.tolerance import Interval

__all__ = [
    "DECIDING_PACKAGES",
    "ENOUGH",
    "FLAGS",
    "REASONS",
    "REVIEW_PENDING",
    "Baseline",
    "Interval",
    "KeyAudit",
    "Observed",
    "OptionAudit",
    "ReferenceRun",
    "Reproduction",
    "Selection",
    "Summary",
    "TrainingData",
    "audit_keys",
    "build_baseline",
    "cautions",
    "grade",
    "is_dead",
    "load_baseline",
    "observe",
    "override",
    "reproduce",
    "select",
    "summarise",
]
