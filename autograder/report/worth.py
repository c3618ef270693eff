"""The final score of a submission under the policies on lateness and on which submission counts, on every platform."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from autograder.rubric.release import Release

_DECIMALS = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Worth:
    """A final score. `factor` is the share left by lateness; `kept` means that an earlier submission's points count."""

    points: float
    factor: float = 1.0
    kept: bool = False


def weigh(points: float, release: Release, days_late: int, earlier: Iterable[float] = ()) -> Worth:
    """Apply the policies on lateness and on which submission counts.

    Args:
        points: The points earned by the submission.
        release: The policies.
        days_late: The number of days late, counting each day begun.
        earlier: The final scores of earlier submissions, in order.
    """
    factor = release.late.factor(days_late) if release.late is not None and days_late else 1.0
    worth = round(points * factor, _DECIMALS) if factor < 1 else points
    before = tuple(earlier)
    if release.counts == "first" and before:
        return Worth(before[0], factor, kept=True)
    best = max(before, default=worth)
    if release.counts == "best" and best > worth:
        return Worth(best, factor, kept=True)
    return Worth(worth, factor)
