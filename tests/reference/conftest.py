"""An assignment of two questions for calibration."""

import pytest
from solved_notebook import RUBRIC, write_master

from autograder.assignment import open_assignment
from autograder.datasets import DataHome


@pytest.fixture
def assignment(tmp_path):
    """Create an assignment of two questions; the second one's number depends on the seed."""
    (tmp_path / "grading.yml").write_text(RUBRIC)
    write_master(tmp_path)
    return open_assignment(tmp_path / "grading.yml")


@pytest.fixture
def data(tmp_path):
    """Return data that no notebook reads."""
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    return DataHome("practice", tmp_path / "keras")
