"""Turn what pydantic says of a rubric into what an instructor needs: the key, what stands there, what is due.

The words come from the JSON Schema, which knows at each place which keys there are and what each may hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from autograder.records import JSON
from autograder.spec.document import Fault, KeyPath
from autograder.spec.editor_schema import schema
from autograder.spec.suggestion import nearest, suggestion

PATTERNS = {
    r"^q\d\d$": "a question's name such as q07",
    r"^q\d\d_[a-z][a-z0-9_]*$": "a variable's name such as q07_history",
    r"^[a-z][a-z0-9_]*$": "a name of small letters, digits and _",
    r"^[a-z0-9][a-z0-9-]*$": "a name of small letters, digits and -",
    r"^q\d\d_[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*(\[-?\d+\])?$": "a path such as q07_history.A.loss[-1]",
    r"^q\d\d(\.[a-z][a-z0-9_]*)?$": "a question's or item's name such as q07 or q07.answer",
    r"^[a-z]$": "one small letter",
    r"^[a-z]{2,}$": "two or more small letters such as abcd",
}
"""Each pattern of the schema in words."""

_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
    "object": "a mapping of keys to values",
}
_BOUNDS = {"exclusiveMinimum": "above", "minimum": "of at least", "exclusiveMaximum": "below", "maximum": "up to"}
_LONGEST_SHOWN = 40


def complaints(error: ValidationError) -> list[Fault]:
    """Return what is wrong, one fault per key."""
    faults: dict[KeyPath, Fault] = {}
    misspelt: set[KeyPath] = set()
    for detail in error.errors(include_url=False):
        keys, node = _locate(detail["loc"])
        if detail["type"] == "extra_forbidden":
            what, meant = _unknown_key(str(keys[-1]), node)
            if meant:
                misspelt.add((*keys[:-1], meant))
        else:
            keys, what = _wrong(keys, node, detail["type"], detail["input"], detail["loc"])
        faults.setdefault(keys, Fault(keys, what))
    # A misspelt key is missing under its right name as well: one line is enough.
    return [fault for keys, fault in faults.items() if keys not in misspelt]


def _wrong(keys: KeyPath, node: dict[str, Any], kind: str, found: JSON, location: KeyPath) -> tuple[KeyPath, str]:
    if kind == "missing":
        return keys, f"is missing; {_due(node)} is due"
    if location[-1] == "[key]":
        return keys, f"is not {_due(node)}{suggestion(str(keys[-1]), node.get('enum', ()))}"
    if kind == "union_tag_not_found":
        tag = node["discriminator"]["propertyName"]
        return (*keys, tag), f"is missing; {_due(_tags(node))} is due"
    if kind == "union_tag_invalid":
        tag = node["discriminator"]["propertyName"]
        known = _tags(node)
        shown = _shown(found[tag])
        return (*keys, tag), f"{shown} where {_due(known)} is due{suggestion(str(found[tag]), known['enum'])}"
    return keys, f"{_shown(found)} where {_due(node)} is due{_hint(found, node)}"


def _unknown_key(key: str, parent: dict[str, Any]) -> tuple[str, str]:
    known = tuple(parent.get("properties", ()))
    if near := nearest(key, known):
        return f"unknown key; did you mean {near}?", near
    return f"unknown key; there are {', '.join(known)}", ""


def _locate(location: KeyPath) -> tuple[KeyPath, dict[str, Any]]:
    """Follow pydantic's location through the schema: which keys of the file it means, and what is known there.

    Between the keys a location also names the kinds of checks and shapes (`…, 'answer', 'choice', 'key'`) and the
    branches of an alternative (`'validation', 'bool'`), neither of which stand in the file. For an unknown key the
    answer is the schema of the mapping that it stands in.
    """
    definitions = _SCHEMA["$defs"]
    keys: list[str | int] = []
    node: dict[str, Any] = _SCHEMA
    for part in location:
        if "discriminator" in node:
            node = _resolved({"$ref": node["discriminator"]["mapping"][part]}, definitions)
        elif part == "[key]":
            continue
        elif "anyOf" in node:
            break
        else:
            keys.append(part)
            parent, node = node, _resolved(_inside(node, part), definitions)
            if location[-1] == "[key]" and part == location[-2]:
                node = _key_schema(parent)
            elif not node and "properties" in parent:
                node = parent
    return tuple(keys), node


def _inside(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    if isinstance(part, int):
        return dict(node.get("items", {}))
    if part in node.get("properties", {}):
        return dict(node["properties"][part])
    for pattern in node.get("patternProperties", {}).values():
        return dict(pattern)
    more = node.get("additionalProperties")
    return dict(more) if isinstance(more, dict) else {}


def _key_schema(parent: dict[str, Any]) -> dict[str, Any]:
    for pattern in parent.get("patternProperties", {}):
        return {"type": "string", "pattern": pattern}
    return dict(parent.get("propertyNames", {}))


def _resolved(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and see through "or nothing": leaving a key out is not what this is about."""
    some = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
    if len(some) == 1:
        node = some[0]
    if "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[-1]]
    return node


def _tags(node: dict[str, Any]) -> dict[str, Any]:
    return {"enum": sorted(node["discriminator"]["mapping"])}


def _due(node: dict[str, Any]) -> str:
    """Say in words what a place may hold."""
    if "anyOf" in node:
        return " or ".join(_due(_resolved(option, _SCHEMA["$defs"])) for option in node["anyOf"])
    if "enum" in node:
        return f"one of {', '.join(map(str, node['enum']))}"
    if "const" in node:
        return str(node["const"])
    if "pattern" in node:
        return PATTERNS[node["pattern"]]
    if node.get("minLength"):
        return "text that is not empty"
    kind = "object" if "discriminator" in node else node.get("type", "")
    return " ".join([_KINDS.get(kind, "a value"), *_bounds(node)])


def _bounds(node: dict[str, Any]) -> Iterator[str]:
    said = [f"{phrase} {node[bound]:g}" for bound, phrase in _BOUNDS.items() if bound in node]
    if said:
        yield " and ".join(said)


def _hint(found: JSON, node: dict[str, Any]) -> str:
    if not isinstance(found, str):
        return ""
    if node.get("type") in ("integer", "number"):
        try:
            float(found)
        except ValueError:
            return ""
        # YAML takes 1e-3 for text: its numbers with an exponent need a point.
        return " (without quotes, and with a point before an exponent: 1.0e-3)"
    return suggestion(found, node.get("enum", ()))


def _shown(found: JSON) -> str:
    match found:
        case bool():
            return "true" if found else "false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case None:
            return "nothing"
        case str():
            return repr(found if len(found) <= _LONGEST_SHOWN else found[: _LONGEST_SHOWN - 1] + "…")
    return str(found)


_SCHEMA = schema()
