"""Students whose hand-ins came out alike, by findings or by values: what holds for one of them holds for all."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from autograder.class_report.report_entries import ReportEntry
from autograder.records import Finding, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster:
    """Students with equal findings or values; `failing` are the items that did not pass, of the first of them."""

    students: tuple[str, ...]
    points: float | None
    pending: float
    failing: tuple[Finding, ...]


def equal_findings(entries: Sequence[ReportEntry]) -> tuple[Cluster, ...]:
    """Group students who have the same verdict for the same reason on every item, the largest group first."""
    return _clusters(entries, lambda entry: entry.grade.findings)


def equal_evidence(entries: Sequence[ReportEntry]) -> tuple[Cluster, ...]:
    """Group students whose notebooks gave the same values, the largest group first."""
    return _clusters([entry for entry in entries if entry.evidence_sha256], lambda entry: entry.evidence_sha256)


def _clusters(entries: Sequence[ReportEntry], key: Callable[[ReportEntry], Hashable]) -> tuple[Cluster, ...]:
    groups: defaultdict[Hashable, list[ReportEntry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    found = (_cluster(group) for group in groups.values() if len(group) > 1)
    return tuple(sorted(found, key=lambda cluster: -len(cluster.students)))


def _cluster(group: Sequence[ReportEntry]) -> Cluster:
    given = group[0].grade
    failing = tuple(finding for finding in given.findings if finding.verdict not in {Verdict.PASS, Verdict.CANCELLED})
    return Cluster(tuple(entry.student for entry in group), given.points, given.pending, failing)
