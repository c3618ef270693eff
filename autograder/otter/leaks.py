"""Search the students' files for secrets: solutions, the key, reference figures, hidden tests."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.otter.passages import Passage
from autograder.otter.written_numbers import WrittenNumber, figures_in
from autograder.rubric.checks.choice import Choice
from autograder.rubric.checks.close import Close
from autograder.rubric.checks.equal import Equal
from autograder.rubric.model import Question

_LEAST_CODE_CHARACTERS = 14
"""Shorter lines of code reveal nothing about a solution: `plt.show()`, `return x`."""
_LEAST_PROSE_CHARACTERS = 30
_FIGURES_THAT_TELL = 3

_MARKER = re.compile(r"#\s*(BEGIN |END )?SOLUTION( NO PROMPT)?\s*$")
_HIDDEN = re.compile(r"autograder\.otter|\bhidden\s*[=:]\s*true\b|\bask\(\s*['\"]\w", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Leak:
    """One leaked secret and its place."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def solution_lines(master: NotebookNode) -> frozenset[str]:
    """Return the lines that occur only in a master's solutions.

    A line that the master also has outside solutions is not a secret. A code cell inside a solution block without any
    marker is secret as a whole, although Otter releases it as scaffolding: the author forgot the marker.
    """
    secret: set[str] = set()
    given: set[str] = set()
    in_block = False
    for cell in master.cells:
        boundary = cell.source.lstrip("`\n").removeprefix("otter").strip()
        if cell.cell_type != "code" and boundary.startswith(("# BEGIN SOLUTION", "# END SOLUTION")):
            in_block = boundary.startswith("# BEGIN")
        elif cell.cell_type == "code":
            solved, scaffold = _split_code(cell.source)
            if in_block and not solved:
                solved, scaffold = scaffold, []
            secret.update(line for line in solved if len(line) >= _LEAST_CODE_CHARACTERS)
            given.update(scaffold)
        elif in_block:
            lines = map(_plain, cell.source.splitlines())
            secret.update(line for line in lines if len(line) >= _LEAST_PROSE_CHARACTERS)
    return frozenset(secret - given)


def find_solutions(passages: Iterable[Passage], lines: frozenset[str]) -> Iterator[Leak]:
    """Yield each solution line and each leftover solution marker in the passages."""
    for passage in passages:
        for text in map(_plain, passage.text.splitlines()):
            if _MARKER.search(text):
                yield Leak(passage.where, f"a marker was left: {text}")
            for line in lines:
                if line in text:
                    yield Leak(passage.where, f"a line of a solution: {line}")


def key_patterns(questions: Mapping[str, Question]) -> dict[str, re.Pattern[str]]:
    """Return by variable a pattern that sets or compares it to a right letter, in code, JSON or YAML."""
    keys = {item.value: "".join(item.right_letters) for question in questions.values()
            for item in question.items.values() if isinstance(item, Choice)}  # fmt: skip
    return {
        # Before the letter: `= "`, `"] == "(`, `: '`, ` in ["`, `, key: `. A comma after it means a list of letters, as
        # in a test of the format.
        name: re.compile(rf"\b{name}\b\W{{0,20}}(?:in|is|key)?\W{{1,8}}\b[{key}]\b(?=\W)(?!\W{{0,2}},)", re.IGNORECASE)
        for name, key in keys.items()
    }


def find_keys(passages: Iterable[Passage], questions: Mapping[str, Question]) -> Iterator[Leak]:
    """Yield each place that sets or compares an answer to the key's letter."""
    patterns = key_patterns(questions)
    for passage in passages:
        for name, pattern in patterns.items():
            if name in passage.text and pattern.search(passage.text + "\n"):
                yield Leak(passage.where, f"{name} is next to the letter of the key")


def find_figures(passages: Iterable[Passage], questions: Mapping[str, Question]) -> Iterator[Leak]:
    """Yield each item whose expected figures occur where the statement does not need them.

    In code, outputs and metadata, one figure is a leak unless the statement contains it. A statement may contain a few,
    in an option or a table of parameters; it reveals the answer if it contains at least three and half of an item's
    figures.
    """
    passages = tuple(passages)
    told = [figure for text in passages if text.kind == "prose" for figure in figures_in(text.text, prose=True)]
    shown = [
        (passage.where, figure)
        for passage in passages
        if passage.kind != "prose"
        for figure in figures_in(passage.text, prose=False)
    ]
    for question_name, question in questions.items():
        for item_name, item in question.items.items():
            if not isinstance(item, Close | Equal):
                continue
            expected = {number for number in _numbers(item.expected) if WrittenNumber.of(number).tells(number)}
            in_prose = {number for number in expected if any(figure.tells(number) for figure in told)}
            if len(in_prose) >= _FIGURES_THAT_TELL and 2 * len(in_prose) >= len(expected):
                yield Leak("statement", f"{len(in_prose)} of {len(expected)} figures of {question_name}.{item_name}")
            for number in sorted(expected - in_prose):
                for where in {where for where, figure in shown if figure.tells(number)}:
                    yield Leak(where, f"{number:g}, a figure of {question_name}.{item_name}")


def find_hidden_tests(passages: Iterable[Passage]) -> Iterator[Leak]:
    """Yield each trace of a hidden test."""
    for passage in passages:
        for match in _HIDDEN.finditer(passage.text):
            yield Leak(passage.where, f"a trace of a hidden test: {match.group()}")


def find_outputs(passages: Iterable[Passage]) -> Iterator[Leak]:
    """Yield each output: the students' notebooks must never have been run."""
    for passage in passages:
        if passage.kind == "output":
            yield Leak(passage.where, "an output")


def _split_code(source: str) -> tuple[list[str], list[str]]:
    """Split a cell's lines into those that Otter removes and those that it keeps."""
    solved: list[str] = []
    scaffold: list[str] = []
    in_solution = False
    for raw in source.splitlines():
        line = _plain(raw)
        marker = _MARKER.search(line)
        if marker is None:
            (solved if in_solution else scaffold).append(line)
        elif marker.group(1):
            in_solution = marker.group(1) == "BEGIN "
        else:
            solved.append(line[: marker.start()].strip())
    return solved, scaffold


def _plain(line: str) -> str:
    return " ".join(line.split())


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for child in value.values():
            yield from _numbers(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _numbers(child)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
