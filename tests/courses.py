"""A course of two items and notebooks that take a second, for the tests that grade with the real command."""

import json
from pathlib import Path

from autograder.grading import build_baseline

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
