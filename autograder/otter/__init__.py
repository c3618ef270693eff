"""Everything related to Otter: Otter Assign, hidden tests, the autograder zip, and scoring evidence.

Otter builds the students' files and counts points, but never runs a student's code. It scores a notebook of plain
values, collected by our sandbox, with tests that apply our rubric.

    master ──assign──► student notebook        evidence ──values_notebook──► literals ─┐
    rubric ──write_hidden_tests──► tests ──write_autograder_zip──► zip ───────────┴─► OtterScore
"""

from autograder.otter.assign import Assigned, assign, write_students_zip
from autograder.otter.gate import BuildCheck, BuildReport, LanguageBuild, check_build
from autograder.otter.hidden_tests import RUBRIC_MEMBER, write_autograder_zip, write_hidden_tests
from autograder.otter.notebooks import write_notebook
from autograder.otter.score import RUBRIC_NAME, OtterScore, score_in_process, score_with_otter_run
from autograder.otter.standard_cells import SEED_TAG
from autograder.otter.values_notebook import DATA_NAME, evidence_of, read_values, values_notebook

__all__ = [
    "DATA_NAME",
    "RUBRIC_MEMBER",
    "RUBRIC_NAME",
    "SEED_TAG",
    "Assigned",
    "BuildCheck",
    "BuildReport",
    "LanguageBuild",
    "OtterScore",
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
