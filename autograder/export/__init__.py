"""Export a class's marks to a learning platform: fill its own grade sheet, or write documents that it accepts.

    results ─► marks ─► matched with rows or users ─► changes ─► a new file

One module per platform describes its file format. `matching` assigns marks to rows and leaves out whatever is
ambiguous. Nothing here reads a notebook, a run or the rubric.
"""

from autograder.export.ags_scores import score as score_document
from autograder.export.destinations import FOLDER, Destination, ExportRequest, page_of, prepare
from autograder.export.marks import Mark, converted, marks_of
from autograder.export.outcome import CellChange, ExportOutcome, Held
from autograder.export.pseudonyms import Pseudonyms
from autograder.export.recipients import Recipients, User, find_recipients
from autograder.export.sheet_layout import rounded
from autograder.export.writing import write_outcome

__all__ = [
    "FOLDER",
    "CellChange",
    "Destination",
    "ExportOutcome",
    "ExportRequest",
    "Held",
    "Mark",
    "Pseudonyms",
    "Recipients",
    "User",
    "converted",
    "find_recipients",
    "marks_of",
    "page_of",
    "prepare",
    "rounded",
    "score_document",
    "write_outcome",
]  # fmt: skip
