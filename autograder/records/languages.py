"""The languages of notebooks (any) and of messages (two)."""

from __future__ import annotations

from autograder.records.execution import Language


def spoken_language(tag: str) -> Language:
    """Return the language of messages for a notebook's BCP 47 tag; English if there is no translation.

    >>> spoken_language("pt-PT"), spoken_language("es"), spoken_language("en-GB")
    ('pt-BR', 'en', 'en')
    """
    return "pt-BR" if tag.partition("-")[0].lower() == "pt" else "en"
