"""A stochastic number without a network: calibrated, audited and graded like any other, without a journal."""

import json
from pathlib import Path

import pytest

from autograder.assignment import open_assignment
from autograder.audit import audit
from autograder.calibrate import calibrate, rebuild_baseline
from autograder.calibration_plan import plan_runs
from autograder.datasets import DataHome
from autograder.grading import grade
from autograder.reference import read_runs

pytestmark = pytest.mark.slow

HEAD = (Path(__file__).parents[1] / "tiny.yml").read_text(encoding="utf-8").partition("questions:")[0]
RUBRIC = (
    HEAD
    + """\
questions:
  q01:
    variables:
      q01_errors: {type: map, keys: [few, many], of: {type: number}}
      q01_answer: {type: letter, options: ab}
    items:
      errors: {points: 1, check: interval, scale: log, values: [q01_errors.few, q01_errors.many]}
      answer:
        points: 1
        check: choice
        value: q01_answer
        key: a
        requires: [errors]
        claims:
          a: [{claim: less, left: q01_errors.many, right: q01_errors.few}]
          b: [{claim: less, left: q01_errors.few, right: q01_errors.many}]
"""
)
CELLS = (
    "semente = 21",
    """\
import numpy
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

def error(rows):
    x, y = load_diabetes(return_X_y=True)
    x, x_test, y, y_test = train_test_split(x, y, train_size=rows, random_state=semente)
    return mean_squared_error(y_test, Ridge(alpha=0.01).fit(x, y).predict(x_test))

q01_errors = {"few": error(20), "many": error(300)}
""",
    'q01_answer = "a"',
)


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    """Calibrate the assignment: the notebook's own seed, and seven others."""
    folder = tmp_path_factory.mktemp("no-keras")
    (folder / "grading.yml").write_text(RUBRIC)
    cells = [
        {
            "cell_type": "code",
            "metadata": {} if number else {"tags": ["parameters"]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(CELLS)
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "tiny.ipynb").write_text(json.dumps(notebook))
    (folder / "keras" / "datasets").mkdir(parents=True)
    data = DataHome("practice", folder / "keras")
    opened = open_assignment(folder / "grading.yml")
    pending = plan_runs(opened, data, range(1, 8), ()).pending
    assert len(list(calibrate(opened, data, pending, "auto", 2, lambda *_: None))) == 8
    rebuild_baseline(opened, "practice")
    return opened


def test_its_numbers_make_an_interval(assignment):
    """Eight seeds give eight numbers by path, without any training and without warnings."""
    baseline = assignment.baseline("practice")
    items = assignment.specification.key_spec.questions["q01"].items
    policy = assignment.specification.policy.tolerance
    bounds = baseline.interval("q01_errors.few", items["errors"], policy)
    numbers = [run.summary.values["q01_errors.few"] for run in baseline.runs]
    assert (len({*numbers}), bounds.runs, bounds.dead) == (8, 8, 0)
    assert bounds.source == "tolerance interval"
    assert bounds.lower < min(numbers) < max(numbers) < bounds.upper
    assert baseline.trainings == {}
    assert assignment.cautions("practice") == ()


def test_its_key_is_audited(assignment):
    """More rows give the smaller error under every seed."""
    (key,) = audit(assignment, "practice").keys
    assert (key.mark, key.runs, key.of_key.alone) == ("holds", 8, 8)


def test_each_of_its_runs_gets_every_point(assignment):
    """Numbers of a question without a recipe need no training, and the letter beside them counts."""
    key_spec, baseline = assignment.specification.key_spec, assignment.baseline("practice")
    for run in read_runs(assignment.runs_folder("practice")):
        given = grade(run.evidence, key_spec, baseline)
        assert given.points == 2.0, given.findings
        assert not any(finding.flags for finding in given.findings)
