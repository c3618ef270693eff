"""One item over the class: students with an equal finding stand together, so that one decision may hold for them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable

from autograder.records import Finding, Grade, Reason, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class ItemCluster:
    """Students with the same verdict, points, reasons and flags on one item; `finding` is the first one's.

    The trained numbers themselves may differ: reasons name those that matter.
    """

    students: tuple[str, ...]
    finding: Finding

    @property
    def asks(self) -> bool:
        """Whether it asks for a person's eyes."""
        return bool(self.finding.flags) or self.finding.verdict in {Verdict.REVIEW, Verdict.INTERNAL}


@dataclasses.dataclass(frozen=True, slots=True)
class ItemSummary:
    """How many of a class passed an item, wait for a decision on it, or are flagged."""

    place: str
    students: int
    passed: int
    pending: int
    flagged: int


def item_clusters(grades: Iterable[Grade], place: str) -> tuple[ItemCluster, ...]:
    """Group a class by what was found of an item: what asks for a decision first, then the largest group."""
    groups: defaultdict[tuple[Verdict, float, tuple[Reason, ...], tuple[Reason, ...]], list[tuple[str, Finding]]]
    groups = defaultdict(list)
    for given in grades:
        for finding in given.findings:
            if finding.place == place:
                key = (finding.verdict, finding.points, finding.reasons, finding.flags)
                groups[key].append((given.student, finding))
    found = (ItemCluster(tuple(student for student, _ in group), group[0][1]) for group in groups.values())
    return tuple(sorted(found, key=lambda one: (not one.asks, -len(one.students))))


def item_summaries(grades: Iterable[Grade]) -> tuple[ItemSummary, ...]:
    """Return every item of a class, in the order of the rubric."""
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for given in grades:
        for finding in given.findings:
            found[finding.place].append(finding)
    return tuple(
        ItemSummary(
            place,
            students=len(findings),
            passed=sum(one.verdict is Verdict.PASS for one in findings),
            pending=sum(one.verdict is Verdict.REVIEW for one in findings),
            flagged=sum(bool(one.flags) for one in findings),
        )
        for place, findings in found.items()
    )
