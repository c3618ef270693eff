"""What students are told before handing in: in the notebook's language, without the key, for a copy in any state."""

import json
import shutil
import subprocess
import sys

import pytest

from autograder.check import check_notebook, form_of
from autograder.collect import EVIDENCE_TYPE
from autograder.report import hand_in_text
from autograder.rubric import load

FORM = {
    "q01": {
        "q01_answer": {"type": "letter", "options": "abcd"},
        "q01_losses": {"type": "map", "keys": ["a", "b"], "of": {"type": "number"}},
    },
    "q02": {"q02_order": {"type": "words", "words": ["x", "y"], "length": 2}},
}
RIGHT = {"q01_answer": "D", "q01_losses": {"a": 1.5, "b": 2}, "q02_order": ["y", "x"]}


@pytest.fixture
def write(tmp_path):
    """Write a notebook with saved values, and with the expected form unless its metadata were stripped."""

    def make(variables=None, *, language="en", form=FORM, claim=None, name="work.ipynb"):
        bundle = claim if claim is not None else {"version": 1, "language": language, "variables": variables}
        output = {"output_type": "display_data", "metadata": {}, "data": {EVIDENCE_TYPE: bundle}}
        outputs = [output] if variables is not None or claim is not None else []
        metadata = {"autograder": {"language": language, **({"questions": form} if form else {})}}
        cell = {"cell_type": "code", "metadata": {}, "source": "raise SystemExit", "outputs": outputs}
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [cell]}
        (tmp_path / name).write_text(json.dumps(notebook))
        return tmp_path / name

    return make


def test_a_complete_notebook_is_told_so(write):
    """Every question is ok, and the text does not suggest that ok means correct."""
    found = check_notebook(write(RIGHT))
    assert found.complete
    assert hand_in_text(found).splitlines() == [
        "work.ipynb: 3 of 3 answers in the requested format.",
        "  q01  ok",
        "  q02  ok",
        "This checks the format of the answers, not whether they are right.",
    ]


def test_what_is_missing_or_malformed_is_named_in_the_notebooks_language(write):
    """By variable and place, with what was found and expected, and what to do."""
    values = RIGHT | {"q01_answer": None, "q01_losses": {"a": "much"}, "q02_order": ["x", "x"]}
    found = check_notebook(write(values, language="pt-BR"))
    assert not found.complete
    assert hand_in_text(found).splitlines() == [
        "work.ipynb: 0 de 3 respostas no formato pedido.",
        "  q01  falta: q01_answer",
        "       formato incorreto: q01_losses.a: um texto em vez de um número",
        "       formato incorreto: q01_losses.b: falta este valor",
        "  q02  formato incorreto: q02_order: x aparece duas vezes",
        "Atribua o que falta às variáveis com esses nomes, reinicie o kernel, execute tudo e salve.",
    ]


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        pytest.param(None, "The notebook's last cell left no record in the file", id="never run"),
        pytest.param("{", "The record that the last cell left in the file cannot be read.", id="cut off"),
        pytest.param({"version": 7}, "The record that the last cell left in the file cannot be read.", id="version"),
    ],
)
def test_a_notebook_without_a_record_is_told_to_run(write, claim, says):
    """Without a record nothing can be judged, so nothing is reported as missing."""
    text = hand_in_text(check_notebook(write(claim=claim)))
    assert says in text
    assert text.endswith("Restart the kernel, run all cells, save the notebook and check again.\n")


def test_a_copy_that_lost_its_metadata_is_still_checked_for_what_is_missing(write):
    """Other editors strip metadata; missing, partial and blank answers are still reported."""
    values = {"q01_answer": "e", "q01_losses": {"a": None, "b": 1}, "q02_answer": "", "q03_losses": [1]}
    text = hand_in_text(check_notebook(write(values, form=None)))
    assert "1 of 4 answers" in text
    assert "q01_answer: 'e' where one of the letters a, b, c, d is due" in text
    assert "wrong format: q01_losses" in text
    assert "missing: q02_answer" in text
    assert text == hand_in_text(check_notebook(write(values, form={"q01": "nonsense"})))


@pytest.mark.slow
def test_the_command_needs_the_notebook_alone_and_executes_nothing(write, tmp_path):
    """It works in a folder without rubric, reference or sandbox; the exit code says whether anything is missing."""
    for values, code in ((RIGHT, 0), (RIGHT | {"q02_order": None}, 1)):
        notebook = write(values)
        (tmp_path / "home").mkdir(exist_ok=True)
        shutil.copy(notebook, tmp_path / "home" / "work.ipynb")
        done = subprocess.run(
            [sys.executable, "-m", "autograder", "check", "work.ipynb"],
            cwd=tmp_path / "home",
            env={"PATH": "/nowhere", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (code, "")
        assert done.stdout == hand_in_text(check_notebook(notebook))
        assert [path.name for path in (tmp_path / "home").iterdir()] == ["work.ipynb"]


def test_what_a_notebook_says_cannot_steer_the_terminal(write):
    """A value or name with escape codes is shown as text."""
    values = {"q01_answer": "\x1b[2J", "q01_losses": {"\x1b[31m": 1}, "q02_order": ["[bold]x[/]", "y"]}
    text = hand_in_text(check_notebook(write(values)))
    assert "\x1b" not in text
    found = check_notebook(write({"q01_\x1b[2J": 1, "q01_loss": 1}, form=None))
    assert [answer.name for answer in found.answers] == ["q01_loss"]


@pytest.mark.slow
def test_a_file_that_is_no_notebook_is_one_line(tmp_path):
    """It is the line that the instructor would get."""
    (tmp_path / "work.ipynb").write_text("import numpy")
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "check", str(tmp_path / "work.ipynb")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "is not a notebook: not JSON (hand in the .ipynb file)" in done.stderr


def test_the_form_tells_no_answer(root):
    """The form in students' notebooks contains the rubric's shapes, which the sandbox may see, and nothing else."""
    specification = load(root / "grading.yml")
    form = form_of(specification.questions)
    shapes = {name: shape for variables in form.values() for name, shape in variables.items()}
    assert set(shapes) == set(specification.run_spec.variables)
    assert {key for shape in shapes.values() for key in shape} <= {"type", "options", "length", "words", "keys", "of"}


def test_questions_may_have_any_name(write):
    """A question's variables are grouped by the form, not by their prefixes."""
    letter = {"type": "letter", "options": "abcd"}
    form = {"warm_up": {"warm_up_letter": letter, "warm_up_other": letter}, "warm": {"warm_letter": letter}}
    found = check_notebook(write({"warm_up_letter": "a", "warm_up_other": "b", "warm_letter": "c"}, form=form))
    assert hand_in_text(found).splitlines()[1:3] == ["  warm_up  ok", "  warm  ok"]


@pytest.mark.parametrize(("language", "says"), [("en", "was checked"), ("pt-BR", "foi verificado")])
def test_a_notebook_without_the_form_is_told_that_it_could_not_be_checked(write, language, says):
    """Its metadata were stripped: presence is all that is known, and nobody takes silence for a passed check."""
    text = hand_in_text(check_notebook(write(RIGHT, form=None, language=language)))
    assert says in " ".join(text.split())
    assert says not in " ".join(hand_in_text(check_notebook(write(RIGHT, language=language))).split())
