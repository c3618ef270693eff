"""Compare published figures with reference runs: whether the exercise still gives the same results today."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from autograder.errors import ConfigurationError
from autograder.grading import Observed, select
from autograder.reference import Baseline
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec


@dataclasses.dataclass(frozen=True, slots=True)
class Reproduction:
    """One published figure with the `numbers` of the healthy runs; the bounds are None if no interval judges it."""

    path: str
    published: str
    numbers: tuple[float, ...]
    lower: float | None
    upper: float | None

    @property
    def reproduced(self) -> bool:
        """Whether a number that rounds to the published one lies in the interval, or in the range of the runs."""
        low, high = rounding_range(self.published)
        lower = min(self.numbers) if self.lower is None else self.lower
        upper = max(self.numbers) if self.upper is None else self.upper
        return low <= upper and lower <= high


def reproduce(
    published: Mapping[str, str], key_spec: KeySpec, baseline: Baseline, runs: Sequence[Observed]
) -> tuple[Reproduction, ...]:
    """Compare each published figure with the runs, in the figures' order, omitting those that no run has."""
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
        item = items.get(path)
        bounds = None if item is None else item.natural(baseline.interval(path, item, key_spec.policy.tolerance))
        rows.append(
            Reproduction(
                path=path,
                published=figure,
                numbers=tuple(numbers),
                lower=bounds[0] if bounds else None,
                upper=bounds[1] if bounds else None,
            )
        )
    return tuple(rows)


def rounding_range(figure: str) -> tuple[float, float]:
    """Return the range of numbers that round to a printed figure.

    >>> rounding_range("0.80")
    (0.795, 0.805)

    Raises:
        ConfigurationError: It is not a number.
    """
    try:
        number = Decimal(figure)
        exponent = number.as_tuple().exponent
    except InvalidOperation as error:
        raise ConfigurationError(
            f"{figure!r} is not a number", remedy="write it as it was printed, in quotes"
        ) from error
    if not isinstance(exponent, int):
        raise ConfigurationError(f"{figure!r} is not finite", remedy="write it as it was printed, in quotes")
    half = Decimal(1).scaleb(exponent) / 2
    return float(number - half), float(number + half)
