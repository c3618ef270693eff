"""Which notebook of a student counts, and its final score: lateness, last or best, faults of the grader."""

import dataclasses

import pytest
from gradebook_builders import grade_one, make_grade, make_job

from autograder.gradebook import Gradebook, Override, Submission
from autograder.records import RunVerdict
from autograder.rubric.release import Late, Release
from autograder.standing import standing_grade, standing_of, with_listed_days

LAST, BEST = Release(), Release(counts="best")
COSTLY = Release(late=Late(percent_per_day=20), counts="best")


def submissions(*points, late=()):
    """Return graded notebooks, first to last; `late` lists the numbers of late ones."""
    return [
        Submission(make_grade(make_job(f"job-{number}"), one), int(number in late)) for number, one in enumerate(points)
    ]


def standing(*points, release=LAST, late=()):
    """Return which notebook counts, its points and its flags."""
    given = standing_grade(submissions(*points, late=late), (), release)
    return given.job_id, given.points, [(flag.code, flag.found) for flag in given.flags]


@pytest.mark.parametrize(
    ("points", "release", "late", "expected"),
    [
        pytest.param((4, 9), LAST, (), ("job-1", 9, []), id="better"),
        pytest.param((9, 4), LAST, (), ("job-1", 4, [("hand_in.worse", "9")]), id="worse"),
        pytest.param((9, 4, 6), LAST, (), ("job-2", 6, [("hand_in.worse", "9")]), id="worse than the best before"),
        pytest.param((9, 4), BEST, (), ("job-0", 9, [("hand_in.kept", "4")]), id="the best is kept"),
        pytest.param((9, 9), BEST, (), ("job-1", 9, []), id="of two equal ones the last"),
        pytest.param((5,), LAST, (0,), ("job-0", 5, [("hand_in.late", "")]), id="late without a policy is said"),
        pytest.param((5,), COSTLY, (0,), ("job-0", 4, [("hand_in.late", "80")]), id="late costs a day"),
        pytest.param((5, 6), COSTLY, (1,), ("job-0", 5, [("hand_in.kept", "4.8")]), id="late is worth less"),
        pytest.param((5, 7), COSTLY, (1,), ("job-1", 5.6, [("hand_in.late", "80")]), id="late and still better"),
        pytest.param((9, None), BEST, (), ("job-1", None, []), id="the last lacks a grade by our fault"),
        pytest.param((None, 3), BEST, (), ("job-1", 3, []), id="an earlier one lacks a grade"),
        pytest.param((0, 0), BEST, (), ("job-1", 0, []), id="zeros are grades"),
    ],
)
def test_what_counts_and_what_is_said(points, release, late, expected):
    """The last notebook or the best one, after lateness; an earlier better one is always mentioned."""
    assert standing(*points, release=release, late=late) == expected


def test_free_days_cover_what_is_only_known_to_be_late():
    """An export does not say how late: it counts as one day, with a note."""
    free = Release(late=Late(free_days=1, percent_per_day=20))
    assert standing(5, release=free, late=(0,)) == ("job-0", 5, [("hand_in.late", "100")])


def test_days_of_the_course_list_are_never_lost_where_an_earlier_one_counts():
    """An extension of no days late covers every notebook; other days are the last one's, and an upper bound before."""
    first, last = submissions(5, 6, late=(0,))
    several = [dataclasses.replace(first, days_late=3), last]
    assert [one.days_late for one in with_listed_days(several, 0)] == [0, 0]
    assert [one.days_late for one in with_listed_days(several, 2)] == [2, 2]
    assert [one.days_late for one in with_listed_days([last, first], 2)] == [0, 2]
    assert list(with_listed_days(several, None)) == several


def test_points_given_by_hand_decide_which_is_the_best():
    """Decisions apply before the best is chosen, and lateness is deducted from the decided points."""
    decisions = [Override("job-0", "Ana Araújo", "q02", "answer", 10.0, "why", "who", 10.0)]
    given = standing_grade(submissions(4, 6, late=(0,)), decisions, COSTLY)
    assert (given.job_id, given.points) == ("job-0", 8.0)


def test_a_policy_that_changes_changes_what_counts_and_nothing_in_the_gradebook(tmp_path):
    """Grades are stored as computed."""
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        for number, points in enumerate((9.0, 4.0)):
            grade_one(book, make_job(f"job-{number}"), points)
        assert standing_of(book, "Ana Araújo", BEST).points == 9
        assert standing_of(book, "Ana Araújo", LAST).points == 4
        assert [grade.flags for grade in book.grade_history("Ana Araújo")] == [(), ()]
        assert standing_of(book, "nobody", LAST) is None


def test_a_fault_of_ours_on_the_notebook_that_had_points_changes_nothing(tmp_path):
    """The failure is recorded in the history; the grade that counts is unchanged."""
    job = make_job()
    with Gradebook(tmp_path / "gradebook.sqlite") as book:
        grade_one(book, job, 7.5)
        book.save_grade(dataclasses.replace(make_grade(job, None), run_verdict=RunVerdict.INTERNAL))
        assert standing_of(book, job.student, BEST).points == 7.5
