"""Points given by a person: for which notebook, with which limit, and when they no longer apply."""

import dataclasses

import pytest

from autograder.decisions import keep_decision, lapsed_decision
from autograder.gradebook import Gradebook
from autograder.records import Finding, Grade, Job, RunVerdict, Verdict
from autograder.rubric.release import Release
from autograder.standing import standing_of


@pytest.fixture
def book(tmp_path):
    """Open a new gradebook."""
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        yield book


def hand_in(book, job_id, worth=1.0, items=("answer", "loss")):
    """Save a completely wrong notebook of Ana's, or regrade her last one."""
    book.add_job(Job(job_id, "Ana", "ana.ipynb", "ab" * 32, "en", ()))
    findings = tuple(Finding(item, "q01", Verdict.FAIL, 0.0, worth) for item in items)
    total = worth * len(items)
    book.save_grade(
        Grade(job_id, "Ana", "en", "ab" * 32, RunVerdict.COMPLETE, None, 0.0, total, findings, (), "", "", "real")
    )


def grade_of(book):
    """Return Ana's grade that counts."""
    return standing_of(book, "Ana", Release())


def give(book, item, points):
    """Give points to an item."""
    keep_decision(book, grade_of(book), "q01", item, points, reason="see the board", author="M. Silva")


def points(book):
    """Return Ana's points."""
    return grade_of(book).points


def lapsed(book):
    """Return the messages about Ana's decisions."""
    one = lapsed_decision(grade_of(book), book.overrides().get("Ana", ()))
    return [] if one is None else [str(one)]


def test_a_decision_holds_for_the_notebook_that_was_looked_at(book):
    """A newer notebook of the student is judged by itself; the older one has its points when it counts again."""
    hand_in(book, "job-1")
    give(book, "answer", 1.0)
    assert (points(book), lapsed(book)) == (1.0, [])
    hand_in(book, "job-2")
    assert points(book) == 0.0
    remedy = "`autograder override` gives them again, if they still apply"
    assert lapsed(book) == [
        f"Ana: points given by hand do not count for q01.answer, given to another notebook ({remedy})"
    ]
    hand_in(book, "job-1")
    assert (points(book), lapsed(book)) == (1.0, [])


def test_a_decision_on_the_newer_notebook_is_the_one_that_counts(book):
    """It needs no further decision."""
    hand_in(book, "job-1")
    give(book, "answer", 1.0)
    hand_in(book, "job-2")
    give(book, "answer", 0.25)
    assert (points(book), lapsed(book)) == (0.25, [])


def test_a_decision_never_exceeds_what_the_item_is_worth_now(book):
    """The rubric may lower and raise the item's points; the decision itself is kept."""
    hand_in(book, "job-1")
    give(book, "answer", 0.8)
    hand_in(book, "job-1", worth=0.5)
    given = grade_of(book)
    assert (given.points, given.findings[0].points, given.findings[0].verdict) == (0.5, 0.5, Verdict.PASS)
    hand_in(book, "job-1", worth=2.0)
    assert points(book) == 0.8


def test_all_of_the_points_stay_all_of_them(book):
    """An excluded question raises what the others are worth: whoever was given full points does not fall behind."""
    hand_in(book, "job-1")
    give(book, "answer", 1.0)
    give(book, "loss", 0.0)
    for worth in (1.25, 0.5, 1.0):
        hand_in(book, "job-1", worth=worth)
        answer, loss = grade_of(book).findings
        assert (answer.points, answer.verdict, loss.points) == (worth, Verdict.PASS, 0.0)


def test_none_of_no_points_is_not_all_of_them(book):
    """An item that was worth nothing when it was decided on earns nothing by it once it is worth something."""
    hand_in(book, "job-1", worth=0.0)
    give(book, "answer", 0.0)
    hand_in(book, "job-1", worth=1.0)
    assert points(book) == 0.0


def test_a_decision_on_an_item_that_is_gone_is_told(book):
    """It affects nothing else, and is reported in one line per student."""
    hand_in(book, "job-1")
    give(book, "answer", 1.0)
    give(book, "loss", 0.5)
    hand_in(book, "job-1", items=("loss",))
    assert points(book) == 0.5
    assert lapsed(book) == ["Ana: points given by hand do not count for q01.answer, which the rubric no longer has"]
    hand_in(book, "job-2", items=("loss",))
    [line] = lapsed(book)
    assert "q01.loss, given to another notebook" in line
    assert line.endswith("; nor for q01.answer, which the rubric no longer has")


def test_the_last_decision_on_an_item_counts_and_the_computed_grade_stays(book):
    """Points that were taken back count as never given."""
    hand_in(book, "job-1")
    [computed] = book.current_grades()
    give(book, "answer", 1.0)
    give(book, "answer", 0.0)
    assert points(book) == 0.0
    assert list(book.current_grades()) == [computed]
    assert dataclasses.replace(grade_of(book), findings=()) == dataclasses.replace(computed, findings=())
