"""What an option claims about a student's numbers: the atomic claims that the key audit counts.

An option is a sentence with several claims. Each claim is data, so that it can be checked on every reference run, and
on the numbers of a student who chose another option than the key's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from autograder.records import JSON
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.lookup import Shapes, path_fault, reads, reads_map, shape_at
from autograder.rubric.partial import readable_fields
from autograder.rubric.paths import Name, Path, Strict
from autograder.rubric.suggestion import suggestion
from autograder.rubric.variable_shapes import MapShape, NumberShape


class Gap(Strict):
    """The absolute difference of two numbers."""

    gap: Annotated[tuple[Path, ...], Field(min_length=2, max_length=2)]
    """The paths of the two numbers."""


Quantity = float | Path | Gap
"""A constant, one of the student's numbers, or the difference of two of them."""


class Less(Strict):
    """`left` is smaller than `right`, or than `factor` times `right`."""

    claim: Literal["less"]
    """The kind of claim: one number is smaller than another."""
    left: Quantity
    """The smaller number: its path, a gap, or a constant."""
    right: Quantity
    """The larger number: its path, a gap, or a constant."""
    factor: PositiveFloat = 1.0
    """The factor by which the larger number is multiplied before the comparison."""


class Near(Strict):
    """`value` is within the relative distance `relative` of `target`."""

    claim: Literal["near"]
    """The kind of claim: a number is about as large as the option says."""
    value: Quantity
    """The number: its path, or a gap."""
    target: float
    """The value that the option states."""
    relative: PositiveFloat
    """How far the number may be from the target, relative to it: 0.25 for a quarter."""


class Extreme(Strict):
    """`key` is among the `count` keys with the smallest or the largest of the student's `numbers`."""

    claim: Literal["extreme"]
    """The kind of claim: a key is among those with the smallest or the largest numbers."""
    key: Name
    """The key that the option names."""
    numbers: Path
    """The student's own numbers: a map with one number per key."""
    which: Literal["smallest", "largest"]
    """Whether the smallest or the largest numbers are meant."""
    count: PositiveInt
    """How many of the smallest or largest numbers there are to choose from."""


Claim = Annotated[Less | Near | Extreme, Field(discriminator="claim")]

_KINDS: Final[Mapping[str, type[Less | Near | Extreme]]] = MappingProxyType(
    {"less": Less, "near": Near, "extreme": Extreme}
)


def partial_claims(data: JSON) -> dict[str, tuple[Claim, ...]]:
    """Return the claims of a rubric that may be wrong, by option: each with its valid fields, and every claim in place.

    What is no claim of a known kind becomes one without fields.
    """
    options = data if isinstance(data, dict) else {}
    return {
        letter: tuple(map(_partial_claim, claims if isinstance(claims, list) else [claims]))
        for letter, claims in options.items()
    }


def _partial_claim(data: JSON) -> Claim:
    fields = data if isinstance(data, dict) else {}
    return readable_fields(_KINDS.get(str(fields.get("claim")), Extreme), fields)


def quantities(claim: Claim) -> tuple[tuple[str, Quantity], ...]:
    """Return a claim's quantities by their keys, without invalid ones."""
    keys = {Less: ("left", "right"), Near: ("value",), Extreme: ()}[type(claim)]
    return tuple((key, getattr(claim, key)) for key in keys if hasattr(claim, key))


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


def claim_faults(
    keys: KeyPath, claims: Mapping[str, Sequence[Claim]], value: str, options: str, shapes: Shapes
) -> Iterator[Fault]:
    """Yield a fault for each claim that cannot be checked on the student's numbers.

    Args:
        keys: The keys of the claims in the file.
        claims: The claims by option.
        value: The path of the letter.
        options: The existing letters.
        shapes: The declared variables.
    """
    if claims and set(claims) != set(options):
        # An option without claims could neither win nor lose the comparison.
        yield Fault(keys, f"must cover every option of {value}: {', '.join(options)}")
    for letter, said in claims.items():
        if not said:
            yield Fault((*keys, letter), "has no claims; add at least one")
        for index, claim in enumerate(said):
            yield from _faults((*keys, letter, index), claim, shapes)


def _faults(keys: KeyPath, claim: Claim, shapes: Shapes) -> Iterator[Fault]:
    for name, quantity in quantities(claim):
        for path in quantity_paths(quantity):
            lost = path_fault(path, shapes)
            if lost:
                yield Fault((*keys, name), lost)
            else:
                yield from reads((*keys, name), path, shapes, NumberShape)
    if isinstance(claim, Extreme) and hasattr(claim, "numbers"):
        yield from _extreme_faults(keys, claim, shapes)


def _extreme_faults(keys: KeyPath, claim: Extreme, shapes: Shapes) -> Iterator[Fault]:
    lost = path_fault(claim.numbers, shapes)
    if lost:
        yield Fault((*keys, "numbers"), lost)
        return
    yield from reads_map((*keys, "numbers"), claim.numbers, shapes, NumberShape)
    shape = shape_at(claim.numbers, shapes)
    if not isinstance(shape, MapShape):
        return
    if hasattr(claim, "key") and claim.key not in shape.keys:
        yield Fault((*keys, "key"), f"{claim.numbers} has no {claim.key}{suggestion(claim.key, shape.keys)}")
    if hasattr(claim, "count") and claim.count >= len(shape.keys):
        yield Fault((*keys, "count"), f"{claim.numbers} has {len(shape.keys)} numbers: all of them are no extremes")
