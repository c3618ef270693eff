"""What crosses a boundary between two stages: frozen records, JSON both ways, never live objects.

    Job ──► Run ──► Evidence ──► Grade
            (raw)   (checked)    (Finding, one per item)

`Run` holds what a sandbox said, as it said it: plain JSON that nobody has judged yet. `Evidence` holds the same
after every type, size and number was looked at. Nothing after `Evidence` needs to distrust its input.
"""

from autograder.records.evidence import (
    NOT_THERE,
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
from autograder.records.grades import Comparison, Finding, Grade, Reason, Verdict, total_points
from autograder.records.json_text import Record, from_json, to_json
from autograder.records.names import collation_key, folded, printable, shell_word
from autograder.records.refusal import Refusal

__all__ = [
    "JSON", "NOT_THERE", "Cell", "CellOutcome", "Comparison", "DataSummary", "Evaluation", "Evidence", "Figure",
    "Finding", "Grade", "Job", "Language", "Layer", "Loop", "Reason", "Record", "Refusal", "Run", "RunVerdict",
    "Training", "TrainingMode", "Usage", "Values", "Verdict", "collation_key", "folded", "from_json", "printable",
    "shell_word", "to_json", "total_points",
]  # fmt: skip
