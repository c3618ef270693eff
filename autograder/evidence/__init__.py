"""Evidence: what a sandbox reported about a submission, once every type, size and number has been checked."""

from __future__ import annotations

from autograder.evidence.examination import claimed_variables, examine
from autograder.evidence.shapes import conform, is_blank

__all__ = ["claimed_variables", "conform", "examine", "is_blank"]
