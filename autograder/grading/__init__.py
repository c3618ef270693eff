"""Grading: turns evidence into a grade, by a rubric and by the results of reference runs. Pure and fast."""

from __future__ import annotations

from autograder.grading.judge import grade
from autograder.grading.key_audit import KeyAudit, Mark, audit_keys
from autograder.grading.override import override
from autograder.grading.select import Selection, select
from autograder.grading.summarising import Observed, observe, summarise

__all__ = [
    "KeyAudit",
    "Mark",
    "Observed",
    "Selection",
    "audit_keys",
    "grade",
    "observe",
    "override",
    "select",
    "summarise",
]
