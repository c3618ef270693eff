"""Read `grading.yml`, and report all of its faults at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from autograder.errors import ConfigurationError
from autograder.records import JSON
from autograder.rubric.checks import KINDS
from autograder.rubric.complaints import complaints
from autograder.rubric.data_manifest import DataFile, manifest_faults
from autograder.rubric.disagreements import Declared, disagreements
from autograder.rubric.document import Document, Fault, fault_lines, read_document
from autograder.rubric.expected import is_number
from autograder.rubric.item import Cancellation, Item
from autograder.rubric.model import Specification
from autograder.rubric.partial import readable
from autograder.rubric.suggestion import suggestion
from autograder.rubric.variable_shapes import Shape

_SHAPES: TypeAdapter[Shape] = TypeAdapter(Shape)
_CANCELLATION: TypeAdapter[Cancellation] = TypeAdapter(Cancellation)
_DATA_FILE: TypeAdapter[DataFile] = TypeAdapter(DataFile)
_KINDS = {name: kind for kind in KINDS for name in get_args(kind.model_fields["check"].annotation)}


def load(path: Path) -> Specification:
    """Read and check a rubric.

    Args:
        path: The YAML file, usually `grading.yml`.

    Raises:
        ConfigurationError: It cannot be read or is wrong; `faults` has one line per fault, in the file's order:
            `grading.yml:31: limits.memory_mebibytes: 'plenty' where a whole number above 0 is due`.
    """
    document = read_document(path)
    faults = list(document.faults)
    specification = None
    try:
        # As JSON: strict mode (no text for a number, no true for 1) then still accepts a list for a tuple.
        specification = Specification.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        faults += complaints(error, document.data)
    faults += _relations(document)
    if specification is None or faults:
        lines = fault_lines(document, faults)
        count = "one fault" if len(lines) == 1 else f"{len(lines)} faults"
        raise ConfigurationError(f"{count}, nothing was done", str(path), faults=lines)
    return specification


def _relations(document: Document) -> Iterator[Fault]:
    """Compare the keys with each other as far as they can be read, so that no fault hides another."""
    questions = {name: _declared(question) for name, question in _mapping(document.data, "questions").items()}
    points = _mapping(document.data, "assignment").get("points")
    yield from disagreements(questions, points if is_number(points) else None)
    files = _mapping(_mapping(document.data, "assignment"), "data")
    read = {name: file for name, data in files.items() if (file := readable(_DATA_FILE, data)) is not None}
    yield from manifest_faults(read)
    named = [*questions, *(f"{name}.{item}" for name, question in questions.items() for item in question.items)]
    titles = _mapping(document.data, "titles")
    for language in titles:
        for title in _mapping(titles, language):
            if title not in named:
                # A misspelt name: the page would show the question's bare name.
                what = f"no question or item has this name{suggestion(title, named)}"
                yield Fault(("titles", language, title), what)


def _declared(question: JSON) -> Declared:
    return Declared(
        variables={name: readable(_SHAPES, shape) for name, shape in _mapping(question, "variables").items()},
        items={name: _item(item) for name, item in _mapping(question, "items").items()},
        cancelled=readable(_CANCELLATION, question.get("cancelled")) if isinstance(question, dict) else None,
    )


def _item(data: JSON) -> Item | None:
    """Return an item with its readable fields, None if its kind cannot be read."""
    kind = _KINDS.get(str(data.get("check"))) if isinstance(data, dict) else None
    if kind is None:
        return None
    return kind.partly(data)


def _mapping(data: JSON, key: str) -> dict[str, JSON]:
    """Return the mapping under a key, an empty one if there is none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}
