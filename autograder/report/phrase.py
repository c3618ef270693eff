"""A phrase in each language of messages."""

from __future__ import annotations

from typing import NamedTuple

from autograder.records import Language


class Phrase(NamedTuple):
    """A phrase in each language."""

    portuguese: str
    english: str

    def template(self, language: Language) -> str:
        """Return the phrase with its blanks."""
        return self.portuguese if language == "pt-BR" else self.english
