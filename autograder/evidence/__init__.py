"""Evidence: what a sandbox said of a submission, after every type, size and number was looked at."""

from __future__ import annotations

from autograder.evidence.examination import claimed_variables, examine
from autograder.evidence.shapes import conform, is_blank

__all__ = ["claimed_variables", "conform", "examine", "is_blank"]
