"""Points that a person gives to an item in place of what its check gave: the computed grade stays as it was."""

from __future__ import annotations

import dataclasses

from autograder.grading import reasons
from autograder.grading.reasons import plain
from autograder.records import Finding, Grade, Reason, Verdict, total_points


def override(grade: Grade, question: str, item: str, points: float, *, author: str, reason: str) -> Grade:
    """Return the grade with other points for one item; a grade without such an item stays as it is.

    An item that a fault of ours had left open is closed by this, and with the last of them the grade is one; so is an
    item whose points were pending.

    Args:
        grade: What was computed, or decided so far.
        question: Whose item it is.
        item: Its name in the rubric.
        points: What it is worth now.
        author: Who decided.
        reason: Why; the student may read both.
    """
    why = Reason(reasons.POINTS_OVERRIDDEN, plain(author), plain(reason))
    findings = tuple(
        _decided(finding, points, why) if (finding.question, finding.item) == (question, item) else finding
        for finding in grade.findings
    )
    void = any(finding.verdict is Verdict.INTERNAL for finding in findings)
    total = total_points(finding.points for finding in findings)
    return dataclasses.replace(grade, findings=findings, points=None if void else total)


def _decided(finding: Finding, points: float, why: Reason) -> Finding:
    verdict = Verdict.PASS if points >= finding.points_possible else Verdict.FAIL
    # What a check had against an item that has its points, or that it could not judge, is settled.
    settled = verdict is Verdict.PASS or finding.verdict in {Verdict.INTERNAL, Verdict.REVIEW}
    return dataclasses.replace(
        finding,
        verdict=verdict,
        points=points,
        reasons=() if settled else finding.reasons,
        flags=(*(flag for flag in finding.flags if flag.code != why.code), why),
    )
