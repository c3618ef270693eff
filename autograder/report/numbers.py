"""Format numbers for readers of a language."""

from __future__ import annotations

import functools
from typing import Final

from babel.numbers import format_decimal

from autograder.records import Language

LOCALES: Final = {"pt-BR": "pt_BR", "en": "en_US"}
_DIGITS: Final = 6
"""The most significant digits of a number that is not whole."""
_SMALLEST: Final = 1e-4
_LARGEST: Final = 1e15
"""Larger numbers are easier to read as powers of ten."""


@functools.lru_cache(8192)
def number_text(value: float, language: Language) -> str:
    """Format a number with the language's separators, and at most six digits unless it is whole.

    >>> number_text(1234.5, "pt-BR"), number_text(0.0001, "en")
    ('1.234,5', '0.0001')
    """
    pattern = "#,##0.##########" if value == 0 or _SMALLEST <= abs(value) < _LARGEST else "0.#####E0"
    whole = abs(value) < _LARGEST and value == int(value)
    rounded = int(value) if whole else float(f"{value:.{_DIGITS}g}")
    return str(format_decimal(rounded, format=pattern, locale=LOCALES[language]))
