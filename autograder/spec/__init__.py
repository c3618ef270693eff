"""The rubric: what `grading.yml` says, what is wrong with it, and which half of it may enter a sandbox."""

from __future__ import annotations

from autograder.spec.document import read_document
from autograder.spec.editor_schema import schema, schema_text
from autograder.spec.loading import load
from autograder.spec.model import KeySpec, Specification
from autograder.spec.paths import split_path
from autograder.spec.run_spec import RunSpec

__all__ = ["KeySpec", "RunSpec", "Specification", "load", "read_document", "schema", "schema_text", "split_path"]
