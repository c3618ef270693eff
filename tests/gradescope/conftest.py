"""A container's folders around an assignment of two items, whose notebooks take a second in the real sandbox."""

import dataclasses
import json
from pathlib import Path

import pytest
import yaml

from autograder import __version__
from autograder.gradescope import Layout, grade_submission
from autograder.grading import build_baseline
from autograder.otter_bridge import write_hidden_tests
from autograder.spec import load

TITLES = {
    "pt-BR": {"q01": "Perdas", "q01.answer": "Alternativa", "q01.loss": "Perda"},
    "en": {"q01": "Losses", "q01.answer": "Option", "q01.loss": "Loss"},
}


def rubric(feedback, release, seconds):
    """Return the tests' small rubric in two languages, with this policy and a loss that can be searched for."""
    made = yaml.safe_load(Path(__file__).parents[1].joinpath("tiny.yml").read_text(encoding="utf-8"))
    made["assignment"]["notebooks"] = {"en": "tiny.en.ipynb", "pt-BR": "tiny.pt-BR.ipynb"}
    made["limits"] |= {"cell_seconds": seconds, "notebook_seconds": seconds}
    made["policy"]["feedback"] = feedback
    made["questions"]["q01"]["items"]["loss"]["expected"] = 0.7315
    return yaml.safe_dump(made | {"release": release, "titles": TITLES}, allow_unicode=True)


def notebook(*cells, language="en"):
    """Return the text of a notebook with these code cells."""
    code = [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells]
    metadata = {"autograder": {"language": language}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": code})


@dataclasses.dataclass
class Container:
    """The folders, and what grading them left."""

    layout: Layout
    said: object

    def hand_in(self, *cells, name="tiny.en.ipynb", language="en"):
        """Put a notebook among what was handed in."""
        (self.layout.submission / name).write_text(notebook(*cells, language=language), encoding="utf-8")
        return self

    def grade(self, seconds=120):
        """Grade it and return the results."""
        grade_submission(self.layout, seconds, sandbox="bubblewrap")
        return json.loads(self.layout.results.read_text(encoding="utf-8"))

    def instructor_reads(self):
        """Return the lines for the instructor since the last time."""
        lines = self.said.readouterr().err.splitlines()
        return [line.removeprefix("instructor: ") for line in lines if line.startswith("instructor: ")]


@pytest.fixture
def make_container(tmp_path, capsys):
    """Make a container's folders; the rubric's policy is what a test says it is."""

    def make(feedback="hints", release=None, version=__version__, seconds=30):
        root = tmp_path / "autograder"
        assignment = root / "source" / "assignment"
        for folder in (assignment / "reference" / "practice", root / "submission", root / "keras" / "datasets"):
            folder.mkdir(parents=True)
        (assignment / "grading.yml").write_text(rubric(feedback, release or {}, seconds), encoding="utf-8")
        baseline = build_baseline("practice", ()).to_json()
        (assignment / "reference" / "practice" / "baseline.json").write_text(baseline, encoding="utf-8")
        write_hidden_tests(root / "source" / "tests", load(assignment / "grading.yml"))
        settings = {"version": version, "data": "practice", "time_limit_minutes": 10}
        (root / "source" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        return Container(Layout(Path(root)), capsys)

    return make
