"""Find and read submissions: their owners, their code cells, and the evidence that their last cell saved."""

from __future__ import annotations

from autograder.collect.cell_outputs import CellOutput, read_cell_outputs
from autograder.collect.exports import Export
from autograder.collect.notebook import mentions_any, read_asked_form, read_notebook
from autograder.collect.saved_evidence import EVIDENCE_TYPE
from autograder.collect.sources import NotSubmission
from autograder.collect.submissions import Collection, collect

__all__ = [
    "EVIDENCE_TYPE", "CellOutput", "Collection", "Export", "NotSubmission", "collect", "mentions_any",
    "read_asked_form", "read_cell_outputs", "read_notebook",
]  # fmt: skip
