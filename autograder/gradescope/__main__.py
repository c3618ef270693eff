"""`python -m autograder.gradescope ROOT SECONDS`: grade the submission under ROOT within SECONDS."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.gradescope.grading import grade_submission
from autograder.gradescope.layout import Layout

if __name__ == "__main__":
    grade_submission(Layout(Path(sys.argv[1])), float(sys.argv[2]))
