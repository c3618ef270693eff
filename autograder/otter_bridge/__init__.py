"""Everything Otter: building with Otter Assign, the hidden tests, the autograder zip, the score it gives to evidence.

Otter builds what students get and counts points; it never runs a student's code. What it scores is a notebook
of plain values that our own sandbox collected, through tests that ask our own rubric.

    master ──assign──► student notebook        evidence ──values_notebook──► literals ─┐
    grading.yml ──write_hidden_tests──► tests ──write_autograder_zip──► zip ───────────┴─► OtterScore
"""

from autograder.otter_bridge.assign import Assigned, assign, write_students_zip
from autograder.otter_bridge.gate import BuildCheck, BuildReport, Trial, check_build
from autograder.otter_bridge.hidden_tests import ASSIGNMENT_FOLDER, write_autograder_zip, write_hidden_tests
from autograder.otter_bridge.notebooks import write_notebook
from autograder.otter_bridge.score import ASSIGNMENT_NAME, OtterScore, score_in_process, score_with_otter_run
from autograder.otter_bridge.values_notebook import DATA_NAME, evidence_of, read_values, values_notebook

__all__ = [
    "ASSIGNMENT_FOLDER",
    "ASSIGNMENT_NAME",
    "DATA_NAME",
    "Assigned",
    "BuildCheck",
    "BuildReport",
    "OtterScore",
    "Trial",
    "assign",
    "check_build",
    "evidence_of",
    "read_values",
    "score_in_process",
    "score_with_otter_run",
    "values_notebook",
    "write_autograder_zip",
    "write_hidden_tests",
    "write_notebook",
    "write_students_zip",
]
