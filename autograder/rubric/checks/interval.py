"""The check `interval`: stochastic numbers within the range of the reference runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final, Literal

from pydantic import Field, NonNegativeFloat

from autograder.records import JSON, Comparison, Detail, Reason
from autograder.rubric.document import Fault, KeyPath
from autograder.rubric.item import Bounds, Context, Item, Outcome, passed_unless
from autograder.rubric.lookup import Shapes, reads
from autograder.rubric.message import Message
from autograder.rubric.paths import Name, Path
from autograder.rubric.variable_shapes import NumberShape

INTERVAL_OUTSIDE: Final = "interval.outside"
INTERVAL_FEW_RUNS: Final = "interval.few_runs"

REASONS: Final = MappingProxyType(
    {
        INTERVAL_OUTSIDE: Message(
            meaning=("The number lies outside the tolerance interval of the reference runs; expected: the interval."),
            portuguese=(
                "{subject} está fora da faixa de valores que soluções corretas costumam produzir[: você obteve "
                "{found}][, e a faixa vai de {expected}]."
            ),
            english=(
                "{subject} lies outside the range that right solutions give[: you have {found}][, and the range is "
                "{expected}]."
            ),
        ),
    }
)
"""Reasons for which an item of this kind fails."""

FLAGS: Final = MappingProxyType(
    {
        INTERVAL_FEW_RUNS: Message(
            meaning=(
                "Too few reference runs, so the interval has a fixed width beyond them; found: how many, expected: "
                "how many are due."
            ),
            portuguese=(
                "{subject}: a faixa usa um fator fixo, pois há poucas execuções de referência[: {found} de {expected}]."
            ),
            english=(
                "{subject}: the range is a fixed factor, as there are too few reference runs[: {found} of {expected}]."
            ),
            for_student=False,
        ),
    }
)
"""Flags that an item of this kind can raise."""


class Interval(Item):
    """Each number must lie in the tolerance interval of the reference runs.

    If the question has recipes, the numbers must also come from its trainings.
    """

    measured = True
    needs_runs = True

    check: Literal["interval"]
    """The kind of check: numbers are compared with those of reference runs."""
    scale: Literal["log", "logit"]
    """The scale on which reference runs are roughly normal: `log` for errors and other positive numbers, `logit` for
    accuracies and other shares."""
    values: tuple[Path, ...]
    """The paths of the numbers. They are judged together: `policy.tolerance.coverage` is the share of runs with all of
    them inside."""
    offset: NonNegativeFloat = 0.0
    """Added before the logarithm; or how far shares are kept from 0 and 1 before the logit, so that a perfect one stays
    finite."""
    because: dict[Literal["pt-BR", "en"], Name] = Field(default_factory=dict)
    """Why the item keeps its weight although its intervals accept a known mistake in more than half of the runs with
    it, by language. The audit shows it; it decides no grade."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The numbers."""
        return self.values

    def faults(self, keys: KeyPath, shapes: Shapes) -> Iterator[Fault]:
        """Yield a fault for each path that does not lead to a number."""
        if not self.values:
            yield Fault((*keys, "values"), "names no number")
        for index, path in enumerate(self.values):
            yield from reads((*keys, "values", index), path, shapes, NumberShape)

    def judge(self, values: Sequence[JSON], context: Context) -> Outcome:
        """Check that each number lies in its interval."""
        found, compared = [], []
        for path, number in zip(self.values, values, strict=True):
            bounds = context.bounds(path, self)
            lower, upper = self.natural(bounds)
            if not (self._is_possible(number) and bounds.lower <= number <= bounds.upper):
                allowed = Detail.of("interval.range", lower=lower, upper=upper)
                found.append(Reason(INTERVAL_OUTSIDE, path, number, allowed))
            compared.append(
                Comparison(
                    path=path,
                    obtained=number,
                    lower=lower,
                    upper=upper,
                    runs=bounds.runs,
                    dead=bounds.dead,
                    source=bounds.source,
                )
            )
        fewest = min(one.runs for one in compared)
        few = Reason(INTERVAL_FEW_RUNS, self.values[0], str(fewest), str(context.minimum_runs))
        return passed_unless(found, (few,) if fewest < context.minimum_runs else (), tuple(compared))

    def natural(self, bounds: Bounds) -> tuple[float, float]:
        """Return bounds as they are shown: no loss is below 0, and no share outside 0 to 1.

        An offset may lead them there; for judging it makes no difference.
        """
        upper = float(bounds.upper) if self.scale == "log" else min(1.0, float(bounds.upper))
        return max(0.0, float(bounds.lower)), upper

    def _is_possible(self, number: float) -> bool:
        """Return whether a number is valid on the scale: an accuracy of 1.005 is not, whatever the bounds."""
        return number + self.offset > 0 if self.scale == "log" else 0 <= number <= 1


CHECKS: Final = (Interval,)
