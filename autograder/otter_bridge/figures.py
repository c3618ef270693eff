"""Find numbers in text and tell whether one says a figure of the rubric, in whatever form it is written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from decimal import Decimal

_LEAST_DIGITS = 3
"""A number of fewer significant digits says nothing: 0.8 is everywhere."""

_THOUSANDS_DIGITS = 3

_NUMBER = re.compile(r"(?<![\w.])(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w])")
_NUMBER_IN_PROSE = re.compile(r"(?<![\w.,])(?:\d+(?:[.,]\d+)*|[.,]\d+)(?!\w)")
# LaTeX's ways, and typography's, to part thousands.
_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\,|\\ |~|[\u00a0\u2009\u202f])(?=\d{3}(?!\d))")
_DECIMAL_BRACES = re.compile(r"(?<=\d)\{,\}(?=\d)")


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """A number as it was written: its value without sign, and its decimal places."""

    value: float
    places: int

    @classmethod
    def of(cls, number: float) -> Figure:
        """Return a number as Python writes it."""
        return _figure(repr(abs(number)))

    def tells(self, expected: float) -> bool:
        """Tell whether this says `expected`, rounded to the fewer places of the two, in enough digits to mean it."""
        places = min(self.places, Figure.of(expected).places)
        if abs(expected) * 10**places < 10 ** (_LEAST_DIGITS - 1) - 0.5:
            return False
        return abs(self.value - abs(expected)) <= 0.5 * 10.0**-places * (1 + 1e-9)


def figures_in(text: str, *, prose: bool) -> Iterator[Figure]:
    """Yield every number in `text`. In prose a comma may be a decimal comma or part thousands: both are yielded."""
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
    # Neither: a list without spaces (0.13,0.18), or no number at all (a version, 2.21.0).
    return readings or {part for part in written.split(",") if _NUMBER.fullmatch(part)}


def _figure(written: str) -> Figure:
    number = Decimal(written)
    exponent = number.as_tuple().exponent
    # Nothing that matches the patterns is infinite, and only infinities and NaN have a letter for an exponent.
    return Figure(float(number), max(0, -exponent) if isinstance(exponent, int) else 0)
