"""Write the reference pages that the program itself determines: commands, keys of `grading.yml`, verdicts and codes.

Run by `make reference-pages`; a test holds the committed pages against what this module returns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

from autograder.cli import app
from autograder.rubric import schema
from autograder.rubric.checks import FLAGS, REASONS
from autograder.rubric.complaints import PATTERNS

FOLDER = Path(__file__).parent / "reference"
_NOTE = "<!-- Written by docs/generate_reference.py (`make reference-pages`): do not edit by hand. -->"


def pages() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    return {"commands.md": _commands(), "grading-yml.md": _rubric(), "codes.md": _codes()}


def _cell(text: str) -> str:
    """Return a text as one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _commands() -> str:
    """Return the page on the commands, read from the real command line parser."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("autograder", [], resilient_parsing=True)
    names: list[str] = group.list_commands(context)
    lines = ["# Commands", "", _NOTE, "", *_exit_codes()]
    lines += _table(
        ("command", "what it does"),
        [(f"[`{name}`](#{name})", _paragraphs(group.get_command(context, name))[0]) for name in names],
    )
    for name in names:
        lines += _command(name, group.get_command(context, name))
    return "\n".join(lines).rstrip() + "\n"


def _exit_codes() -> Iterator[str]:
    yield "Results go to stdout; progress, warnings and errors go to stderr. Exit codes:"
    yield ""
    yield from _table(
        ("code", "meaning"),
        [
            ("0", "Done, whatever the marks are."),
            ("1", "A grade is missing for a reason that is not the student's, or a gate did not pass."),
            ("2", "Wrong usage or configuration, or a machine without room or rights."),
            ("130", "Interrupted (Ctrl-C, SIGTERM). The same command continues from there."),
        ],
    )


def _paragraphs(command: Any) -> list[str]:
    return [" ".join(part.split()) for part in (command.help or "").split("\n\n")]


def _command(name: str, command: Any) -> Iterator[str]:
    """Yield the section on one command: usage, description, arguments and options."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    yield f"## {name}"
    yield ""
    yield "```text"
    yield " ".join(["autograder", name, "[OPTIONS]", *map(_placeholder, arguments)])
    yield "```"
    yield ""
    for paragraph in _paragraphs(command):
        yield paragraph
        yield ""
    if arguments:
        yield from _table(
            ("argument", "meaning"), [(f"`{_label(one).replace('|', ' or ')}`", _meaning(one)) for one in arguments]
        )
    if options:
        yield from _table(("option", "meaning"), [(_option(one), _meaning(one)) for one in options])


def _choices(parameter: Any) -> tuple[str, ...]:
    """Return the values that a parameter may have, empty if it is not a choice."""
    annotation = parameter.type_descriptor.annotation
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    return ()


def _label(argument: Any) -> str:
    return argument.metavar or "|".join(_choices(argument)) or argument.name.upper()


def _placeholder(argument: Any) -> str:
    return _label(argument) if argument.required else f"[{_label(argument)}]"


