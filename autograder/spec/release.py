"""What a student may see and when on Gradescope, and what a late or repeated submission is worth everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from autograder.spec.paths import Strict


class Late(Strict):
    """What lateness costs: nothing for `free_days`, then `percent_per_day` of the points for each day begun."""

    free_days: NonNegativeInt = 0
    percent_per_day: Annotated[float, Field(ge=0, le=100)]

    def factor(self, days: int) -> float:
        """Return what is left of the points after so many days, as a factor.

        >>> Late(free_days=1, percent_per_day=10).factor(3)
        0.8
        """
        return round(max(0.0, 1 - max(0, days - self.free_days) * self.percent_per_day / 100), 6)


class Release(Strict):
    """How grades are given; `policy.feedback` says how much of them.

    Visibility and time limit are Gradescope's alone, lateness and keeping the best hold everywhere.
    """

    visibility: Literal["visible", "after_due_date", "after_published", "hidden"] = "visible"
    time_limit_minutes: PositiveInt = 10
    late: Late | None = None
    keep_best: bool = False
