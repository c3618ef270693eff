"""Find submissions and read them: whose each is, which cells it has, what its own last cell said."""

from __future__ import annotations

from autograder.collect.claim import CLAIM_TYPE
from autograder.collect.exports import Export
from autograder.collect.notebook import mentions_any, read_asked_form, read_notebook
from autograder.collect.sources import NotSubmission
from autograder.collect.submissions import Collection, collect

__all__ = [
    "CLAIM_TYPE", "Collection", "Export", "NotSubmission", "collect", "mentions_any", "read_asked_form",
    "read_notebook",
]  # fmt: skip
