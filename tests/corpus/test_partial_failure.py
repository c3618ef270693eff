"""A notebook that dies in any question keeps the questions before it, and its page says what was not reached."""

import json
import subprocess
import sys

import pytest
import yaml

from autograder.gradebook import Gradebook
from autograder.records import Detail

pytestmark = pytest.mark.slow

QUESTIONS = [f"q{number:02d}" for number in range(1, 11)]
DEATH = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture(scope="module")
def answers(root):
    """The item of each question's letter, as in the rubric."""
    rubric = yaml.safe_load((root / "grading.yml").read_text(encoding="utf-8"))
    return {name: question["items"]["answer"] for name, question in rubric["questions"].items()}


@pytest.fixture(scope="module")
def graded(root, answers, tmp_path_factory):
    """Grade ten notebooks by the real command: each answers every question, and dies in another one."""
    folder = tmp_path_factory.mktemp("dying")
    (folder / "class").mkdir()
    for dying in QUESTIONS:
        cells = [
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [],
                # The death comes after the assignment: values that a cell did not live to send do not count.
                "source": f'{name}_answer = "{answers[name]["key"]}"\n{DEATH if name == dying else ""}',
            }
            for name in QUESTIONS
        ]
        text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
        (folder / "class" / f"dies_in_{dying}.ipynb").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "autograder", "grade", str(folder / "class"), "--out", str(folder / "grades")]
    done = subprocess.run([*command, "--data", "practice"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "grades"


@pytest.mark.parametrize("dying", QUESTIONS)
def test_keeps_the_questions_before(graded, answers, dying):
    """Killed in one question: the letters before it are judged, the others missing, and the other cells not run.

    A letter of a question with measurements does not count by itself.
    """
    before = QUESTIONS.index(dying)
    with Gradebook.in_folder(graded) as book:
        grade = next(one for one in book.current_grades() if one.student == f"dies_in_{dying}")
        run = book.last_run(grade.job_id)
    letters = [finding.verdict.value for finding in grade.findings if finding.item == "answer"]
    judged = ["FAIL" if "requires" in answers[name] else "PASS" for name in QUESTIONS[:before]]
    assert letters == judged + ["MISSING"] * (len(QUESTIONS) - before)
    assert [cell.status for cell in run.cells] == ["ok"] * before + ["killed"] + ["not run"] * (9 - before)
    killed = Detail.of("ended.signal", signal="SIGKILL")
    assert grade.run_detail == Detail.of("ended.in_cell", how=killed, cell=before)
    assert [flag.code for flag in grade.flags] == ["run.incomplete"]


def test_the_page_says_what_was_not_reached(graded):
    """The page says which cell died and which were not run, counted from one."""
    page = (graded / "pages" / "dies_in_q07.html").read_text(encoding="utf-8")
    assert '<th scope="row">7</th><td>foi interrompida junto com o notebook' in page
    assert '<th scope="row">8 a 10</th><td>não chegou a ser executada' in page
    last = (graded / "pages" / "dies_in_q10.html").read_text(encoding="utf-8")
    assert "não chegou a ser executada" not in last
