"""What an item was judged by, side by side: what was handed in, and what the rubric and the reference expect."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterator
from typing import Final

import yaml
from markupsafe import Markup

from autograder.assignment import Assignment
from autograder.errors import AutograderError
from autograder.grading import select
from autograder.records import JSON, Comparison, Evidence, Finding, Language, Values, printable
from autograder.report import chosen_letters, detail_text, read_justifications
from autograder.report.markdown import rendered, rendered_inline
from autograder.rubric.checks.choice import Choice
from autograder.rubric.item import Item

_LONGEST_VALUE: Final = 300
_DIGITS: Final = 6
"""The digits of a number in a list or a dictionary; one that stands alone has all of its digits."""
_MOST_VALUES: Final = 40


@dataclasses.dataclass(frozen=True, slots=True)
class ValueRow:
    """A value that the item reads: as our execution gave it, and as the student's own run had saved it."""

    path: str
    executed: str
    saved: str


@dataclasses.dataclass(frozen=True, slots=True)
class OptionEvidence:
    """One option of a choice, with its text and why it is right or wrong, where these are known."""

    letter: str
    text: Markup
    why: Markup
    is_key: bool
    is_chosen: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ItemEvidence:
    """What stands beside a finding. `rubric` is the item's text; empty where the rubric has no such item any more."""

    values: tuple[ValueRow, ...]
    options: tuple[OptionEvidence, ...]
    comparisons: tuple[Comparison, ...]
    rubric: str
    solution: tuple[str, ...]


def item_evidence(assignment: Assignment, finding: Finding, evidence: Evidence, language: Language) -> ItemEvidence:
    """Return what an item was judged by, for a page in some language; options are in the notebook's own."""
    question = assignment.specification.questions.get(finding.question)
    item = None if question is None else question.items.get(finding.item)
    if item is None:
        return ItemEvidence((), (), finding.comparisons, "", ())
    return ItemEvidence(
        values=tuple(_values(item, evidence, {one.path for one in finding.comparisons}, language)),
        options=tuple(_options(assignment, finding, item, evidence)) if isinstance(item, Choice) else (),
        comparisons=finding.comparisons,
        rubric=_rubric_text(item),
        solution=_solution(assignment, finding.question),
    )


def _values(item: Item, evidence: Evidence, compared: Collection[str], language: Language) -> Iterator[ValueRow]:
    """Yield what an item reads; a number that stands beside its interval is told again only if another was saved."""
    for path in dict.fromkeys(item.paths[:_MOST_VALUES]):
        saved = _written(evidence.claimed, path, language)
        if saved or path not in compared:
            yield ValueRow(path, _written(evidence.executed, path, language), saved)


def _written(values: Values, path: str, language: Language) -> str:
    found = select(values, path)
    if found.state == "given":
        return _short(found.value)
    return "" if found.state == "missing" else detail_text(found.fault, language)


def _short(value: JSON) -> str:
    text = printable(json.dumps(_rounded(value) if isinstance(value, list | dict) else value, ensure_ascii=False))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _rounded(value: JSON) -> JSON:
    match value:
        case float():
            return float(f"{value:.{_DIGITS}g}")
        case list():
            return [_rounded(one) for one in value]
        case dict():
            return {key: _rounded(one) for key, one in value.items()}
    return value


def _options(assignment: Assignment, finding: Finding, item: Choice, evidence: Evidence) -> Iterator[OptionEvidence]:
    language: Language = evidence.language
    questions = assignment.specification.questions
    texts = assignment.option_texts(language).get(finding.question, {})
    try:
        reference = assignment.folder / assignment.specification.assignment.reference
        reasons = read_justifications(reference, questions).get(finding.question, {}).get(language, {})
    except AutograderError:
        # A mistake in that file is told where it matters: when pages are released.
        reasons = {}
    chosen = chosen_letters(questions, evidence).get(finding.place, "")
    for letter in sorted({item.key, *texts, *([chosen] if chosen else [])}):
        yield OptionEvidence(
            letter,
            rendered_inline(texts.get(letter, "")),
            rendered(reasons.get(letter, "")),
            is_key=letter == item.key,
            is_chosen=letter == chosen,
        )


def _rubric_text(item: Item) -> str:
    fields = item.model_dump(mode="json", exclude_defaults=True, exclude={"points"})
    return yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100).strip()


def _solution(assignment: Assignment, question: str) -> tuple[str, ...]:
    """Return the solved notebook's cells of a question, where it lies on this machine."""
    if not assignment.has_solution:
        return ()
    try:
        solution = assignment.solution()
    except AutograderError:
        return ()
    return tuple(cell.source for cell in solution.notebook.cells if solution.questions[cell.index] == question)
