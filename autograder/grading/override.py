"""Points that a person gives to an item instead of its computed ones; the computed grade is kept."""

from __future__ import annotations

import dataclasses

from autograder.records import Finding, Grade, Reason, Verdict, total_points
from autograder.rubric import codes
from autograder.rubric.message import plain


def override(grade: Grade, question: str, item: str, points: float, *, author: str, reason: str) -> Grade:
    """Return the grade with other points for one item; a grade without that item is returned unchanged.

    This also settles an item that was pending or that a fault of the grader left open; once the last such item is
    settled, the grade is valid.

    Args:
        grade: The grade as computed, or as decided so far.
        question: The item's question.
        item: The item's name in the rubric.
        points: The points that the item gets.
        author: The person who decided; the student may read it.
        reason: Why; the student may read it.
    """
    why = Reason(codes.POINTS_OVERRIDDEN, plain(author), plain(reason), public=True)
    findings = tuple(
        _decided(finding, points, why) if (finding.question, finding.item) == (question, item) else finding
        for finding in grade.findings
    )
    void = any(finding.verdict is Verdict.INTERNAL for finding in findings)
    total = total_points(finding.points for finding in findings)
    return dataclasses.replace(grade, findings=findings, points=None if void else total)


def _decided(finding: Finding, points: float, why: Reason) -> Finding:
    verdict = Verdict.PASS if points >= finding.points_possible else Verdict.FAIL
    # The first decision replaced the computed points, which later ones take from its flag. Undecided items had none.
    before = next((flag.expected for flag in finding.flags if flag.code == why.code), None)
    if before is None:
        before = "" if finding.verdict in {Verdict.INTERNAL, Verdict.REVIEW} else float(finding.points)
    why = dataclasses.replace(why, expected=before)
    # A check's reasons no longer apply to an item that got its full points or could not be judged.
    settled = verdict is Verdict.PASS or finding.verdict in {Verdict.INTERNAL, Verdict.REVIEW}
    return dataclasses.replace(
        finding,
        verdict=verdict,
        points=points,
        reasons=() if settled else finding.reasons,
        flags=(*(flag for flag in finding.flags if flag.code != why.code), why),
    )
