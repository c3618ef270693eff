"""The layout of a grade sheet: the students' rows, the column of the marks, and the number format."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from autograder.records import Platform
from autograder.sheet import Sheet

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_WITH_COMMA, _WITH_POINT = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d+\.\d+")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One student's row.

    Args:
        index: Its place in the sheet.
        number: The student's number on the platform.
        names: The student's name in the sheet, and under anonymous marking the word that stands for it.
        identifiers: Other identifiers: e-mail address, login, student number.
        group: The student's group, if the sheet has one.
        locked: Why the platform would not accept a mark here; empty if it would.
    """

    index: int
    number: str = ""
    names: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    group: str = ""
    locked: str = ""

    @property
    def shown(self) -> str:
        """Return a name for the row."""
        return next(filter(None, (*self.names, *self.identifiers, self.number)), f"row {self.index + 1}")


@dataclasses.dataclass(frozen=True, slots=True)
class SheetLayout:
    """A platform's sheet: `column` holds the marks, `maximum` is the highest possible one if the sheet says it.

    `heading` is the heading of that column, and `comma` tells whether decimals are written with a comma.
    """

    platform: Platform
    sheet: Sheet
    rows: tuple[Row, ...]
    column: int
    heading: str
    maximum: float | None
    comma: bool

    def written(self, points: float) -> str:
        """Return a mark in the platform's format: two decimals, with the sheet's decimal sign."""
        text = str(rounded(points))
        return text.replace(".", ",") if self.comma else text


def rounded(points: float) -> Decimal:
    """Round points to the two decimals that platforms show; halves are rounded up, in the student's favour.

    >>> rounded(7.125)
    Decimal('7.13')
    """
    return Decimal(str(points)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def number_in(text: str) -> float | None:
    """Parse a number with either decimal sign; return None for anything else."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def has_decimal_comma(sheet: Sheet, texts: Iterable[str]) -> bool:
    """Tell whether the sheet uses decimal commas, by its numbers; if none has decimals, by its separator."""
    texts = tuple(texts)
    commas, points = (sum(bool(form.fullmatch(text)) for text in texts) for form in (_WITH_COMMA, _WITH_POINT))
    return commas > points or (commas == points == 0 and sheet.separator == ";")
