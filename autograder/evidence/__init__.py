"""Evidence: what a sandbox reported about a submission, once every type, size and number has been checked."""

from __future__ import annotations

from autograder.evidence.examination import claimed_variables, examine
from autograder.evidence.form_faults import is_blank
from autograder.evidence.shapes import conform

__all__ = ["claimed_variables", "conform", "examine", "is_blank"]
