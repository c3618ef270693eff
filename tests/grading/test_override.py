"""Points that a person gave: what they replace, and what stays."""

import dataclasses

import pytest

from autograder.grading import override
from autograder.records import Finding, Grade, Reason, RunVerdict, Verdict

WRONG = Finding("answer", "q02", Verdict.FAIL, 0.0, 1.0, (Reason("choice.wrong", "q02_answer", "b", "c"),))
RIGHT = Finding("answer", "q04", Verdict.PASS, 1.0, 1.0)
BROKEN = Finding("answer", "q05", Verdict.INTERNAL, 0.0, 1.0, (Reason("internal.error", found="KeyError: 'x'"),))


@pytest.fixture
def make_grade():
    """Make a grade of these findings."""

    def make(*findings):
        void = any(finding.verdict is Verdict.INTERNAL for finding in findings)
        points = None if void else sum(finding.points for finding in findings)
        possible = float(len(findings))
        return Grade("1", "Ana", "en", "", RunVerdict.COMPLETE, "", points, possible, findings, (), "", "", "real")

    return make


def decide(grade, question, points):
    """Give points to a question's answer."""
    return override(grade, question, "answer", points, author="M. Silva", reason="see the board")


@pytest.mark.parametrize(("points", "verdict", "reasons"), [(1.0, "PASS", ()), (0.5, "FAIL", WRONG.reasons)])
def test_one_item_changes_and_says_by_whom(make_grade, points, verdict, reasons):
    """Points, verdict and total follow; what the check had said stays beside points that are not all."""
    before = make_grade(WRONG, RIGHT)
    after = decide(before, "q02", points)
    flag = Reason("points.overridden", "M. Silva", "see the board")
    changed = dataclasses.replace(WRONG, verdict=Verdict(verdict), points=points, reasons=reasons, flags=(flag,))
    assert after == dataclasses.replace(before, points=1.0 + points, findings=(changed, RIGHT))


def test_the_last_decision_counts(make_grade):
    """And is the only one that is told."""
    after = decide(decide(make_grade(WRONG), "q02", 0.5), "q02", 0.25)
    assert after.points == 0.25
    assert len(after.findings[0].flags) == 1


def test_a_person_can_close_what_a_fault_of_ours_left_open(make_grade):
    """With the last open item decided there is a grade again, and our fault is no longer told as a reason."""
    broken = make_grade(WRONG, BROKEN)
    assert broken.points is None
    assert decide(broken, "q02", 1.0).points is None
    after = decide(broken, "q05", 0.0)
    assert (after.points, after.findings[1].verdict, after.findings[1].reasons) == (0.0, Verdict.FAIL, ())


def test_a_decision_on_an_item_that_is_gone_changes_nothing(make_grade):
    """A rubric may have lost it since."""
    grade = make_grade(WRONG, RIGHT)
    assert decide(grade, "q09", 1.0) == grade


@pytest.mark.parametrize(("points", "verdict"), [(1.0, Verdict.PASS), (0.0, Verdict.FAIL)])
def test_a_decision_settles_pending_points(make_grade, points, verdict):
    """Accepted or rejected, nothing is pending any more, and what it waited for is not said again."""
    waiting = Finding(
        "answer", "q01", Verdict.REVIEW, 0.0, 1.0, (Reason("training.unattested"), Reason("review.pending"))
    )
    grade = make_grade(RIGHT, waiting)
    assert (grade.points, grade.pending) == (1.0, 1.0)
    decided = decide(grade, "q01", points)
    found = decided.findings[1]
    assert (found.verdict, found.reasons, found.pending, decided.pending) == (verdict, (), 0.0, 0.0)
    assert decided.points == 1.0 + points
