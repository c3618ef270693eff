"""The JSON Schema of `grading.yml`, for completion and validation in editors and for the words of `complaints`."""

from __future__ import annotations

import json

from autograder.records import JSON
from autograder.rubric.model import Specification


def schema() -> dict[str, JSON]:
    """Return the JSON Schema of `grading.yml`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Specification.model_json_schema()}


def schema_text() -> str:
    """Return the schema as it is committed in `docs/grading.schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
