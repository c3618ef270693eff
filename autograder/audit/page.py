"""The audit as a page that one can look at, and as JSON: support of each option, published figures in their place."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from autograder.audit.examination import Audit, warnings
from autograder.grading import KeyAudit, OptionAudit, Reproduction
from autograder.grading.reasons import plain
from autograder.grading.reproduction import rounding_range
from autograder.records import JSON
from autograder.report.files import write_atomically
from autograder.report.template import template

_TEMPLATE: Final = Path(__file__).with_name("templates") / "audit.html"
_SMALLEST: Final = 1e-4
"""Where the axis of a figure ends that comes near zero: a logarithm has no place for it."""

_MARGIN: Final = 4.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Strip:
    """One published figure on an axis of its own; places are shares of a hundred of its length."""

    path: str
    published: str
    runs: int
    range: str
    interval: str
    reproduced: bool
    dots: tuple[float, ...]
    band: tuple[float, float] | None
    mark: float


def write_audit(folder: Path, found: Audit, titles: Mapping[str, str]) -> tuple[Path, Path]:
    """Write `audit.html` and `audit.json` and return where they are.

    Raises:
        EnvironmentFault: A file cannot be written.
    """
    page, document = folder / "audit.html", folder / "audit.json"
    write_atomically(page, _render(found, titles))
    write_atomically(document, json.dumps(audit_document(found), indent=1, ensure_ascii=False) + "\n")
    return page, document


def audit_document(found: Audit) -> dict[str, JSON]:
    """Return the whole audit as JSON, with what follows of it beside the numbers."""
    return {
        "data": found.data,
        "passed": found.passed,
        "warnings": list(warnings(found)),
        "keys": [
            {**dataclasses.asdict(key), "upheld": key.upheld, "best_share": round(key.best_share, 4)}
            for key in found.keys
        ],
        "figures": [{**dataclasses.asdict(one), "reproduced": one.reproduced} for one in found.figures],
    }


def _render(found: Audit, titles: Mapping[str, str]) -> str:
    return template(_TEMPLATE).render(
        data=found.data,
        keys=[(key, titles.get(key.question, ""), _verdict(key), _options(key)) for key in found.keys],
        warnings=warnings(found),
        strips=[_strip(one) for one in found.figures],
        reproduced=sum(one.reproduced for one in found.figures),
    )


def _options(key: KeyAudit) -> Sequence[tuple[OptionAudit, bool]]:
    return [(option, option.option == key.key) for option in key.options]


def _verdict(key: KeyAudit) -> str:
    of_key = key.of_key
    upheld = "is the best-supported option" if key.upheld else "is NOT the best-supported option"
    shared = f", beside another in {of_key.shared}" if of_key.shared else ""
    dead = f"; left out: {key.dead} runs with dead networks" if key.dead else ""
    return f"The key {key.key} {upheld}: alone in {of_key.alone} of {key.runs} runs{shared}{dead}."


def _strip(one: Reproduction) -> _Strip:
    low, high = rounding_range(one.published)
    bounds = () if one.lower is None or one.upper is None else (one.lower, one.upper)
    places = [_place(number) for number in (*one.numbers, *bounds, max(low, 0), high)]
    first, last = min(places), max(places)

    def share(number: float) -> float:
        span = last - first or 1.0
        return round(_MARGIN + (100 - 2 * _MARGIN) * (_place(number) - first) / span, 2)

    return _Strip(
        path=one.path,
        published=one.published,
        runs=len(one.numbers),
        range=_from_to(min(one.numbers), max(one.numbers)),
        interval=_from_to(*bounds) if bounds else "",
        reproduced=one.reproduced,
        dots=tuple(map(share, one.numbers)),
        band=(share(bounds[0]), share(bounds[1])) if bounds else None,
        mark=share(float(one.published)),
    )


def _from_to(low: float, high: float) -> str:
    one, other = (plain(float(f"{number:.3g}")) for number in (low, high))
    return one if one == other else f"{one} to {other}"


def _place(number: float) -> float:
    return math.log(max(number, _SMALLEST))
