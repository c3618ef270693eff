"""Pending items of a class, and the decisions that settle them."""

import dataclasses

import pytest

from autograder.errors import UsageError
from autograder.gradebook import Gradebook
from autograder.records import Finding, Grade, Job, Reason, RunVerdict, Verdict
from autograder.reviews import PendingItem, acceptable_together, chosen, pending_items, settle_pending
from autograder.rubric.release import Release
from autograder.standing import standing_grades

WHY = (Reason("training.unattested"), Reason("review.pending"))


@pytest.fixture
def book(tmp_path):
    """Open a gradebook of two students, each with two pending items and a correct one."""
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        for student in ("ana", "bia"):
            book.add_job(Job(f"job-{student}", student, "a.ipynb", "ab" * 32, "en", ()))
            findings = (
                Finding("recipe", "q08", Verdict.REVIEW, 0.0, 0.2, WHY),
                Finding("errors", "q08", Verdict.REVIEW, 0.0, 0.4, WHY),
                Finding("answer", "q02", Verdict.PASS, 8.4, 8.4),
            )
            fields = ("en", "ab" * 32, RunVerdict.COMPLETE, None, 8.4, 9.0, findings, (), "", "", "real")
            book.save_grade(Grade(f"job-{student}", student, *fields))
        yield book


def waiting(book):
    """Return the pending items as student and item."""
    return [(one.grade.student, one.finding.place) for one in pending_items(standing_grades(book, Release()))]


def settle(book, ruling, *places, students=("ana", "bia")):
    """Decide on the items of these students."""
    grades = [given for given in standing_grades(book, Release()) if given.student in students]
    items = chosen(tuple(pending_items(grades)), places)
    settle_pending(book, items, ruling, reason="looked at", author="M. Silva")


def test_everything_pending_is_listed(book):
    """Each item with its points and reasons, student by student."""
    items = list(pending_items(standing_grades(book, Release())))
    assert [(one.grade.student, one.finding.place, one.finding.pending) for one in items] == [
        ("ana", "q08.recipe", 0.2), ("ana", "q08.errors", 0.4), ("bia", "q08.recipe", 0.2), ("bia", "q08.errors", 0.4),
    ]  # fmt: skip
    assert all(one.finding.reasons == WHY for one in items)


@pytest.mark.parametrize(("ruling", "points"), [("accept", 8.6), ("reject", 8.4)])
def test_one_item_of_one_student(book, ruling, points):
    """The others stay pending."""
    settle(book, ruling, "q08.recipe", students=("ana",))
    assert waiting(book) == [("ana", "q08.errors"), ("bia", "q08.recipe"), ("bia", "q08.errors")]
    ana, bia = standing_grades(book, Release())
    assert (ana.points, ana.pending) == (points, 0.4)
    assert (bia.points, bia.pending) == (8.4, 0.6)
    assert [flag.code for flag in ana.findings[0].flags] == ["points.overridden"]


def test_an_item_of_the_whole_class(book):
    """In bulk, with the same effect as individually."""
    settle(book, "accept", "q08.errors")
    assert [(given.points, given.pending) for given in standing_grades(book, Release())] == [(8.8, 0.2)] * 2


def test_everything_of_a_student(book):
    """Without an item, all of the student's pending items."""
    settle(book, "accept", students=("bia",))
    assert [given.points for given in standing_grades(book, Release())] == [8.4, 9.0]


def test_a_decision_can_be_taken_back(book):
    """As with all points given by hand, the computed grade is kept and the last decision counts."""
    settle(book, "reject", students=("ana",))
    [computed, _] = book.current_grades()
    assert computed.pending == pytest.approx(0.6)
    settle_pending(book, list(pending_items([computed])), "accept", reason="looked again", author="M. Silva")
    assert [given.points for given in standing_grades(book, Release())] == [9.0, 8.4]


@pytest.mark.parametrize(
    ("places", "said"), [(("q02.answer",), "not pending: q02.answer"), (("q08.recip",), "not pending: q08.recip")]
)
def test_what_is_not_pending_is_refused(book, places, said):
    """Points that a check gave cannot be decided here, and nothing is written."""
    with pytest.raises(UsageError) as caught:
        settle(book, "reject", *places)
    assert said in str(caught.value)
    assert "q08.recipe, q08.errors" in str(caught.value)
    assert len(waiting(book)) == 4


def test_a_class_without_pending_points_says_so(book):
    """There is nothing to decide a second time."""
    settle(book, "accept")
    with pytest.raises(UsageError) as caught:
        settle(book, "accept")
    assert "no points are pending" in str(caught.value)


def test_numbers_that_nothing_bears_out_are_not_accepted_for_a_whole_class(book):
    """One training step makes typed numbers pending, so they must not be accepted in bulk with honest ones."""
    one, other, *_ = pending_items(standing_grades(book, Release()))
    typed = [
        PendingItem(other.grade, dataclasses.replace(other.finding, reasons=(Reason(code), Reason("review.pending"))))
        for code in ("training.unseen", "training.foreign")
    ]
    assert acceptable_together([one, *typed]) == (one,)
