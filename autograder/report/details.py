"""Express a detail, or another field of a reason, in words of a language."""

from __future__ import annotations

from typing import Final

from autograder.records import Detail, Field, Language, shown
from autograder.report.numbers import number_text
from autograder.report.phrase import Phrase
from autograder.report.phrases import PHRASES

_LONGEST_TEXT: Final = 500


def detail_text(detail: Detail | None, language: Language) -> str:
    """Return the text of a detail; empty for None.

    >>> detail_text(Detail.of("ended.in_cell", how=Detail.of("ended.signal", signal="SIGKILL"), cell=30), "en")
    'the process was killed by SIGKILL in cell 31'
    """
    if detail is None:
        return ""
    try:
        return filled(PHRASES[detail.code], detail, language)
    except KeyError:
        # A gradebook may contain codes or fields of another version.
        return shown(detail, _LONGEST_TEXT)


def filled(phrase: Phrase, detail: Detail, language: Language) -> str:
    """Return a phrase with a detail's fields in its blanks.

    Raises:
        KeyError: The detail lacks a field.
    """
    texts = {name: _field(name, value, language) for name, value in detail.fields.items()}
    return phrase.template(language).format_map(texts)


def field_text(field: Field, language: Language) -> str:
    """Return the text of a field; untrusted text is shown on one line."""
    match field:
        case Detail():
            return detail_text(field, language)
        case tuple():
            return ", ".join(shown(text, _LONGEST_TEXT) for text in field)
        case str():
            return shown(field, _LONGEST_TEXT)
    return number_text(field, language)


def in_english(detail: Detail | None) -> str:
    """Return the text of a detail for the operator, in English; empty for None."""
    return detail_text(detail, "en")


def _field(name: str, value: Field, language: Language) -> str:
    # The notebook's file counts cells from 0, readers count from 1. An index is Python's.
    if name == "cell" and isinstance(value, int):
        return number_text(value + 1, language)
    return str(value) if name == "index" else field_text(value, language)
