"""The records that cross the boundary between two stages: frozen, JSON both ways, never live objects.

    Job ──► Run ──► Evidence ──► Grade
            (raw)   (checked)    (Finding, one per item)

`Run` holds what a sandbox reported, as unchecked plain JSON. `Evidence` holds the same once every type, size and number
has been checked. No stage after `Evidence` needs to distrust its input.
"""

from autograder.records.account import UNKNOWN, Account, Platform
from autograder.records.class_name import ClassName
from autograder.records.detail import Detail, Field, admit_detail, is_known
from autograder.records.evidence import (
    ABSENT,
    DataSummary,
    Evaluation,
    Evidence,
    Figure,
    Layer,
    Loop,
    Training,
    Values,
)
from autograder.records.execution import JSON, Cell, CellOutcome, Job, Language, Run, RunVerdict, TrainingMode, Usage
from autograder.records.grades import CellNote, Comparison, Finding, Grade, Reason, Verdict, total_points
from autograder.records.json_text import Record, from_json, to_json
from autograder.records.languages import spoken_language
from autograder.records.names import collation_key, folded, printable, shell_word
from autograder.records.refusal import Refusal, SubmissionError
from autograder.records.roster import Person, Roster
from autograder.records.shown import shown, shown_lines
from autograder.records.vocabulary import VOCABULARY

__all__ = [
    "ABSENT", "JSON", "UNKNOWN", "VOCABULARY", "Account", "Cell", "CellNote", "CellOutcome", "ClassName", "Comparison",
    "DataSummary", "Detail", "Evaluation", "Evidence", "Field", "Figure", "Finding", "Grade", "Job", "Language",
    "Layer", "Loop", "Person", "Platform", "Reason", "Record", "Refusal", "Roster", "Run",
    "RunVerdict", "SubmissionError", "Training", "TrainingMode", "Usage", "Values", "Verdict", "admit_detail",
    "collation_key", "folded", "from_json", "is_known", "printable", "shell_word", "shown", "shown_lines",
    "spoken_language", "to_json", "total_points",
]  # fmt: skip
