"""What an option says of a student's numbers, claim by claim: the atoms that the key audit counts.

An option is a sentence with several claims in it. Each is written down as data, so that it can be held against every
reference run, and against the numbers of a student who chose another option than the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from autograder.spec.paths import Name, Path, Strict


class Gap(Strict):
    """How far two numbers lie apart, whichever is the larger."""

    gap: Annotated[tuple[Path, ...], Field(min_length=2, max_length=2)]


Quantity = float | Path | Gap
"""A number that is written down, one of the student's, or the distance between two of the student's."""


class Less(Strict):
    """`left` is smaller than `right`, or than `factor` times `right`."""

    claim: Literal["less"]
    left: Quantity
    right: Quantity
    factor: PositiveFloat = 1.0


class Near(Strict):
    """`value` lies within the share `relative` of `target`."""

    claim: Literal["near"]
    value: Quantity
    target: float
    relative: PositiveFloat


class Extreme(Strict):
    """`key` is among the `count` keys with the smallest or the largest of the student's `numbers`."""

    claim: Literal["extreme"]
    key: Name
    numbers: Path
    which: Literal["smallest", "largest"]
    count: PositiveInt


Claim = Annotated[Less | Near | Extreme, Field(discriminator="claim")]


def quantities(claim: Claim) -> tuple[tuple[str, Quantity], ...]:
    """Return the keys of a claim that hold a quantity, each with what it holds."""
    match claim:
        case Less():
            return ("left", claim.left), ("right", claim.right)
        case Near():
            return (("value", claim.value),)
        case Extreme():
            return ()


def quantity_paths(quantity: Quantity) -> Iterator[str]:
    """Yield the paths of the evidence that a quantity reads."""
    if isinstance(quantity, Gap):
        yield from quantity.gap
    elif isinstance(quantity, str):
        yield quantity


def claim_paths(claim: Claim) -> Iterator[str]:
    """Yield the paths of the evidence that a claim reads."""
    if isinstance(claim, Extreme):
        yield claim.numbers
    for _, quantity in quantities(claim):
        yield from quantity_paths(quantity)
