"""When students see what on Gradescope, and what late or repeated submissions are worth everywhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from autograder.rubric.paths import Strict


class Late(Strict):
    """The penalty for lateness: none for `free_days`, then `percent_per_day` of the points for each day begun."""

    free_days: NonNegativeInt = 0
    """The number of late days without a penalty."""
    percent_per_day: Annotated[float, Field(ge=0, le=100)]
    """The penalty for each further day begun, in percent of the points."""

    def factor(self, days: int) -> float:
        """Return the share of the points that remains after this many days.

        >>> Late(free_days=1, percent_per_day=10).factor(3)
        0.8
        """
        return round(max(0.0, 1 - max(0, days - self.free_days) * self.percent_per_day / 100), 6)


class Release(Strict):
    """How grades are released; `policy.feedback` controls how much of them.

    Visibility and time limit apply on Gradescope only, lateness and which submission counts everywhere.
    """

    visibility: Literal["visible", "after_due_date", "after_published", "hidden"] = "visible"
    """When a student sees the grade on Gradescope."""
    time_limit_minutes: PositiveInt = 10
    """Gradescope's time limit for grading one notebook, in minutes."""
    late: Late | None = None
    """What lateness costs; without it, nothing."""
    counts: Literal["latest", "best", "first"] = "latest"
    """Which of a student's notebooks counts."""

    @model_validator(mode="before")
    @classmethod
    def _keep_best(cls, keys: Any) -> Any:
        """Take `keep_best: true`, the earlier spelling of `counts: best`."""
        if isinstance(keys, dict) and isinstance(best := keys.get("keep_best"), bool) and "counts" not in keys:
            others = {key: value for key, value in keys.items() if key != "keep_best"}
            return others | {"counts": "best" if best else "latest"}
        return keys
