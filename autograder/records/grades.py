"""What a submission is worth, item by item, with the reasons."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal

from autograder.records.detail import Detail, Field
from autograder.records.execution import Language, RunVerdict

_DECIMALS: Final = 6
_NOTHING: Final = ("–",)  # noqa: RUF001 (a dash, as in tables)


def total_points(points: Iterable[float]) -> float:
    """Add points, rounding away float errors after the sixth decimal."""
    return round(math.fsum(points), _DECIMALS)


class Verdict(StrEnum):
    """The result of one item. PASS earns its points; INTERNAL is a fault of the grader and yields no grade.

    Under REVIEW nothing was found to be wrong, but the points are pending until a person decides. CANCELLED says that
    the rubric cancelled the item: its points are the same for everybody, whatever was handed in.
    """

    PASS = "PASS"  # noqa: S105 (a verdict, no password)
    FAIL = "FAIL"
    MISSING = "MISSING"
    MALFORMED = "MALFORMED"
    REVIEW = "REVIEW"
    CANCELLED = "CANCELLED"
    INTERNAL = "INTERNAL"


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a verdict, as a code and its fields; the report turns it into a sentence.

    `expected` is shown to students only if the release policy allows it or if `public`: the assignment's own text is
    not a secret.
    """

    code: str
    subject: str = ""
    found: Field = ""
    expected: Field = ""
    public: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """One trained number and its closed tolerance interval.

    `runs` is the number of healthy reference runs behind the interval, `dead` the number left out.
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

    `comparisons` list every trained number that the item judges, passed or not. They reveal expected values, so they
    are for the instructor only.
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
        """The points that a person may still award; until then, `points` is 0."""
        return self.points_possible if self.verdict is Verdict.REVIEW else 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class CellNote:
    """A cell that failed or of which something was left out, as far as the notebook's process tells.

    `error` is empty if it did not fail. `remarks` tell what was left out or replaced. `missing` are the answers that
    it, or a cell that failed because of it, would have assigned and that nothing else assigned; `questions` are theirs.
    `later` are the cells that failed because of it.
    """

    cell: int
    error: str = ""
    remarks: tuple[Detail, ...] = ()
    questions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    later: tuple[int, ...] = ()

    @property
    def dependents(self) -> Detail | None:
        """What depends on the cell, None if nothing does."""
        if not self.missing and not self.later:
            return None
        later = tuple(str(index + 1) for index in self.later)
        return Detail.of("dependents", variables=self.missing or _NOTHING, cells=later or _NOTHING)


@dataclasses.dataclass(frozen=True, slots=True)
class Grade:
    """One student's grade. `points` is None when some item is INTERNAL: no grade, never a zero."""

    job_id: str
    student: str
    language: Language
    notebook_sha256: str
    run_verdict: RunVerdict
    run_detail: Detail | None
    points: float | None
    points_possible: float
    findings: tuple[Finding, ...]
    flags: tuple[Reason, ...]
    rubric_sha256: str
    baseline_sha256: str
    data: str
    """`real` or `practice`: the data sets that the notebook ran on, and so the baseline of its grade."""
    cell_notes: tuple[CellNote, ...] = ()
    """What went otherwise in the sandbox than in the student's own run; it explains points and decides none."""

    @property
    def pending(self) -> float:
        """The points that wait for a person; not part of `points`."""
        return total_points(finding.pending for finding in self.findings)