def _option(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if option.is_flag:
        return names
    values = _choices(option) or (option.metavar or option.type_descriptor.annotation.__name__.upper(),)
    return f"{names} {', '.join(f'`{value}`' for value in values)}"


def _meaning(parameter: Any) -> str:
    """Return the help text of a parameter, with its default or that it must be given."""
    text = parameter.help or ""
    if parameter.required:
        return f"{text} **Required.**"
    default = parameter.default
    if getattr(parameter, "is_flag", False) or default is None or callable(default):
        return text
    return f"{text} Default: `{default}`."


def _rubric() -> str:
    """Return the page on the keys of `grading.yml`, made of the JSON Schema that editors use as well."""
    document = schema()
    parts: Mapping[str, Any] = document["$defs"]
    lines = [
        *("# Keys of `grading.yml`", "", _NOTE, ""),
        "`autograder schema` prints the JSON Schema that this page is made of. An editor that knows YAML schemas",
        "completes and checks keys with it: the first line of the file names it.",
        "",
        *("```sh", "autograder schema", "```", ""),
        *("```yaml", "# yaml-language-server: $schema=docs/grading.schema.json", "```", ""),
        "An unknown key is an error. Every fault of the file is reported at once, each with its place and a remedy.",
        "",
        *("## The whole file", "", *_part(document, parts)),
    ]
    for name in sorted(parts):
        lines += [f"## {name}", "", *_part(parts[name], parts)]
    return "\n".join(lines).rstrip() + "\n"


def _part(part: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the description of one mapping and a table of its keys."""
    for paragraph in part.get("description", "").split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""
    required = part.get("required", ())
    keys = part.get("properties", {})
    described = any(value.get("description") for value in keys.values())
    rows = []
    for key, value in keys.items():
        due = "required" if key in required else _default(value)
        row = (f"`{key}`", _type(value, parts), due)
        rows.append((*row, value.get("description", "")) if described else row)
    head = ("key", "value", "default", "meaning") if described else ("key", "value", "default")
    yield from _table(head, rows)


def _default(value: Mapping[str, Any]) -> str:
    if "default" not in value:
        return "none"
    if isinstance(value["default"], Mapping):
        return "those of its keys"
    return f"`{json.dumps(value['default'], ensure_ascii=False)}`"


_KINDS = {"string": "text", "boolean": "`true` or `false`", "null": "`null`", "integer": "integer", "number": "number"}
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def _type(value: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    """Return in words what a value may be; a part of its own becomes a link."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})" if "properties" in parts[name] else _type(parts[name], parts)
    if several := value.get("oneOf") or value.get("anyOf"):
        return " or ".join(dict.fromkeys(_type(one, parts) for one in several))
    if value.get("type") == "array":
        return f"list; each {_type(value.get('items', {}), parts)}"
    if value.get("type") == "object":
        return _mapping(value, parts)
    return _scalar(value)


def _scalar(value: Mapping[str, Any]) -> str:
    """Return in words what a value that is neither a list nor a mapping may be."""
    if "const" in value or "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value.get("enum", [value.get("const")]))
    if "pattern" in value:
        return PATTERNS[value["pattern"]]
    bounds = "".join(f" {sign} {value[bound]}" for bound, sign in _BOUNDS.items() if bound in value)
    return f"{_KINDS.get(value.get('type', ''), 'any value')}{bounds}"


def _mapping(value: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    """Return in words what a mapping with free keys holds."""
    names = value.get("propertyNames", {})
    if "patternProperties" in value:
        pattern, held = next(iter(value["patternProperties"].items()))
        return f"mapping from {PATTERNS[pattern]} to {_type(held, parts)}"
    key = " or ".join(f"`{choice}`" for choice in names["enum"]) if "enum" in names else "names"
    held = value.get("additionalProperties")
    return f"mapping from {key} to {_type(held, parts) if isinstance(held, Mapping) else 'any value'}"


def _codes() -> str:
    """Return the page on the codes of reasons and flags: the sentence of each and who reads it."""
    lines = [
        *("# Codes of reasons and flags", "", _NOTE, ""),
        "A *reason* says why an item has its verdict; a *flag* asks the instructor for a look and costs nothing.",
        "JSON files and `grades.csv` name the codes; pages say the same in sentences, in the notebook's language.",
        "Words in italics are filled in, or left out where they are empty or `policy.feedback` withholds them.",
        "",
    ]
    for title, catalogue in (("Reasons", REASONS), ("Flags", FLAGS)):
        rows = []
        for code, message in catalogue.items():
            reader = "" if message.for_student else " (instructor only)"
            rows.append((f"`{code}`", _sentence(message.english) + reader))
        lines += [f"## {title}", "", *_table(("code", "sentence"), rows)]
    return "\n".join(lines).rstrip() + "\n"


def _sentence(template: str) -> str:
    """Return a sentence of the catalogue with its blanks in italics and without the marks of its optional parts."""
    return re.sub(r"\{(\w+)\}", r"*\1*", template.translate({ord("["): None, ord("]"): None}))


def main() -> None:
    """Write every generated page."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
