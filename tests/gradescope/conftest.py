"""A container's folders with an assignment of two items, whose notebooks take a second in the real sandbox."""

import dataclasses
import json
from pathlib import Path

import pytest
import yaml

from autograder import __version__
from autograder.gradescope import Layout, grade_submission
from autograder.otter import write_hidden_tests
from autograder.reference import build_baseline
from autograder.rubric import load

TITLES = {
    "pt-BR": {"q01": "Perdas", "q01.answer": "Alternativa", "q01.loss": "Perda"},
    "en": {"q01": "Losses", "q01.answer": "Option", "q01.loss": "Loss"},
}


def rubric(feedback, release, seconds):
    """Return the tests' small rubric in two languages, with this policy and a recognisable loss."""
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
    """The folders, and the results of grading in them."""

    layout: Layout
    said: object

    def hand_in(self, *cells, name="tiny.en.ipynb", language="en"):
        """Add a notebook to the submission."""
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
    """Create a container's folders, with the policy that a test requests."""

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
