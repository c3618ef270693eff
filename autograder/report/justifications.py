"""Why each option of a question is right or wrong, as the reference says it: what a page tells under full feedback.

    q01:
      en:
        a: Hinge has the largest mean, not the smallest.
        b: …

Which letter is the key stands in `grading.yml` alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, get_args

from autograder.errors import ConfigurationError
from autograder.records import JSON, Evidence, Language
from autograder.report.letters import chosen_letters
from autograder.rubric import read_document
from autograder.rubric.checks.choice import Choice
from autograder.rubric.document import Fault, fault_lines
from autograder.rubric.lookup import shape_at
from autograder.rubric.model import Question
from autograder.rubric.variable_shapes import LetterShape

FILE_NAME: Final = "justifications.yml"

Justifications = Mapping[str, Mapping[Language, Mapping[str, str]]]
"""By question, language and letter."""


def read_justifications(folder: Path, questions: Mapping[str, Question]) -> Justifications:
    """Return what a folder's file says; nothing where there is no such file.

    Raises:
        ConfigurationError: It cannot be read, or does not fit the questions; one line a fault.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    document = read_document(path)
    faults = [*document.faults, *_faults(document.data, questions)]
    if faults:
        raise ConfigurationError(
            "does not fit the questions of grading.yml",
            str(path),
            "mend it, or take it away to grade without it",
            fault_lines(document, faults),
        )
    found: Justifications = document.data
    return found


def untranslated(justifications: Justifications, languages: Collection[Language]) -> Iterator[str]:
    """Yield a clause for each question and language of pages without the texts that another language has."""
    for name, texts in justifications.items():
        letters = sorted({letter for by_letter in texts.values() for letter in by_letter})
        for language in languages:
            lacking = [letter for letter in letters if letter not in texts.get(language, {})]
            if lacking:
                yield f"{name} has no text in {language} for {', '.join(lacking)}"


def justified(
    justifications: Justifications, questions: Mapping[str, Question], language: Language, evidence: Evidence | None
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return, by question, each right letter with its text, and the student's own where it is another one.

    A cancelled choice has no right letter.
    """
    chosen = chosen_letters(questions, evidence)
    found = {}
    for name, question in questions.items():
        texts = justifications.get(name, {}).get(language, {})
        letters = [
            letter
            for item_name, item in question.items.items()
            if isinstance(item, Choice) and question.cancellation_of(item) is None
            for letter in (*item.right_letters, chosen.get(f"{name}.{item_name}"))
        ]
        found[name] = tuple((one, texts[one]) for one in dict.fromkeys(letters) if one is not None and one in texts)
    return found


def _faults(data: JSON, questions: Mapping[str, Question]) -> Iterator[Fault]:
    for name, languages in data.items():
        if name not in questions:
            yield Fault((name,), "there is no such question")
            continue
        options = _options(questions[name])
        if not isinstance(languages, dict):
            yield Fault((name,), "holds no languages")
            continue
        for language, texts in languages.items():
            if language not in get_args(Language):
                yield Fault((name, language), f"is no language of pages: {' or '.join(get_args(Language))}")
            elif not isinstance(texts, dict):
                yield Fault((name, language), "holds no letters")
            else:
                for letter, text in texts.items():
                    if letter not in options:
                        yield Fault((name, language, letter), "is no option of this question")
                    elif not isinstance(text, str) or not text.strip():
                        yield Fault((name, language, letter), "holds no text")


def _options(question: Question) -> str:
    shapes = [shape_at(item.value, question.variables) for item in question.items.values() if isinstance(item, Choice)]
    return "".join(shape.options for shape in shapes if isinstance(shape, LetterShape))
