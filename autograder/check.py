"""Check a student's notebook before it is handed in, without executing it and without the key.

The output of the notebook's last cell holds the variables' values; the notebook's metadata, written by `build`, hold
their expected form. Without that form, only missing values can be reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pydantic

from autograder.collect import read_asked_form, read_notebook
from autograder.evidence import claimed_variables, conform, is_blank
from autograder.records import JSON, Detail
from autograder.report import HandInForm, VariableAnswer
from autograder.rubric.model import Question, QuestionName
from autograder.rubric.run_spec import VariableName
from autograder.rubric.variable_shapes import LetterShape, Shape

_FORM: pydantic.TypeAdapter[dict[str, dict[str, Shape]]] = pydantic.TypeAdapter(
    dict[QuestionName, dict[VariableName, Shape]]
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NOT_FINITE = Detail.of("value.instead", found=Detail("found.not_finite"), due=Detail("due.number"))
_LETTER = LetterShape(type="letter", options="abcd")


def check_notebook(path: Path) -> HandInForm:
    """Read a notebook and report which answers are given, missing, or not in the requested form.

    Raises:
        SubmissionError: It cannot be read at all.
    """
    job = read_notebook(path, "")
    claimed, fault = claimed_variables(job.claimed)
    asked = [(question, name, shape) for question, shapes in _form(path).items() for name, shape in shapes.items()]
    answers = tuple(_answer(question, name, claimed.get(name), shape) for question, name, shape in asked)
    if not asked:
        # Only the names in the saved output are known, as far as a rubric could have them, and no questions.
        names = sorted(filter(_NAME.fullmatch, claimed))
        answers = tuple(_answer(name, name, claimed[name], None) for name in names)
    kept = job.claimed is not None
    return HandInForm(job.language, path.name, answers, kept=kept, fault=fault, form_known=bool(asked))


def form_of(questions: Mapping[str, Question]) -> dict[str, JSON]:
    """Return the expected form of each question's variables, as `build` writes it into a notebook."""
    return {
        question: {name: shape.model_dump() for name, shape in content.variables.items()}
        for question, content in questions.items()
    }


def _form(path: Path) -> dict[str, dict[str, Shape]]:
    try:
        return _FORM.validate_python(read_asked_form(path) or {})
    except pydantic.ValidationError:
        # The form was edited: treat it as missing.
        return {}


def _answer(question: str, name: str, value: JSON, shape: Shape | None) -> VariableAnswer:
    if is_blank(value):
        return VariableAnswer(question, name, given=False)
    if shape is None and not name.endswith("_answer"):
        return VariableAnswer(question, name, given=True, faults=() if _whole(value) else ((name, _NOT_FINITE),))
    kept, faults = conform(name, value, shape or _LETTER)
    return VariableAnswer(question, name, given=kept is not None or bool(faults), faults=tuple(faults.items()))


def _whole(value: JSON) -> bool:
    """Return whether the last cell could save the whole value: parts that JSON cannot express were saved as null."""
    if isinstance(value, dict | list):
        return all(map(_whole, value.values() if isinstance(value, dict) else value))
    return value is not None
