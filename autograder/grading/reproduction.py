"""Published figures beside what reference runs give: whether the exercise, run today, still tells the same story."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from autograder.errors import ConfigurationError
from autograder.grading.baseline import Baseline
from autograder.grading.reference import Observed
from autograder.grading.select import select
from autograder.spec.items import Interval
from autograder.spec.model import KeySpec


@dataclasses.dataclass(frozen=True, slots=True)
class Reproduction:
    """One published figure beside the `numbers` of the healthy runs; the bounds are None where nothing is judged."""

    path: str
    published: str
    numbers: tuple[float, ...]
    lower: float | None
    upper: float | None

    @property
    def reproduced(self) -> bool:
        """Whether a number that rounds to the published one lies in the interval, or else among the runs."""
        low, high = rounding_range(self.published)
        lower = min(self.numbers) if self.lower is None else self.lower
        upper = max(self.numbers) if self.upper is None else self.upper
        return low <= upper and lower <= high


def reproduce(
    published: Mapping[str, str], key_spec: KeySpec, baseline: Baseline, runs: Sequence[Observed]
) -> tuple[Reproduction, ...]:
    """Hold each published figure against the runs, in the figures' order; one that no run gave is left out."""
    items = {
        path: item
        for question in key_spec.questions.values()
        for item in question.items.values()
        if isinstance(item, Interval)
        for path in item.values
    }
    rows = []
    for path, figure in published.items():
        numbers = [
            float(selection.value)
            for run in runs
            if path not in run.dead and (selection := select(run.evidence.executed, path)).state == "given"
        ]
        if not numbers:
            continue
        bounds = baseline.interval(path, items[path], key_spec.policy.tolerance) if path in items else None
        rows.append(
            Reproduction(
                path=path,
                published=figure,
                numbers=tuple(numbers),
                lower=bounds.lower if bounds else None,
                upper=bounds.upper if bounds else None,
            )
        )
    return tuple(rows)


def rounding_range(figure: str) -> tuple[float, float]:
    """Return the range of the numbers that round to a figure as it was printed.

    >>> rounding_range("0.80")
    (0.795, 0.805)

    Raises:
        ConfigurationError: It is no number.
    """
    try:
        number = Decimal(figure)
        exponent = number.as_tuple().exponent
    except InvalidOperation as error:
        raise ConfigurationError(f"{figure!r} is no number", remedy="write it as it was printed, in quotes") from error
    if not isinstance(exponent, int):
        raise ConfigurationError(f"{figure!r} is not finite", remedy="write it as it was printed, in quotes")
    half = Decimal(1).scaleb(exponent) / 2
    return float(number - half), float(number + half)
