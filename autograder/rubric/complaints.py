"""Translate pydantic's errors about a rubric for an instructor: the key, the value found, the value expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from autograder.records import JSON
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.editor_schema import schema
from autograder.rubric.suggestion import nearest, suggestion

PATTERNS: Final = {
    r"^[a-z][a-z0-9_]*$": "a name of small letters, digits and _",
    r"^[a-z0-9][a-z0-9-]*$": "a name of small letters, digits and -",
    r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)*(\[-?\d+\])?$": "a path such as q07_history.A.loss[-1]",
    r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$": "a question's or item's name such as q07 or q07.answer",
    r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}$": "a path such as images/train.gz",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "a language's tag such as pt-BR or en",
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])( ([01]\d|2[0-3]):[0-5]\d)?$": "a day such as 2026-11-30, or one "
    "with a time such as 2026-11-30 23:59",
    r"^[0-9a-f]{64}$": "a SHA-256 in 64 digits",
    r"^https?://[^\s]+$": "an address that begins with https:// or http://",
    r"^[^.\[\]]+$": "a key without a point or a bracket, which paths have",
    r"^[a-z]$": "one small letter",
    r"^[a-z]{2,}$": "two or more small letters such as abcd",
}
"""Each pattern of the schema in words."""

_DUE: Final[Mapping[str, str]] = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number up to {le:g}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}
"""The expected value in words, by pydantic's type of error."""

_LONGEST_SHOWN: Final = 40


def complaints(error: ValidationError, data: JSON) -> list[Fault]:
    """Return one fault per key.

    Args:
        error: Pydantic's error.
        data: The validated data.
    """
    faults: list[Fault] = []
    misspelt: set[KeyPath] = set()
    wrong: dict[KeyPath, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        keys = _keys(detail["loc"], data)
        if detail["type"] == "extra_forbidden":
            known = tuple(_node(detail["loc"][:-1]).get("properties", ()))
            near = nearest(str(keys[-1]), known)
            misspelt |= {(*keys[:-1], near)} if near else set()
            what = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            faults.append(Fault(keys, f"unknown key; {what}"))
        elif detail["type"] in ("missing", "union_tag_not_found"):
            name = detail.get("ctx", {}).get("discriminator", detail["loc"][-1])
            keys = (*keys, str(name).strip("'"))
            faults.append(Fault(keys, f"is missing{_kinds(_node(detail['loc']))}"))
        else:
            wrong.setdefault(keys, []).append(detail)
    # If a value matches one of several forms in part, the faults inside that form are more helpful than those of
    # others.
    begun = {fault.keys[:length] for fault in faults for length in range(len(fault.keys))}
    faults += [_wrong(keys, details) for keys, details in wrong.items() if keys not in begun]
    # A misspelt key is also missing under its right name: one fault is enough.
    return [fault for fault in faults if fault.keys not in misspelt]


def _wrong(keys: KeyPath, details: Sequence[ErrorDetails]) -> Fault:
    """Return the fault of one value or key; pydantic reports one error for each form that the value may have."""
    first = details[0]
    found, context = first["input"], first.get("ctx", {})
    due = " or ".join(dict.fromkeys(map(_due, details)))
    words = [word for detail in details for word in _words(detail)]
    if first["loc"][-1] == "[key]":
        return Fault(keys, f"is not {due}{suggestion(str(keys[-1]), words)}")
    if first["type"] == "union_tag_invalid":
        tag = context["discriminator"].strip("'")
        keys, found = (*keys, tag), context["tag"]
    hint = suggestion(found, words) if isinstance(found, str) else ""
    if isinstance(found, str) and first["type"] in ("int_type", "float_type") and _reads_as_number(found):
        # YAML reads 1e-3 as text: its numbers with an exponent need a decimal point.
        hint = " (without quotes, and with a point before an exponent: 1.0e-3)"
    return Fault(keys, f"{_shown(found)} where {due} is due{hint}")


def _due(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if words := _words(detail):
        return f"one of {', '.join(words)}" if len(words) > 1 else words[0]
    if detail["type"] == "string_pattern_mismatch":
        return PATTERNS[context["pattern"]]
    return _DUE.get(detail["type"], detail["msg"]).format(**context)


def _words(detail: ErrorDetails) -> list[str]:
    """Return the allowed words, if only certain words are allowed."""
    context = detail.get("ctx", {})
    expected = context.get("expected_tags", context.get("expected") if detail["type"] == "literal_error" else None)
    return re.findall(r"'([^']+)'", str(expected)) if expected else []


def _kinds(node: Mapping[str, Any]) -> str:
    return f"; one of {', '.join(sorted(node['discriminator']['mapping']))} is due" if "discriminator" in node else ""


def _keys(location: Iterable[str | int], data: JSON) -> KeyPath:
    """Return the keys in the file that belong to pydantic's location.

    A location also contains the kinds of checks and shapes (`…, 'answer', 'choice', 'key'`) and the forms of a value
    (`'validation', 'bool'`), which are not in the file.
    """
    keys: list[str | int] = []
    location = tuple(location)
    for index, part in enumerate(location):
        if "discriminator" in _node(location[:index]):
            # A kind may have the name of one of its fields: `recipe`.
            continue
        inside: JSON = dict(enumerate(data)) if isinstance(data, list) else data
        if isinstance(inside, dict) and part in inside:
            keys.append(part)
            data = inside[part]
    return tuple(keys)


def _node(location: Iterable[str | int]) -> Mapping[str, Any]:
    """Return the schema of a location."""
    node: Mapping[str, Any] = _SCHEMA
    for part in location:
        if "discriminator" in node:
            node = {"$ref": node["discriminator"]["mapping"].get(part, "")}
        elif "anyOf" in node:
            node = next((one for one in node["anyOf"] if one.get("$ref", "").endswith(f"/{part}")), {})
        elif part in node.get("properties", ()):
            node = node["properties"][part]
        else:
            inside = [*node.get("patternProperties", {}).values(), node.get("additionalProperties"), node.get("items")]
            node = next((one for one in inside if isinstance(one, dict)), {})
        some = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
        node = some[0] if len(some) == 1 else node
        node = _SCHEMA["$defs"].get(node["$ref"].rsplit("/", 1)[-1], {}) if "$ref" in node else node
    return node


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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


_SCHEMA: Final[dict[str, Any]] = schema()
