"""The rubric: the content of `grading.yml`, its faults, and the part of it that may enter a sandbox."""

from __future__ import annotations

from autograder.rubric.document import read_document
from autograder.rubric.editor_schema import schema, schema_text
from autograder.rubric.loading import load
from autograder.rubric.model import KeySpec, Specification
from autograder.rubric.paths import split_path
from autograder.rubric.run_spec import RunSpec

__all__ = ["KeySpec", "RunSpec", "Specification", "load", "read_document", "schema", "schema_text", "split_path"]
