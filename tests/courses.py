"""A course of two items with notebooks that take a second, for tests that grade with the real command."""

import json
from pathlib import Path

from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import AutograderError
from autograder.reference import build_baseline

RUBRIC = Path(__file__).with_name("tiny.yml").read_text(encoding="utf-8")
RIGHT = ('q01_answer = "b"', "q01_loss = 0.5")
WRONG = ('q01_answer = "c"', "q01_loss = 0.5")


def notebook(*cells, **changes):
    """Return the text of a notebook with these code cells."""
    code = [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code} | changes)


def make_course(folder):
    """Write a rubric, a baseline without runs and an empty class into a folder."""
    (folder / "grading.yml").write_text(RUBRIC)
    (folder / "reference" / "practice" / "trainings").mkdir(parents=True)
    (folder / "reference" / "practice" / "baseline.json").write_text(build_baseline("practice", ()).to_json())
    (folder / "class").mkdir()


def command(*arguments):
    """Run a command in this process, and return its exit code, what it printed and the lines that it said."""
    done = CliRunner().invoke(app, list(arguments))
    if isinstance(done.exception, AutograderError):
        return 2, done.stdout, str(done.exception).splitlines()
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr.splitlines()
