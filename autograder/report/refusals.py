"""Say why a submission is refused and what can be done about it, in a reader's language."""

from __future__ import annotations

from typing import Final

from autograder.errors import AutograderError
from autograder.records import Detail, Language, Refusal, SubmissionError
from autograder.report.details import detail_text, filled
from autograder.report.refusal_phrases import OWN_SUBJECT, REMEDIES


def refusal_words(fault: Detail, language: Language) -> tuple[str, str]:
    """Return what is wrong, a clause whose subject is the file, and the remedy; empty if there is none.

    >>> refusal_words(Detail("refused.empty"), "pt-BR")
    ('está vazio', 'baixe ou copie o notebook de novo e entregue-o')
    """
    remedy = REMEDIES.get(fault.code)
    return detail_text(fault, language), "" if remedy is None else filled(remedy, fault, language)


def refusal_line(refused: Refusal | SubmissionError, language: Language) -> str:
    """Return file, fault and remedy on one line."""
    what, remedy = refusal_words(refused.fault, language)
    where = refused.source if isinstance(refused, Refusal) else refused.where
    return str(AutograderError(what, where, remedy))


def error_text(error: AutograderError, language: Language) -> str:
    """Return an error for the operator: one of a submission in their language, any other in English."""
    return refusal_line(error, language) if isinstance(error, SubmissionError) else str(error)


_STUDENT: Final = {"pt-BR": ("Sem nota", "o arquivo"), "en": ("Not graded", "the file")}


def refusal_text(fault: Detail) -> str:
    """Return for the student why a submission was refused, one line per language: the student's own is unknown."""
    return "\n".join(_sentence(fault, language) for language in ("pt-BR", "en"))


def _sentence(fault: Detail, language: Language) -> str:
    heading, subject = _STUDENT[language]
    what, remedy = refusal_words(fault, language)
    clause = what if fault.code in OWN_SUBJECT else f"{subject} {what}"
    mend = f" {remedy[:1].upper()}{remedy[1:]}." if remedy else ""
    return f"{heading}: {clause}.{mend}"
