"""Write the audit as an HTML page and as JSON: support of each option, and the published figures."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from autograder.audit.key_examination import Audit
from autograder.audit.reproduction import Reproduction, rounding_range
from autograder.audit.texts import MARKS, WORDINGS
from autograder.records import JSON, Language
from autograder.report.files import write_atomically
from autograder.report.template import template
from autograder.rubric.message import plain

_TEMPLATE: Final = Path(__file__).with_name("templates") / "audit.html"
_SMALLEST: Final = 1e-4
"""The lower end of an axis whose values come near zero, which a logarithmic axis cannot show."""

_MARGIN: Final = 4.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Strip:
    """One published figure on its own axis; positions are percentages of the axis's length."""

    path: str
    published: str
    runs: int
    range: str
    interval: str
    reproduced: bool
    dots: tuple[float, ...]
    band: tuple[float, float] | None
    mark: float


def write_audit(folder: Path, found: Audit, titles: Mapping[str, str], language: Language) -> tuple[Path, Path]:
    """Write `audit.html` and `audit.json` and return where they are.

    Raises:
        EnvironmentFault: A file cannot be written.
    """
    page, document = folder / "audit.html", folder / "audit.json"
    write_atomically(page, _render(found, titles, language))
    write_atomically(document, json.dumps(audit_document(found), indent=1, ensure_ascii=False) + "\n")
    return page, document


def audit_document(found: Audit) -> dict[str, JSON]:
    """Return the whole audit as JSON, including derived values."""
    return {
        "data": found.data,
        "mark": found.mark,
        "passed": found.passed,
        "stale": found.stale,
        "warnings": list(WORDINGS["en"].warnings(found)),
        "keys": [
            {
                **dataclasses.asdict(key),
                "mark": key.mark,
                "upheld": key.upheld,
                "best_share": round(key.best_share, 4),
            }
            for key in found.keys
        ],
        "policy": found.policy,
        "kept": [dataclasses.asdict(one) for one in found.kept],
        "figures": [{**dataclasses.asdict(one), "reproduced": one.reproduced} for one in found.figures],
    }


def _render(found: Audit, titles: Mapping[str, str], language: Language) -> str:
    text = WORDINGS[language]
    return template(_TEMPLATE).render(
        language=language,
        text=text,
        data=text.data[found.data],
        keys=[(key, titles.get(key.question, ""), MARKS[key.mark], text.verdict(key)) for key in found.keys],
        warnings=text.warnings(found),
        strips=[_strip(one, language) for one in found.figures],
        reproduced=sum(one.reproduced for one in found.figures),
        weak=[key for key in found.keys if key.mark != "holds" and key.remedies],
        remedy_name=text.remedy_name,
        chosen=found.policy,
        kept=[
            (one.place, _written(plain(one.points), language), because)
            for one in found.kept
            if (because := one.because.get(language) or next(iter(one.because.values())))
        ],
    )


def _strip(one: Reproduction, language: Language) -> _Strip:
    low, high = rounding_range(one.published)
    bounds = () if one.lower is None or one.upper is None else (one.lower, one.upper)
    places = [_place(number) for number in (*one.numbers, *bounds, max(low, 0), high)]
    first, last = min(places), max(places)

    def share(number: float) -> float:
        span = last - first or 1.0
        return round(_MARGIN + (100 - 2 * _MARGIN) * (_place(number) - first) / span, 2)

    return _Strip(
        path=one.path,
        published=_written(one.published, language),
        runs=len(one.numbers),
        range=_from_to(min(one.numbers), max(one.numbers), language),
        interval=_from_to(*bounds, language) if bounds else "",
        reproduced=one.reproduced,
        dots=tuple(map(share, one.numbers)),
        band=(share(bounds[0]), share(bounds[1])) if bounds else None,
        mark=share(float(one.published)),
    )


def _from_to(low: float, high: float, language: Language) -> str:
    one, other = (_written(plain(float(f"{number:.3g}")), language) for number in (low, high))
    return one if one == other else WORDINGS[language].from_to.format(low=one, high=other)


def _written(number: str, language: Language) -> str:
    return number.replace(".", ",") if language == "pt-BR" else number


def _place(number: float) -> float:
    return math.log(max(number, _SMALLEST))
