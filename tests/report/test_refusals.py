"""Refusals: every code has a sentence and a remedy in both languages, and each of these codes is given somewhere."""

import ast
import pickle
from pathlib import Path

import pytest

import autograder
from autograder.gradebook.upgrade import _AS_KEPT
from autograder.records import VOCABULARY, Detail, Refusal, SubmissionError
from autograder.report import error_text, refusal_line, refusal_text, refusal_words
from autograder.report.refusal_phrases import REFUSAL_PHRASES, REMEDIES

PACKAGE = Path(autograder.__file__).parent
EXAMPLES = {int: 7, str: "'a b.ipynb'", tuple: ("a.ipynb", "b.ipynb"), object: Detail("file.pdf")}


def example(code):
    """Return a fault of a code."""
    return Detail(code, {name: EXAMPLES[kind] for name, kind in VOCABULARY[code].items()})


def test_every_code_that_is_given_has_words_and_every_one_with_words_is_given():
    """The codes are collected from the stages that refuse a submission."""
    given = {_AS_KEPT}
    for folder in ("collect", "gradescope"):
        for path in (PACKAGE / folder).rglob("*.py"):
            names = [
                node.value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant)
            ]
            given |= {name for name in names if isinstance(name, str) and name.startswith("refused.")}
    assert given == set(REFUSAL_PHRASES) == set(REMEDIES) == {code for code in VOCABULARY if code[:8] == "refused."}


@pytest.mark.parametrize("code", REFUSAL_PHRASES)
def test_a_refusal_is_one_line_in_each_language(code):
    """What is wrong, and the remedy; for a student, both languages."""
    portuguese, english = (refusal_words(example(code), language) for language in ("pt-BR", "en"))
    assert all(all(words) for words in (portuguese, english))
    assert code == _AS_KEPT or portuguese[0] != english[0]
    said = refusal_text(example(code)).splitlines()
    assert [line.partition(":")[0] for line in said] == ["Sem nota", "Not graded"]
    assert said[1].endswith(f"{english[1][1:]}.")


def test_a_refusal_names_file_fault_and_remedy():
    """As every error of a command does, in the reader's language."""
    refused = Refusal("Ana", "ana.ipynb", Detail.of("refused.no_text", cell=0))
    assert refusal_line(refused, "en") == (
        "ana.ipynb: has no text in cell 1 (open it in Jupyter, save it and hand it in again)"
    )
    error = SubmissionError(refused.fault, refused.source)
    assert error_text(error, "pt-BR") == (
        "ana.ipynb: não tem texto na célula 1 (abra-o no Jupyter, salve e entregue de novo)"
    )


def test_an_error_of_a_submission_survives_pickling():
    """It may come from another process."""
    error = SubmissionError(example("refused.conflict"), "a.ipynb")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own object, made a line ago)
    assert (again.fault, again.where, str(again)) == (error.fault, error.where, str(error))
