"""When two numbers, two series or two settings count as the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from autograder.records import JSON

LINK_RELATIVE = 1e-6
"""Reported numbers are copies of those in the journal: they differ by a conversion to float32 at most."""

SETTING_RELATIVE = 1e-4
"""The setting of a layer or an optimizer may have been converted to float32."""


def decimals(values: Iterable[float]) -> int:
    """Return how many decimals the most precise of the numbers has, as Python writes it.

    >>> decimals([21.63, 19.1])
    2
    """
    return max(map(_decimals, values), default=0)


def _decimals(value: float) -> int:
    text = repr(value)
    _, point, fraction = text.partition(".")
    # The shortest text of a number ends in no zero, unless it is whole. Histories have thousands of numbers.
    if point and fraction != "0" and fraction.isdecimal():
        return len(fraction)
    return -int(Decimal(text).normalize().as_tuple().exponent)


def same_number(reported: float, recorded: float | None, relative: float, digits: int = 0) -> bool:
    """Return whether a number equals another up to `relative`, or is the other rounded to `digits` ≥ 1 decimals."""
    if recorded is None:
        return False
    difference = abs(reported - recorded)
    # Written so that NaN, which compares false with everything, never agrees.
    if difference <= relative * abs(recorded):
        return True
    return digits >= 1 and difference <= 0.5 * 10.0**-digits * (1 + 1e-9)


def same_series(reported: Sequence[float], recorded: Sequence[float | None], relative: float, digits: int = 0) -> bool:
    """Tell whether two series have the same length and the same numbers."""
    return len(reported) == len(recorded) and all(
        same_number(one, other, relative, digits) for one, other in zip(reported, recorded, strict=True)
    )


def same_setting(obtained: JSON, expected: JSON) -> bool:
    """Compare settings: numbers up to rounding, `3` equals `[3, 3]`, no activation equals `linear`."""
    if expected == "linear" and obtained is None:
        return True
    if isinstance(expected, list):
        given = obtained if isinstance(obtained, list) else [obtained] * len(expected)
        return len(given) == len(expected) and all(map(same_setting, given, expected))
    if _is_number(obtained) and _is_number(expected):
        return math.isclose(obtained, expected, rel_tol=SETTING_RELATIVE)
    return bool(obtained == expected)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
