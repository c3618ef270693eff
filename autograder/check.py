"""What a student's own copy of a notebook holds before it is handed in: nothing is executed, and no key is needed.

The notebook's last cell has kept in its output what it had found in the variables; the form that they are due in stands
in the notebook's metadata, where `build` wrote it. Of a copy that lost it, only what is missing can be told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pydantic

from autograder.collect import read_asked_form, read_notebook
from autograder.evidence import claimed_variables, conform, is_blank
from autograder.records import JSON
from autograder.report import Answer, HandIn
from autograder.spec.run_spec import VariableName
from autograder.spec.shapes import LetterShape, Shape

_FORM: pydantic.TypeAdapter[dict[str, Shape]] = pydantic.TypeAdapter(dict[VariableName, Shape])
_NAME = re.compile(r"q\d\d_[a-z][a-z0-9_]{0,60}")
_LETTER = LetterShape(type="letter", options="abcd")


def check_notebook(path: Path) -> HandIn:
    """Read a notebook and say what is answered, what is missing and what is not in the form that was asked for.

    Raises:
        SubmissionError: It cannot be read at all.
    """
    job = read_notebook(path, "")
    claimed, fault = claimed_variables(job.claimed)
    asked = _form(path)
    # Without a form the record's own names are all there is: those that a rubric could have.
    names = sorted(asked or filter(_NAME.fullmatch, claimed))
    answers = tuple(_answer(name, claimed.get(name), asked.get(name)) for name in names)
    return HandIn(job.language, path.name, answers, kept=job.claimed is not None, fault=fault)


def form_of(variables: Mapping[str, Shape]) -> dict[str, JSON]:
    """Return the form of a rubric's variables as `build` writes it into a notebook."""
    return {name: shape.model_dump() for name, shape in variables.items()}


def _form(path: Path) -> dict[str, Shape]:
    try:
        return _FORM.validate_python(read_asked_form(path) or {})
    except pydantic.ValidationError:
        # Somebody changed it: as good as none.
        return {}


def _answer(name: str, value: JSON, shape: Shape | None) -> Answer:
    if is_blank(value):
        return Answer(name, given=False)
    if shape is None and not name.endswith("_answer"):
        return Answer(name, given=True, faults=() if _whole(value) else ((name, "not finite where a number is due"),))
    kept, faults = conform(name, value, shape or _LETTER)
    return Answer(name, given=kept is not None or bool(faults), faults=tuple(faults.items()))


def _whole(value: JSON) -> bool:
    """Tell whether the last cell could write all of a value: what JSON cannot hold it left out as nothing."""
    if isinstance(value, dict | list):
        return all(map(_whole, value.values() if isinstance(value, dict) else value))
    return value is not None
