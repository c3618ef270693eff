"""Read `grading.yml`, and say everything that is wrong with it at once."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from autograder.errors import ConfigurationError
from autograder.spec.agreement import disagreements, untitled
from autograder.spec.complaints import complaints
from autograder.spec.document import Document, Fault, fault_lines, read_document
from autograder.spec.expected import is_number
from autograder.spec.model import Question, QuestionName, Specification

_QUESTIONS: TypeAdapter[dict[str, Question]] = TypeAdapter(dict[QuestionName, Question])


def load(path: Path) -> Specification:
    """Read and check a rubric.

    Args:
        path: The YAML file, usually `grading.yml`.

    Raises:
        ConfigurationError: It cannot be read or is wrong; `faults` holds one line a fault, in the file's order:
            `grading.yml:31: limits.memory_mebibytes: 'plenty' where a whole number above 0 is due`.
    """
    document = read_document(path)
    faults = list(document.faults)
    # As JSON, so that strictness (no text for a number, no true for 1) still lets a list be a tuple.
    text = json.dumps(document.data)
    specification = None
    try:
        specification = Specification.model_validate_json(text, strict=True)
    except ValidationError as error:
        faults += complaints(error)
    faults += _disagreements(document)
    if specification is not None:
        faults += untitled(specification.questions, specification.titles)
    if specification is None or faults:
        lines = fault_lines(document, faults)
        count = "one fault" if len(lines) == 1 else f"{len(lines)} faults"
        raise ConfigurationError(f"{count}, nothing was done", str(path), faults=lines)
    return specification


def _disagreements(document: Document) -> list[Fault]:
    """Check the questions by themselves, so that a slip among the limits does not hide one among the items."""
    try:
        questions = _QUESTIONS.validate_json(json.dumps(document.data.get("questions")), strict=True)
    except ValidationError:
        return []
    assignment = document.data.get("assignment")
    points = assignment.get("points") if isinstance(assignment, dict) else None
    return list(disagreements(questions, points if is_number(points) else None))
