"""Put a reason into words: choose its sentence, fill the blanks, leave out what may not be said."""

from __future__ import annotations

import dataclasses
import re
from types import MappingProxyType

from autograder.records import Language, Reason
from autograder.report.clauses import in_portuguese
from autograder.report.messages import MESSAGES, Message


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; `quoted` where it came out of a submission or a rubric, word for word."""

    text: str
    quoted: bool


_UNKNOWN = Message(
    "{subject}[: {found}][; esperado: {expected}]",
    "{subject}[: {found}][; expected: {expected}]",
    for_student=False,
)

_TOKEN = re.compile(r"\[(?P<optional>[^\]]*)\]|\{(?P<blank>\w+)\}|(?P<text>[^\[\]{}]+)")
_IN_PORTUGUESE = MappingProxyType({"yes": "sim", "no": "não"})
_WITH_CLAUSES = frozenset({"value.malformed", "internal.run", "internal.baseline", "internal.error"})
"""Codes whose `found` is a clause of its own, not something to quote."""


def is_for_student(reason: Reason) -> bool:
    """Tell whether a student may read a reason or flag at all; one that this version does not know is not for them."""
    return MESSAGES.get(reason.code, _UNKNOWN).for_student


def sentence_parts(reason: Reason, language: Language, *, reveal: bool) -> tuple[Part, ...]:
    """Put a reason into words.

    Args:
        reason: What to say.
        language: In which language.
        reveal: Whether what was expected may be said even where it is not public.
    """
    message = MESSAGES.get(reason.code)
    blanks = {
        "subject": reason.subject,
        "found": _local(reason, reason.found, language),
        "expected": _local(reason, reason.expected, language) if reveal or reason.public else "",
    }
    if message is None:
        # A gradebook may hold codes of a version before or after this one.
        return (Part(f"{reason.code}: ", quoted=False), *_filled(_UNKNOWN.template(language), blanks))
    parts = _capitalised(_filled(message.template(language), blanks))
    if reason.code in _WITH_CLAUSES:
        return tuple(Part(part.text, part.quoted and part.text != blanks["found"]) for part in parts)
    return parts


def sentence(reason: Reason, language: Language, *, reveal: bool) -> str:
    """Put a reason into words, as plain text (see `sentence_parts`).

    >>> sentence(Reason("choice.wrong", "q02_answer", "b", "c"), "en", reveal=False)
    'The option b is not the right one.'
    """
    return "".join(part.text for part in sentence_parts(reason, language, reveal=reveal))


def _filled(template: str, blanks: dict[str, str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for token in _TOKEN.finditer(template):
        if token["optional"] is not None:
            inner = re.findall(r"\{(\w+)\}", token["optional"])
            if all(blanks[name] for name in inner):
                parts += _filled(token["optional"], blanks)
        elif token["blank"] is not None:
            parts.append(Part(blanks[token["blank"]], quoted=True))
        else:
            parts.append(Part(token["text"], quoted=False))
    return tuple(parts)


def _capitalised(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Begin a sentence whose optional beginning was left out with a capital letter."""
    first = parts[0]
    if first.quoted:
        return parts
    return (Part(first.text[:1].upper() + first.text[1:], quoted=False), *parts[1:])


def _local(reason: Reason, text: str, language: Language) -> str:
    """Translate the few words that a check writes into a blank."""
    if language == "en":
        return text
    if reason.code in _WITH_CLAUSES:
        return in_portuguese(text)
    if reason.code == "interval.outside":
        return text.replace(" to ", " a ")
    if reason.code.startswith("recipe.data."):
        return text.replace("mean ", "média ").replace("std ", "desvio padrão ").replace(" … ", " a ")
    return _IN_PORTUGUESE.get(text, text)
