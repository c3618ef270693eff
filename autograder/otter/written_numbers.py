"""Find numbers in text, in any notation, and compare them with figures of the rubric."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from decimal import Decimal

_LEAST_DIGITS = 3
"""A number with fewer significant digits is too common to count: 0.8 is everywhere."""

_THOUSANDS_DIGITS = 3

_NUMBER = re.compile(r"(?<![\w.])(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w])")
_NUMBER_IN_PROSE = re.compile(r"(?<![\w.,])(?:\d+(?:[.,]\d+)*|[.,]\d+)(?!\w)")
# Thousands separators of LaTeX and typography.
_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\,|\\ |~|[\u00a0\u2009\u202f])(?=\d{3}(?!\d))")
_DECIMAL_BRACES = re.compile(r"(?<=\d)\{,\}(?=\d)")


@dataclasses.dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as written: its absolute value and its decimal places."""

    value: float
    places: int

    @classmethod
    def of(cls, number: float) -> WrittenNumber:
        """Parse a number as Python writes it."""
        return _figure(repr(abs(number)))

    def tells(self, expected: float) -> bool:
        """Return whether this equals `expected` rounded to the fewer places, with enough digits to count."""
        places = min(self.places, WrittenNumber.of(expected).places)
        if abs(expected) * 10**places < 10 ** (_LEAST_DIGITS - 1) - 0.5:
            return False
        return abs(self.value - abs(expected)) <= 0.5 * 10.0**-places * (1 + 1e-9)


def figures_in(text: str, *, prose: bool) -> Iterator[WrittenNumber]:
    """Yield every number in `text`. In prose, a comma may be decimal or separate thousands: both are yielded."""
    if not prose:
        yield from (_figure(match.group()) for match in _NUMBER.finditer(text))
        return
    text = _DECIMAL_BRACES.sub(".", _THOUSANDS.sub("", text))
    for match in _NUMBER_IN_PROSE.finditer(text):
        yield from map(_figure, _readings(match.group()))


def _readings(written: str) -> set[str]:
    head, *tail = re.split(r"[.,]", written)
    readings = set()
    if not tail[1:]:
        readings.add(written.replace(",", "."))
    if tail and all(len(part) == _THOUSANDS_DIGITS for part in tail):
        readings.add("".join((head, *tail)))
    # Neither: a list without spaces (0.13,0.18), or not a number (a version, 2.21.0).
    return readings or {part for part in written.split(",") if _NUMBER.fullmatch(part)}


def _figure(written: str) -> WrittenNumber:
    number = Decimal(written)
    exponent = number.as_tuple().exponent
    # The patterns match no infinity, and only infinities and NaN have a letter as exponent.
    return WrittenNumber(float(number), max(0, -exponent) if isinstance(exponent, int) else 0)
