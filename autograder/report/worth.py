"""What a submission's points are worth by the policy of lateness and of repeated submissions, on every platform."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from autograder.spec.release import Release

_DECIMALS = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Worth:
    """Points in the end. `factor`: what lateness left of them. `kept`: they are those of an earlier submission."""

    points: float
    factor: float = 1.0
    kept: bool = False


def weigh(points: float, release: Release, days_late: int, earlier: Iterable[float] = ()) -> Worth:
    """Take lateness and earlier submissions into account, as far as the policy does.

    Args:
        points: What the submission earned.
        release: The policy.
        days_late: How many days after it was due it was handed in, each one begun counted.
        earlier: What earlier submissions are worth, their own lateness included.
    """
    factor = release.late.factor(days_late) if release.late is not None and days_late else 1.0
    worth = round(points * factor, _DECIMALS) if factor < 1 else points
    best = max(earlier, default=worth)
    if release.keep_best and best > worth:
        return Worth(best, factor, kept=True)
    return Worth(worth, factor)
