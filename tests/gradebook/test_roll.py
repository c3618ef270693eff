"""The students of a class: withdrawals, returns, and a history of all changes to a grade."""

import datetime as dt

import pytest
from gradebook_builders import grade_one, make_evidence, make_job, make_run, refuse_all
from refusal_texts import what_of

from autograder.gradebook import Gradebook, Override, Withdrawal
from autograder.records import Detail, Refusal, RunVerdict

ANA = "Ana Araújo"


@pytest.fixture
def book(tmp_path):
    """Open a gradebook whose clock goes back an hour after each reading."""
    moments = (dt.datetime(2026, 3, 2, tzinfo=dt.UTC) - dt.timedelta(hours=hours) for hours in range(1000))
    with Gradebook(tmp_path / "gradebook.sqlite", now=lambda: next(moments)) as book:
        yield book


def withdraw(book, student=ANA, *, withdrawn=True):
    """Withdraw a student, or take the withdrawal back."""
    book.withdraw(Withdrawal(student, withdrawn=withdrawn, reason="dropped the course", author="M. Silva"))


def kinds(book, student=ANA):
    """Return the events of a student, in order."""
    return [event.kind for event in book.history(student)]


def test_a_withdrawn_student_is_nowhere_but_in_the_history(book):
    """Grades, refusals and lists omit the student; the gradebook still has everything."""
    grade_one(book, make_job())
    refuse_all(book, "Bia")
    withdraw(book)
    withdraw(book, "Bia")
    assert (list(book.current_grades()), book.refusals(), book.graded_students()) == ([], (), ())
    assert (book.students(), list(book.withdrawn())) == ((ANA, "Bia"), [ANA, "Bia"])
    assert len(list(book.grade_history(ANA))) == 1


def test_what_was_withdrawn_stays_so_when_it_is_given_again(book):
    """The file is still in the folder: a resumed command brings no student back."""
    grade_one(book, make_job())
    refuse_all(book, "Bia")
    withdraw(book)
    withdraw(book, "Bia")
    assert not book.add_job(make_job())
    refuse_all(book, "Bia")
    assert (list(book.withdrawn()), book.refusals()) == ([ANA, "Bia"], ())


def test_something_else_that_is_handed_in_brings_a_student_back(book):
    """A notebook and an unreadable file are both later submissions, and the history says so."""
    grade_one(book, make_job())
    refuse_all(book, "Bia")
    withdraw(book)
    withdraw(book, "Bia")
    assert book.add_job(make_job("job-2"))
    book.refuse([Refusal("Bia", "bia.ipynb", Detail("refused.not_json"))])
    assert book.withdrawn() == {}
    assert [what_of(refusal) for refusal in book.refusals()] == ["is not a notebook: not JSON"]
    assert kinds(book) == ["hand-in", "grading", "withdrawal", "return", "hand-in"]
    assert kinds(book, "Bia") == ["refusal", "withdrawal", "return", "refusal"]
    assert [event.author for event in book.history(ANA)] == ["", "", "M. Silva", "", ""]


def test_a_withdrawal_can_be_taken_back(book):
    """Everything is restored, including refusals."""
    grade_one(book, make_job())
    refuse_all(book, ANA)
    before = (list(book.current_grades()), book.refusals())
    withdraw(book)
    withdraw(book, withdrawn=False)
    assert (list(book.current_grades()), book.refusals()) == before


def test_a_history_says_who_or_what_changed_a_grade_under_which_rules(book):
    """In the order in which it happened, whatever the clock; resuming adds nothing."""
    job = make_job()
    grade_one(book, job, 4.0)
    grade_one(book, job, 4.0)
    book.override(Override(job.id, ANA, "q02", "answer", 1.0, "see the board", "M. Silva", 1.0))
    refuse_all(book, ANA)
    refuse_all(book, ANA)
    grade_one(book, make_job("job-2", days_late=2), 9.0)
    events = book.history(ANA)
    assert [event.kind for event in events] == ["hand-in", "grading", "override", "refusal", "hand-in", "grading"]
    assert [event.points for event in events] == [None, 4.0, 1.0, None, None, 9.0]
    assert events[0].detail == "ana.ipynb"
    graded = events[1]
    assert (graded.rubric_sha256, graded.baseline_sha256, graded.data) == ("rubric", "baseline", "real")
    assert (events[2].author, events[2].detail) == ("M. Silva", "q02.answer: see the board")
    assert (events[3].detail, events[3].fault) == (f"{ANA}.ipynb", Detail("refused.empty"))
    assert (events[4].detail, events[4].days_late) == ("ana.ipynb", 2)
    assert all(dt.datetime.fromisoformat(event.at).tzinfo for event in events)


def test_a_refusal_that_comes_again_after_a_notebook_is_a_new_one(book):
    """The earlier one keeps its time, and handing in the notebook again is a submission."""
    grade_one(book, make_job())
    refuse_all(book, ANA)
    grade_one(book, make_job())
    refuse_all(book, ANA)
    assert kinds(book) == ["hand-in", "grading", "refusal", "hand-in", "refusal"]
    assert len(book.refusals()) == 1


def test_whether_a_notebook_was_late_is_as_it_was_handed_in_last(book):
    """A platform's list may be corrected."""
    grade_one(book, make_job(days_late=2))
    assert [one.days_late for one in book.submissions(ANA)] == [2]
    grade_one(book, make_job())
    assert [one.days_late for one in book.submissions(ANA)] == [0]
    assert kinds(book) == ["hand-in", "grading", "hand-in"]


def test_what_failed_by_our_fault_alone_is_known(book):
    """A job with a valid run is not among those to try last."""
    for number, verdicts in enumerate([[RunVerdict.INTERNAL], [RunVerdict.INTERNAL, RunVerdict.CRASHED], []]):
        job = make_job(f"job-{number}")
        book.add_job(job)
        for verdict in verdicts:
            book.save_run(make_run(job, verdict), make_evidence(job, verdict), "key", "real")
    assert book.failed_jobs() == {"job-0"}


def test_what_is_read_of_a_class_grows_with_its_size_and_no_faster(tmp_path):
    """For four times the students, SQLite takes about four times the steps, in everything that commands read."""
    steps = {}
    for size in (250, 1000):
        with Gradebook(tmp_path / f"{size}.sqlite") as book:
            connection = book._store._connection
            connection.execute("PRAGMA synchronous = OFF")
            for number in range(size):
                job = make_job(f"job-{number}", f"student {number}")
                grade_one(book, job)
                book.override(Override(job.id, job.student, "q02", "answer", 1.0, "why", "who", 1.0))
            counted = []
            connection.set_progress_handler(lambda counted=counted: counted.append(1), 100)
            for student in book.students():
                book.history(student)
                for hand_in in book.executed(student):
                    book.evidence_of(hand_in.job_id)
            list(book.current_grades())
            book.overrides()
            book.failed_jobs()
            steps[size] = len(counted)
    assert 3 < steps[1000] / steps[250] < 5
