"""The plugin: the real `otter run` on a student's notebook, which Otter then never executes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.otter import write_autograder_zip, write_hidden_tests
from autograder.reference import build_baseline
from autograder.rubric import load

pytestmark = pytest.mark.slow

RUBRIC = Path(__file__).parent.with_name("tiny.yml").read_text()
ATTACK = """
import os, pathlib
outside = os.path.exists("/etc/shadow")
q01_answer = "b"
class Always(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
q01_loss = Always(7)
"""


@pytest.fixture
def otter_run(tmp_path):
    """Run `otter run` with a built zip, and return Otter's results, None where it left none."""
    (tmp_path / "grading.yml").write_text(RUBRIC, encoding="utf-8")
    baseline = tmp_path / "baseline.json"
    baseline.write_text(build_baseline("practice", ()).to_json(), encoding="utf-8")
    specification = load(tmp_path / "grading.yml")
    write_hidden_tests(tmp_path / "tests", specification)
    archive = tmp_path / "autograder.zip"
    reference = {"practice/baseline.json": baseline}
    write_autograder_zip(archive, tmp_path / "tests", specification, tmp_path / "grading.yml", "practice", reference)

    def run(*cells):
        code = [
            {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
            for cell in cells
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": code}
        submission = tmp_path / "tiny.ipynb"
        submission.write_text(json.dumps(notebook), encoding="utf-8")
        command = [sys.executable, "-I", "-m", "otter", "run", "--no-logo", "-a", archive, "-o", tmp_path, submission]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        results = tmp_path / "results.json"
        return json.loads(results.read_text(encoding="utf-8")) if results.is_file() else None, done

    return run


def points(results):
    """Add up what the questions earned."""
    return sum(test["score"] for test in results["tests"] if "max_score" in test)


def test_a_right_notebook_earns_everything(otter_run):
    """Executed in the sandbox, scored by Otter."""
    results, done = otter_run('q01_answer = "b"', "q01_loss = 0.5")
    assert results is not None, done.stdout + done.stderr
    assert points(results) == 2


def test_an_attack_on_otter_earns_what_it_is_worth(otter_run, tmp_path):
    """A number that equals everything is not a number, and the notebook's code never ran beside the tests."""
    results, done = otter_run(ATTACK, f"open({str(tmp_path / 'escaped')!r}, 'w')")
    assert results is not None, done.stdout + done.stderr
    assert points(results) == 1
    assert not (tmp_path / "escaped").exists()
