"""Find the commands in the documentation, and those that the program would reject."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import typer

from autograder.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {ROOT / "CHANGELOG.md"})
"""The changelog tells of earlier versions: its commands need not be today's."""
COMMANDS = typer.main.get_command(app).commands
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = frozenset(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
VARIABLES = frozenset(re.findall(r"\$\(([A-Z]+)\)", MAKEFILE))
OTHER_PROGRAMS = frozenset({".", "dask", "docker", "export", "git", "pip", "pre-commit"})
"""What a shell block may call besides `autograder` and `make`; it is not checked further."""

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:autograder|make) [^`]+)`")
ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
USAGES = "docs/reference/commands.md"
"""Generated from the parser itself: its blocks show usages and no commands."""


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield language and body of each fenced block."""
    for found in FENCE.finditer(text):
        yield found["language"], found["body"]


def shell_lines(text: str) -> Iterator[list[str]]:
    """Yield the words of each command in the shell blocks, without leading assignments and the program's path."""
    for language, body in blocks(text):
        if language == "sh":
            for line in body.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                while words and ASSIGNMENT.fullmatch(words[0]):
                    del words[0]
                if words:
                    yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


def inline_commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each command within a sentence or a table."""
    for found in INLINE.finditer(FENCE.sub("", text)):
        yield found[1].replace("\\|", "|").split()


def fault(words: list[str]) -> str:
    """Return why a command of a shell block would be rejected, empty if it would not."""
    program, *arguments = words
    if program == "autograder":
        return _autograder_fault(arguments)
    if program == "make":
        return _make_fault(arguments)
    return "" if program in OTHER_PROGRAMS else f"unknown program {program}"


def inline_fault(words: list[str]) -> str:
    """Return why a command within a sentence is invalid: placeholders are accepted, command and options are checked."""
    program, *arguments = words
    if program == "make":
        return _make_fault(arguments)
    name, *rest = arguments
    if name.startswith("-"):
        return "" if name in {"--help", "--version"} else f"unknown option {name}"
    if name not in COMMANDS:
        return f"unknown command {name}"
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts} | {"--help"}
    unknown = [word for word in rest if word.startswith("-") and word not in known]
    return f"unknown option {unknown[0]}" if unknown else ""


def _autograder_fault(arguments: list[str]) -> str:
    if arguments in (["--help"], ["--version"]):
        return ""
    if not arguments or arguments[0] not in COMMANDS:
        return f"unknown command {' '.join(arguments[:1])}"
    try:
        COMMANDS[arguments[0]].make_context(arguments[0], arguments[1:])
    except Exception as error:  # noqa: BLE001 (the parser's own exceptions are private)
        return str(getattr(error, "message", error)) or type(error).__name__
    return ""


def _make_fault(arguments: list[str]) -> str:
    for argument in arguments:
        variable, equals, _ = argument.partition("=")
        if argument not in TARGETS and not (equals and variable in VARIABLES):
            return f"unknown target or variable {argument}"
    return "" if arguments else "no target"
