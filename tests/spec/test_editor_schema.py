"""The JSON Schema for editors: current, and every pattern in it can be said in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.spec import schema, schema_text
from autograder.spec.complaints import PATTERNS

COMMITTED = Path(__file__).parents[2] / "docs" / "grading.schema.json"


def patterns(node: Any) -> set[str]:
    """Return every pattern anywhere in a schema."""
    found: set[str] = set()
    if isinstance(node, dict):
        found |= {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
        found |= set(node.get("patternProperties", ()))
        for value in node.values():
            found |= patterns(value)
    elif isinstance(node, list):
        for value in node:
            found |= patterns(value)
    return found


def test_the_committed_schema_is_current():
    """Editors complete by what the code checks. To renew: write `autograder.spec.schema_text()` into the file."""
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_json_and_knows_every_part():
    """The text parses to the same schema, with the four parts of a rubric required."""
    assert json.loads(schema_text()) == schema()
    assert set(schema()["required"]) == {"assignment", "limits", "policy", "questions"}


def test_every_pattern_has_words():
    """No instructor is shown a regular expression."""
    assert patterns(schema()) == set(PATTERNS)
