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
    tags = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return spoken_language(next(filter(None, tags), "en").replace("_", "-"))
