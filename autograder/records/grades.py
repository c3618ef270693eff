"""What a submission is worth, item by item, with the reasons."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal

from autograder.records.execution import Language, RunVerdict

_DECIMALS: Final = 6


def total_points(points: Iterable[float]) -> float:
    """Add points exactly; what a hundred items of 0.1 leave behind after the sixth decimal is rounding."""
    return round(math.fsum(points), _DECIMALS)


class Verdict(StrEnum):
    """What became of one item. Only PASS earns points; INTERNAL is our own fault and yields no grade.

    Under REVIEW the points are pending until a person decides: nothing was found to be wrong.
    """

    PASS = "PASS"  # noqa: S105 (a verdict, no password)
    FAIL = "FAIL"
    MISSING = "MISSING"
    MALFORMED = "MALFORMED"
    REVIEW = "REVIEW"
    INTERNAL = "INTERNAL"


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One thing to say of an item, as a code and its blanks: the report turns it into a sentence in a language.

    `expected` is shown to a student only when the release policy allows it, or when `public`: what the
    assignment's own text asks for is no secret.
    """

    code: str
    subject: str = ""
    found: str = ""
    expected: str = ""
    public: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """One trained number, and what reference runs allow it to be; both bounds belong to the interval.

    `runs` is how many healthy reference runs the interval stands on, `dead` how many were left out.
    """

    path: str
    obtained: float
    lower: float
    upper: float
    runs: int
    dead: int
    source: Literal["tolerance interval", "fallback"]


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one item, with its points and the reasons for it.

    `comparisons` tell of every trained number that the item judges, whether it passed or not: they show what is
    expected, so they are the instructor's.
    """

    item: str
    question: str
    verdict: Verdict
    points: float
    points_possible: float
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Reason, ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    @property
    def place(self) -> str:
        """The item within the whole rubric: `q07.recipe_a`."""
        return f"{self.question}.{self.item}"

    @property
    def pending(self) -> float:
        """The points that a person may still give; `points` is 0 until then."""
        return self.points_possible if self.verdict is Verdict.REVIEW else 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Grade:
    """One student's grade. `points` is None when some item is INTERNAL: no grade, never a zero."""

    job_id: str
    student: str
    language: Language
    notebook_sha256: str
    run_verdict: RunVerdict
    run_detail: str
    points: float | None
    points_possible: float
    findings: tuple[Finding, ...]
    flags: tuple[Reason, ...]
    rubric_sha256: str
    baseline_sha256: str
    data: str
    """`real` or `practice`: which data sets the notebook ran on, so which baseline it was held against."""

    @property
    def pending(self) -> float:
        """The points that wait for a person; they are not part of `points`."""
        return total_points(finding.pending for finding in self.findings)
