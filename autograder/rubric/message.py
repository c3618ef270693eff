"""A code's meaning and its sentences in both languages, and how values are formatted in their blanks.

Text in square brackets is omitted if a blank inside it is empty. So one sentence serves students who may see the
expected value and students who may not: `The letter[ {found}] is wrong.[ The right one is {expected}.]`
"""

from __future__ import annotations

import dataclasses
from typing import Final

from autograder.records import JSON, Language

_LONGEST_TEXT: Final = 200
_LONGEST_LIST: Final = 12


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The meaning of one code, in one line, and its sentence in each language.

    `for_student` is False if only the instructor may read it.
    """

    meaning: str
    portuguese: str
    english: str
    for_student: bool = True

    def template(self, language: Language) -> str:
        """Return the sentence with its blanks."""
        return self.portuguese if language == "pt-BR" else self.english


def plain(value: JSON) -> str:
    """Format a value for a blank: short, exact enough to recognise, the same in every language.

    >>> plain([2, 0.30000000000000004, "hinge"])
    '2, 0.3, hinge'
    """
    match value:
        case float():
            return f"{value:.6g}"
        case list() | tuple():
            shown = ", ".join(plain(element) for element in value[:_LONGEST_LIST])
            return shown + (", …" if len(value) > _LONGEST_LIST else "")
        case dict():
            return plain([f"{key}: {plain(element)}" for key, element in value.items()])
        case _:
            return str(value)[:_LONGEST_TEXT]
