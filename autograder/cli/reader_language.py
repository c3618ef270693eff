"""The language of whoever reads the terminal, by the locale's variables."""

from __future__ import annotations

import os
from collections.abc import Mapping

from autograder.records import Language, spoken_language


def reader_language(environment: Mapping[str, str] = os.environ) -> Language:
    """Return the language of messages that exist in two; English unless the locale is a Portuguese one.

    >>> reader_language({"LC_ALL": "", "LANG": "pt_BR.UTF-8"}), reader_language({"LC_ALL": "C", "LANG": "pt_BR"})
    ('pt-BR', 'en')
    """
    return locale_language(environment) or "en"


def locale_language(environment: Mapping[str, str] = os.environ) -> Language | None:
    """Return the language that the locale names; None if it names none, as `C` does.

    >>> locale_language({"LANG": "de_AT.UTF-8"}), locale_language({"LANG": "C.UTF-8"})
    ('en', None)
    """
    tags = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    tag = next(filter(None, tags), "C").partition(".")[0]
    return None if tag in {"C", "POSIX"} else spoken_language(tag.replace("_", "-"))
