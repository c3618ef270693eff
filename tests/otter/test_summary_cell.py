"""The last cell of a notebook: what it counts as answered, and the record that it keeps."""

import json

import nbformat
import pytest
from IPython import display
from nbformat.v4 import new_code_cell, new_notebook

from autograder.otter.standard_cells import add_standard_cells

VARIABLES = ("q01_answer", "q02_numbers")


def shown(path, monkeypatch, language, **values):
    """Run the cell that is added to a notebook, and return its text and the record of the values."""
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), path)
    add_standard_cells(path, language, VARIABLES, {"q01_answer": "abcd"})
    kept = []
    monkeypatch.setattr(display, "display", lambda found, **_: kept.append(found))
    source = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["source"])
    exec(source, dict(values))  # noqa: S102 (our own cell)
    [found] = kept
    return found["text/plain"], found["application/vnd.autograder.evidence+json"]["variables"]


@pytest.mark.parametrize("letter", ["c", "C", " c ", "(c)", "c)", "c."])
def test_a_letter_counts_however_it_is_written(tmp_path, monkeypatch, letter):
    """As grading reads it."""
    text, kept = shown(tmp_path / "a.ipynb", monkeypatch, "en", q01_answer=letter, q02_numbers=[1.0])
    assert text == "Answered: 2 / 2. Missing: -"
    assert kept == {"q01_answer": letter, "q02_numbers": [1.0]}


@pytest.mark.parametrize("answer", ["cc", "e", "", None, 3, ["c"], "b or c", "()"])
def test_what_is_none_of_the_letters_is_missing(tmp_path, monkeypatch, answer):
    """Two letters, or one that no option has, are no answer; the record has them as they are."""
    text, kept = shown(tmp_path / "a.ipynb", monkeypatch, "pt-BR", q01_answer=answer, q02_numbers=[1.0])
    assert text == "Respondidas: 1 / 2. Falta: q01_answer"
    assert kept["q01_answer"] == answer
