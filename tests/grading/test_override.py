"""Points given by a person: what they replace, and what is kept."""

import dataclasses

import pytest

from autograder.grading import override
from autograder.records import Finding, Grade, Reason, RunVerdict, Verdict

WRONG = Finding("answer", "q02", Verdict.FAIL, 0.0, 1.0, (Reason("choice.wrong", "q02_answer", "b", "c"),))
RIGHT = Finding("answer", "q04", Verdict.PASS, 1.0, 1.0)
BROKEN = Finding("answer", "q05", Verdict.INTERNAL, 0.0, 1.0, (Reason("internal.error", found="KeyError: 'x'"),))


@pytest.fixture
def make_grade():
    """Return a grade of these findings."""

    def make(*findings):
        void = any(finding.verdict is Verdict.INTERNAL for finding in findings)
        points = None if void else sum(finding.points for finding in findings)
        possible = float(len(findings))
        return Grade("1", "Ana", "en", "", RunVerdict.COMPLETE, None, points, possible, findings, (), "", "", "real")

    return make


def decide(grade, question, points):
    """Give points to a question's answer."""
    return override(grade, question, "answer", points, author="M. Silva", reason="see the board")


@pytest.mark.parametrize(("points", "verdict", "reasons"), [(1.0, "PASS", ()), (0.5, "FAIL", WRONG.reasons)])
def test_one_item_changes_and_says_by_whom(make_grade, points, verdict, reasons):
    """Points, verdict and total change; the check's reasons are kept if points are missing."""
    before = make_grade(WRONG, RIGHT)
    after = decide(before, "q02", points)
    flag = Reason("points.overridden", "M. Silva", "see the board", expected=0.0, public=True)
    changed = dataclasses.replace(WRONG, verdict=Verdict(verdict), points=points, reasons=reasons, flags=(flag,))
    assert after == dataclasses.replace(before, points=1.0 + points, findings=(changed, RIGHT))


def test_what_the_grader_had_given_stays_beside_what_a_person_gave(make_grade):
    """Also after a second decision; an undecided item had no points, which is not shown as zero."""
    right = decide(decide(make_grade(RIGHT), "q04", 0.5), "q04", 0.25)
    assert [flag.expected for flag in right.findings[0].flags] == [1.0]
    assert [flag.expected for flag in decide(make_grade(BROKEN), "q05", 0.5).findings[0].flags] == [""]


def test_the_last_decision_counts(make_grade):
    """Only the last one is mentioned."""
    after = decide(decide(make_grade(WRONG), "q02", 0.5), "q02", 0.25)
    assert after.points == 0.25
    assert len(after.findings[0].flags) == 1


def test_a_person_can_close_what_a_fault_of_ours_left_open(make_grade):
    """With the last undecided item decided there is a grade, and the fault is no longer mentioned."""
    broken = make_grade(WRONG, BROKEN)
    assert broken.points is None
    assert decide(broken, "q02", 1.0).points is None
    after = decide(broken, "q05", 0.0)
    assert (after.points, after.findings[1].verdict, after.findings[1].reasons) == (0.0, Verdict.FAIL, ())


def test_a_decision_on_an_item_that_is_gone_changes_nothing(make_grade):
    """The rubric may have dropped it since."""
    grade = make_grade(WRONG, RIGHT)
    assert decide(grade, "q09", 1.0) == grade


@pytest.mark.parametrize(("points", "verdict"), [(1.0, Verdict.PASS), (0.0, Verdict.FAIL)])
def test_a_decision_settles_pending_points(make_grade, points, verdict):
    """Once accepted or rejected, nothing is pending, and the reason for it is no longer mentioned."""
    waiting = Finding(
        "answer", "q01", Verdict.REVIEW, 0.0, 1.0, (Reason("training.unattested"), Reason("review.pending"))
    )
    grade = make_grade(RIGHT, waiting)
    assert (grade.points, grade.pending) == (1.0, 1.0)
    decided = decide(grade, "q01", points)
    found = decided.findings[1]
    assert (found.verdict, found.reasons, found.pending, decided.pending) == (verdict, (), 0.0, 0.0)
    assert decided.points == 1.0 + points
