"""The JSON Schema for editors: up to date, and with words for every pattern."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.rubric import schema, schema_text
from autograder.rubric.complaints import PATTERNS

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
    """Editors complete what the code checks. To renew: write `autograder.rubric.schema_text()` to the file."""
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == schema()


def test_the_schema_is_json_and_knows_every_part():
    """The text parses to the same schema, with the four parts of a rubric required."""
    assert json.loads(schema_text()) == schema()
    assert set(schema()["required"]) == {"assignment", "limits", "policy", "questions"}


def test_every_pattern_has_words():
    """No instructor is shown a regular expression."""
    assert patterns(schema()) == set(PATTERNS)


def undescribed(node: Any, place: str = "") -> list[str]:
    """Return the keys in a schema without a description."""
    if isinstance(node, list):
        return [found for each in node for found in undescribed(each, place)]
    if not isinstance(node, dict):
        return []
    keys = node.get("properties", {})
    found = [f"{place}.{name}" for name, key in keys.items() if isinstance(key, dict) and not key.get("description")]
    return found + [one for name, value in node.items() for one in undescribed(value, f"{place}.{name}")]


def test_every_key_is_described():
    """Editors show what a key is for; a field's docstring is its description."""
    assert undescribed(schema()) == []
