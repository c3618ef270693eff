"""Whether what the options claim can be told from the student's numbers at all."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.spec.claims import Claim, Extreme, quantities, quantity_paths
from autograder.spec.document import Fault, KeyPath
from autograder.spec.items import Choice
from autograder.spec.lookup import Shapes, path_fault, reads, reads_map, shape_at
from autograder.spec.shapes import LetterShape, MapShape, NumberShape
from autograder.spec.suggestion import suggestion


def claim_faults(keys: KeyPath, item: Choice, shapes: Shapes) -> Iterator[Fault]:
    """Yield what is wrong with the claims of a choice that stands at `keys`."""
    shape = shape_at(item.value, shapes)
    options = shape.options if isinstance(shape, LetterShape) else ""
    if item.claims and set(item.claims) != set(options):
        # Options that claim nothing can neither win nor lose, so the comparison would be of some of them only.
        yield Fault((*keys, "claims"), f"must be of every option of {item.value}: {', '.join(options)}")
    for letter, claims in item.claims.items():
        if not claims:
            yield Fault((*keys, "claims", letter), "claims nothing; name at least one claim")
        for index, claim in enumerate(claims):
            yield from _faults((*keys, "claims", letter, index), claim, shapes)


def _faults(keys: KeyPath, claim: Claim, shapes: Shapes) -> Iterator[Fault]:
    for name, quantity in quantities(claim):
        for path in quantity_paths(quantity):
            lost = path_fault(path, shapes)
            if lost:
                yield Fault((*keys, name), lost)
            else:
                yield from reads((*keys, name), path, shapes, NumberShape)
    if isinstance(claim, Extreme):
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
    if claim.key not in shape.keys:
        yield Fault((*keys, "key"), f"{claim.numbers} has no {claim.key}{suggestion(claim.key, shape.keys)}")
    if claim.count >= len(shape.keys):
        yield Fault((*keys, "count"), f"{claim.numbers} has {len(shape.keys)} numbers: all of them are no extremes")
