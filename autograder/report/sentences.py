"""Express a reason in words: choose its sentence, fill in the blanks, leave out what must not be revealed."""

from __future__ import annotations

import dataclasses
import re

from autograder.records import Detail, Language, Reason
from autograder.report.details import field_text
from autograder.report.path_words import path_words
from autograder.rubric.checks import MESSAGES
from autograder.rubric.message import Message


@dataclasses.dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a sentence; `quoted` if it is copied from a submission or a rubric."""

    text: str
    quoted: bool


_UNKNOWN = Message(
    meaning="A code of another version.",
    portuguese="{subject}[: {found}][; esperado: {expected}]",
    english="{subject}[: {found}][; expected: {expected}]",
    for_student=False,
)

_TOKEN = re.compile(r"\[(?P<optional>[^\]]*)\]|\{(?P<blank>\w+)\}|(?P<text>[^\[\]{}]+)")


def is_for_student(reason: Reason) -> bool:
    """Return whether students may read a reason or flag; a code unknown to this version is not for students."""
    return MESSAGES.get(reason.code, _UNKNOWN).for_student


def sentence_parts(reason: Reason, language: Language, *, reveal: bool) -> tuple[Fragment, ...]:
    """Express a reason in words.

    Args:
        reason: The reason.
        language: The language of the text.
        reveal: Include expected values even if they are not public.
    """
    message = MESSAGES.get(reason.code)
    blanks = {
        "subject": reason.subject,
        "found": field_text(reason.found, language),
        "expected": field_text(reason.expected, language) if reveal or reason.public else "",
    }
    if message is None:
        # A gradebook may contain codes of an older or newer version.
        return (Fragment(f"{reason.code}: ", quoted=False), *_filled(_UNKNOWN.template(language), blanks))
    parts = _filled(message.template(language), blanks)
    # A detail consists of our own words, which are not quoted.
    ours = {
        blanks[name]
        for name, field in (("found", reason.found), ("expected", reason.expected))
        if isinstance(field, Detail)
    }
    parts = tuple(Fragment(part.text, part.quoted and part.text not in ours) for part in parts)
    return _capitalised(_with_words(parts, reason.subject, language))


def sentence(reason: Reason, language: Language, *, reveal: bool) -> str:
    """Express a reason as plain text (see `sentence_parts`).

    >>> sentence(Reason("choice.wrong", "q02_answer", "b", "c"), "en", reveal=False)
    'The option b is not the right one.'
    """
    return "".join(part.text for part in sentence_parts(reason, language, reveal=reveal))


def _filled(template: str, blanks: dict[str, str]) -> tuple[Fragment, ...]:
    parts: list[Fragment] = []
    for token in _TOKEN.finditer(template):
        if token["optional"] is not None:
            inner = re.findall(r"\{(\w+)\}", token["optional"])
            if all(blanks[name] for name in inner):
                parts += _filled(token["optional"], blanks)
        elif token["blank"] is not None:
            parts.append(Fragment(blanks[token["blank"]], quoted=True))
        else:
            parts.append(Fragment(token["text"], quoted=False))
    return tuple(parts)


def _with_words(parts: tuple[Fragment, ...], subject: str, language: Language) -> tuple[Fragment, ...]:
    """Return the subject path of a reason in words, with names quoted."""
    words = tuple(Fragment(word.text, word.name) for word in path_words(subject, language))
    found: list[Fragment] = []
    for part in parts:
        found += words if part == Fragment(subject, quoted=True) else (part,)
    return tuple(found)


def _capitalised(parts: tuple[Fragment, ...]) -> tuple[Fragment, ...]:
    """Capitalise a sentence whose optional beginning was left out."""
    first = parts[0]
    if first.quoted:
        return parts
    return (Fragment(first.text[:1].upper() + first.text[1:], quoted=False), *parts[1:])
