"""Refusals: every code of a refused submission has Portuguese words, and all of these are used."""

import ast
from pathlib import Path

import pytest

import autograder
from autograder.errors import SubmissionError
from autograder.report import refusal_text
from autograder.report.refusals import _PORTUGUESE

PACKAGE = Path(autograder.__file__).parent


def test_every_code_that_is_given_has_words():
    """The codes are collected from the calls that refuse a submission."""
    given = {"unreadable"}
    for folder in ("collect", "gradescope"):
        for path in (PACKAGE / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            given |= {name for name in names if isinstance(name, str) and name in _PORTUGUESE}
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "SubmissionError":
                    codes = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                    assert all(ast.literal_eval(code) in _PORTUGUESE for code in codes), path
    assert given == set(_PORTUGUESE)


@pytest.mark.parametrize("code", _PORTUGUESE)
def test_a_refusal_is_one_line_in_each_language(code):
    """What is wrong, and the remedy."""
    said = refusal_text(SubmissionError("is as it is", "ana.ipynb", "mend it", code)).splitlines()
    assert [line.partition(":")[0] for line in said] == ["Sem nota", "Not graded"]
    assert said[1].endswith("Mend it.")
