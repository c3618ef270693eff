"""Per item, who did not pass and why, by the code of the first reason: what an instructor reads before a lecture."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from autograder.class_report.report_entries import ReportEntry
from autograder.records import Reason, Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """Students who failed an item by the same code; `example` is the first one's reason."""

    code: str
    verdict: Verdict
    example: Reason | None
    students: tuple[str, ...]


def failures_by_item(entries: Sequence[ReportEntry]) -> dict[str, tuple[Failure, ...]]:
    """Return what kept students from passing each item, the most frequent first; what all passed is not there."""
    found: defaultdict[str, defaultdict[tuple[str, Verdict], list[tuple[str, Reason | None]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for entry in entries:
        for finding in entry.grade.findings:
            if finding.verdict not in {Verdict.PASS, Verdict.CANCELLED}:
                reason = next(iter(finding.reasons), None)
                code = "" if reason is None else reason.code
                found[finding.place][code, finding.verdict].append((entry.student, reason))
    return {
        place: tuple(
            sorted(
                (
                    Failure(code, verdict, named[0][1], tuple(student for student, _ in named))
                    for (code, verdict), named in by_code.items()
                ),
                key=lambda failure: -len(failure.students),
            )
        )
        for place, by_code in found.items()
    }
