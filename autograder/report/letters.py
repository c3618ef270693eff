"""The option that a student chose in each choice question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.records import Evidence
from autograder.rubric import split_path
from autograder.rubric.checks.choice import Choice
from autograder.rubric.model import Question


def chosen_letters(questions: Mapping[str, Question], evidence: Evidence | None) -> dict[str, str]:
    """Return the letter of each choice by its item (`q07.answer`): the executed one, else the saved one."""
    return dict(_letters(questions, evidence))


def _letters(questions: Mapping[str, Question], evidence: Evidence | None) -> Iterator[tuple[str, str]]:
    for name, question in questions.items():
        for item_name, item in question.items.items():
            letter = _letter(evidence, item.value) if isinstance(item, Choice) else None
            if letter is not None:
                yield f"{name}.{item_name}", letter


def _letter(evidence: Evidence | None, path: str) -> str | None:
    name, keys, _ = split_path(path)
    for values in () if evidence is None else (evidence.executed, evidence.claimed):
        value = values.given.get(name)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            return value
    return None
