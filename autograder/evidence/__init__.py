"""Evidence: what a sandbox said of a submission, after every type, size and number was looked at."""

from __future__ import annotations

from autograder.evidence.examination import examine
from autograder.evidence.shapes import conform

__all__ = ["conform", "examine"]
