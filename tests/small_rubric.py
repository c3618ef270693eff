"""A rubric of which a test writes the questions alone."""

import pytest

from autograder.errors import ConfigurationError
from autograder.rubric import load

HEAD = """\
assignment: {name: quiz, points: 2, notebooks: {en: notebooks}, reference: reference}
limits:
  cell_seconds: 60
  notebook_seconds: 600
  memory_mebibytes: 1024
  processes: 64
  output_mebibytes: 8
  files_mebibytes: 64
  evidence_mebibytes: 8
policy:
  claimed: review
  feedback: hints
  tolerance: {coverage: 0.99, confidence: 0.95, minimum_runs: 8, fallback_log: 0.5, fallback_logit: 1.0}
"""


def read(tmp_path, questions):
    """Load a rubric with these questions."""
    path = tmp_path / "grading.yml"
    path.write_text(HEAD + questions, encoding="utf-8")
    return load(path)


def faults_of(tmp_path, questions):
    """Return the lines on what is wrong with these questions."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, questions)
    return caught.value.faults
