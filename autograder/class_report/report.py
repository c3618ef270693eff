"""The class report as a record: everything that its page shows, computed of the class at one stroke."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from typing import Final

from autograder.class_report.clusters import Cluster, equal_evidence, equal_findings
from autograder.class_report.code import CodeComparer
from autograder.class_report.failures import Failure, failures_by_item
from autograder.class_report.items import ItemAnalysis, analyse_items
from autograder.class_report.outliers import Outlier, outliers
from autograder.class_report.pairs import SimilarPair, equal_hand_ins, equal_numbers
from autograder.class_report.report_entries import ReportEntry
from autograder.class_report.tolerances import ToleranceRow, tolerance_rows
from autograder.grading import KeyAudit
from autograder.records import Refusal
from autograder.reference import Baseline
from autograder.rubric import Specification
from autograder.rubric.cancellation import WHO_GETS_POINTS, cancelled_parts
from autograder.statistics import Bar, histogram

BARS: Final = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Conditions:
    """Under what the class was graded: which data, which rubric and baseline, and which versions of packages.

    `baseline_changed`: today's reference runs, which the report shows, are not those that it was graded by.
    """

    data: str
    rubric_sha256: str
    baseline_sha256: str
    versions: Mapping[str, str]
    baseline_changed: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Spread:
    """How points are spread; each is None where it is undefined."""

    mean: float | None
    median: float | None
    deviation: float | None
    lower_quartile: float | None
    upper_quartile: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question over the class: its mean, and how many earned all, a part or none of it, or wait.

    `cancelled` names each item that is cancelled, and who gets its points; an empty name stands for all of them.
    """

    question: str
    points_possible: float
    mean: float | None
    full: int
    part: int
    none: int
    open: int
    cancelled: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """What the class took, in seconds, and how many of its trainings were known before."""

    known: int
    wall: float
    processor: float
    training: float
    replayed: int
    trained: int


@dataclasses.dataclass(frozen=True, slots=True)
class ClassReport:
    """A class at a glance.

    `compared` tells whether code was compared. `missing` is who was expected and not given now, `absent` who is on the
    course list and handed in nothing.
    """

    specification: Specification
    conditions: Conditions
    entries: tuple[ReportEntry, ...]
    refused: tuple[Refusal, ...]
    missing: tuple[str, ...]
    absent: tuple[str, ...]
    spread: Spread
    bars: tuple[Bar, ...]
    questions: tuple[QuestionRow, ...]
    analysis: ItemAnalysis
    failures: Mapping[str, tuple[Failure, ...]]
    findings_alike: tuple[Cluster, ...]
    evidence_alike: tuple[Cluster, ...]
    pairs: tuple[SimilarPair, ...]
    compared: bool
    outliers: tuple[Outlier, ...]
    tolerances: tuple[ToleranceRow, ...]
    cost: Cost

    @property
    def graded(self) -> int:
        """How many students have a grade."""
        return sum(entry.grade.points is not None for entry in self.entries)

    @property
    def pending(self) -> int:
        """How many students have points that wait for a person."""
        return sum(entry.grade.pending > 0 for entry in self.entries)


def make_report(
    specification: Specification,
    baseline: Baseline,
    conditions: Conditions,
    entries: Sequence[ReportEntry],
    refused: Sequence[Refusal] = (),
    missing: Sequence[str] = (),
    support: Sequence[KeyAudit] = (),
    comparer: CodeComparer | None = None,
    absent: Sequence[str] = (),
) -> ClassReport:
    """Compute the class report.

    Args:
        specification: The rubric that the class was graded under.
        baseline: The reference runs that it was held against.
        conditions: What else is to be said of how it was graded.
        entries: The class, one entry per student, in the order of names.
        refused: The submissions that cannot be graded.
        missing: Who stands in the gradebook and was not in what was given now.
        support: What the reference runs say of the options.
        comparer: What took the entries' fingerprints; None if nothing did.
        absent: Who is on the course list and handed in nothing.
    """
    key_spec = specification.key_spec
    points = [entry.grade.points for entry in entries if entry.grade.points is not None]
    alike = () if comparer is None else sorted(comparer.pairs(entries), key=lambda pair: -pair.alike)
    return ClassReport(
        specification=specification,
        conditions=conditions,
        entries=tuple(entries),
        refused=tuple(refused),
        missing=tuple(missing),
        absent=tuple(absent),
        spread=_spread(points),
        bars=histogram(points, specification.assignment.points, BARS),
        questions=tuple(_question(name, entries, _cancelled(name, specification)) for name in specification.questions),
        analysis=analyse_items(entries, key_spec, support),
        failures=failures_by_item(entries),
        findings_alike=equal_findings(entries),
        evidence_alike=equal_evidence(entries),
        pairs=(*equal_hand_ins(entries), *equal_numbers(entries, key_spec), *alike),
        compared=comparer is not None and comparer.available,
        outliers=tuple(outliers(entries, key_spec, baseline)),
        tolerances=tuple(tolerance_rows(entries, key_spec, baseline)),
        cost=_cost(entries),
    )


def _spread(points: Sequence[float]) -> Spread:
    several = len(points) > 1
    quartiles = statistics.quantiles(points, n=4, method="inclusive") if several else [None, None, None]
    return Spread(
        mean=statistics.fmean(points) if points else None,
        median=statistics.median(points) if points else None,
        deviation=statistics.stdev(points) if several else None,
        lower_quartile=quartiles[0],
        upper_quartile=quartiles[2],
    )


def _cancelled(name: str, specification: Specification) -> tuple[tuple[str, str], ...]:
    parts = cancelled_parts({name: specification.questions[name]})
    return tuple((place.partition(".")[2], WHO_GETS_POINTS[cancelled]) for place, cancelled in parts.items())


def _question(name: str, entries: Sequence[ReportEntry], cancelled: tuple[tuple[str, str], ...]) -> QuestionRow:
    scores = [score for entry in entries if (score := entry.score(name)) is not None]
    decided = [score for score in scores if score.points is not None and not score.pending]
    earned = [score.points for score in decided if score.points is not None]
    full = sum(score.points == score.points_possible for score in decided)
    none = sum(score.points == 0 < score.points_possible for score in decided)
    return QuestionRow(
        question=name,
        points_possible=scores[0].points_possible if scores else 0.0,
        mean=statistics.fmean(earned) if earned else None,
        full=full,
        part=len(decided) - full - none,
        none=none,
        open=len(scores) - len(decided),
        cancelled=cancelled,
    )


def _cost(entries: Sequence[ReportEntry]) -> Cost:
    known = [entry.usage for entry in entries if entry.usage is not None]
    return Cost(
        known=len(known),
        wall=sum(usage.wall_seconds for usage in known),
        processor=sum(usage.cpu_seconds + usage.training_cpu_seconds for usage in known),
        training=sum(usage.training_cpu_seconds for usage in known),
        replayed=sum(usage.replayed for usage in known),
        trained=sum(usage.unknown for usage in known),
    )
