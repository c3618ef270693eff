"""The results.json of one submission, for right and wrong notebooks and faults of the grader."""

import dataclasses
import json
import stat

import pytest

from autograder.gradescope import grading
from autograder.gradescope.results_json import with_grade
from autograder.records import Finding, Grade, Reason, RunVerdict, Verdict

RIGHT = ('q01_answer = "b"', "q01_loss = 0.7315")
HALF = ('q01_answer = "c"', "q01_loss = 0.7315")


def entries(results, field):
    """Return one field of each test entry."""
    return [test.get(field) for test in results["tests"]]


def test_a_right_submission_earns_everything(make_container):
    """One entry per item, all passed, with data that make the grade traceable."""
    results = make_container().hand_in(*RIGHT).grade()
    assert (results["score"], entries(results, "status")) == (2, ["passed", "passed"])
    assert entries(results, "name") == ["Losses: Option", "Losses: Loss"]
    assert entries(results, "number") == ["1.1", "1.2"]
    assert (results["visibility"], results["stdout_visibility"]) == ("visible", "hidden")
    extra = results["extra_data"]
    assert len(extra["evidence_sha256"]) == len(extra["notebook_sha256"]) == 64
    assert {"cnn-autograder", "python"} <= set(extra["versions"])
    assert results["execution_time"] > 0


def test_the_notebooks_language_is_spoken(make_container):
    """A Portuguese notebook gets Portuguese entries."""
    results = make_container().hand_in(*HALF, language="pt-BR").grade()
    assert entries(results, "name") == ["Perdas: Alternativa", "Perdas: Perda"]
    assert entries(results, "output")[0] == "A alternativa c não é a correta."


@pytest.mark.parametrize("feedback", ["none", "form", "score", "hints", "full"])
def test_what_is_expected_is_told_under_full_alone(make_container, feedback):
    """The key's letter and the reference figure are in the results only if everything is released."""
    results = make_container(feedback).hand_in('q01_answer = "c"', "q01_loss = 0.1").grade()
    said = json.dumps([results["output"], results["tests"]])
    assert ("0.7315" in said) == ("The right one is b" in said) == (feedback == "full")
    assert ("The option c" in said) == (feedback in {"hints", "full"})
    assert results["score"] == 0


def test_under_none_a_student_sees_no_point(make_container):
    """Hidden entries hide the total as well; the text only says that the notebook was received."""
    results = make_container("none").hand_in(*HALF).grade()
    assert entries(results, "visibility") == ["hidden", "hidden"]
    assert results["output"].startswith("Your notebook was received.")
    assert results["score"] == 1


def test_under_form_a_student_sees_what_is_missing_and_no_point(make_container):
    """The output names what is missing or malformed, but not what is wrong."""
    container = make_container("form")
    results = container.hand_in('q01_answer = "c"', "q01_loss = 'high'").grade()
    assert entries(results, "visibility") == ["hidden", "hidden"]
    assert "q01_loss does not have the requested form" in results["output"]
    assert "q01_answer" not in results["output"]
    missing = container.hand_in('q01_answer = "b"').grade()
    assert "No cell assigned a value to q01_loss." in missing["output"]
    assert not any(text in missing["output"] for text in ("right", "point", "option"))


def test_under_score_questions_are_told_and_items_are_not(make_container):
    """One entry per question, without text."""
    results = make_container("score").hand_in(*HALF).grade()
    assert [(test["score"], test["max_score"], test["name"]) for test in results["tests"]] == [(1, 2, "Losses")]
    assert entries(results, "output") == [None]


@pytest.mark.parametrize("visibility", ["after_due_date", "after_published"])
def test_entries_wait_for_the_release(make_container, visibility):
    """Everything that reveals points has the visibility of the policy."""
    results = make_container(release={"visibility": visibility}).hand_in(*RIGHT).grade()
    assert {results["visibility"], *entries(results, "visibility")} == {visibility}


@pytest.mark.parametrize(
    ("files", "student", "instructor"),
    [
        pytest.param({}, "hand in the .ipynb file", "no notebook", id="none"),
        pytest.param({"one.ipynb": "{}", "two.ipynb": "{}"}, "há 2 notebooks na entrega", "2 notebooks", id="two"),
        pytest.param({"a.ipynb": "hello"}, "o arquivo não é um notebook", "not JSON", id="no notebook"),
        pytest.param({"a.ipynb": '{"cells": ['}, "está incompleto", "breaks off", id="truncated"),
        pytest.param({"a.ipynb": ""}, "está vazio", "is empty", id="empty"),
        pytest.param({".hidden.ipynb": "{}", "notes.txt": ""}, "não há nenhum notebook", "no notebook", id="hidden"),
    ],
)
def test_what_cannot_be_read_is_no_zero(make_container, files, student, instructor):
    """No score, one line in each language for the student, and one for the instructor."""
    container = make_container()
    for name, text in files.items():
        (container.layout.submission / name).write_text(text, encoding="utf-8")
    results = container.grade()
    assert "score" not in results
    assert results["tests"] == []
    assert student.casefold() in results["output"].casefold()
    assert len(results["output"].splitlines()) == 2
    (line,) = container.instructor_reads()
    assert instructor in line


def test_the_assignments_own_name_decides_between_several(make_container):
    """A scratch notebook beside the distributed one does no harm."""
    container = make_container().hand_in(*RIGHT).hand_in("q01_answer = 'a'", name="scratch.ipynb")
    assert container.grade()["score"] == 2


def test_a_link_is_no_submission(make_container):
    """A link to our files is not followed, whatever its name."""
    container = make_container()
    secret = container.layout.source / "assignment" / "reference" / "practice" / "baseline.json"
    (container.layout.submission / "tiny.en.ipynb").symlink_to(secret)
    results = container.grade()
    assert "score" not in results
    assert "no notebook was handed in" in results["output"]


def test_another_assignments_notebook_is_asked_about(make_container):
    """It earns nothing, and student and instructor are told why."""
    container = make_container().hand_in("print('homework 3')")
    results = container.grade()
    assert results["score"] == 0
    assert results["output"].splitlines()[0].endswith("is it the one of tiny?")
    assert any("may belong to another one" in line for line in container.instructor_reads())


def test_a_dead_notebook_keeps_what_it_had(make_container):
    """`os._exit` after the first answer: that answer counts, and the text says that the process ended."""
    results = make_container().hand_in(RIGHT[0], "import os; os._exit(0)", RIGHT[1]).grade()
    assert results["score"] == 1
    assert "ended before the last cell" in results["output"]


def test_time_that_the_container_lacks_is_no_fault_of_the_students(make_container):
    """If Gradescope leaves less time than the rubric's limit, exceeding it gives no grade instead of a zero."""
    container = make_container(seconds=600).hand_in(RIGHT[0], "while True: pass")
    results = container.grade(seconds=49)
    assert "score" not in results
    assert "because of a problem on our side" in results["output"]
    (line,) = container.instructor_reads()
    assert "needs longer than the" in line
    assert "longer time limit" in line


def test_time_that_the_rubric_denies_is_graded(make_container):
    """The rubric's own limit is shorter than the container's: earlier values are graded."""
    results = make_container(seconds=2).hand_in(RIGHT[0], "while True: pass", RIGHT[1]).grade()
    assert results["score"] in {1, 2}


def test_a_container_that_is_too_small_says_so(make_container, monkeypatch):
    """Nothing is started; the student is told that it is not their fault, the instructor which size to choose."""
    monkeypatch.setattr(grading, "measure_room", lambda seconds: grading.Room(seconds, 300, 0))
    container = make_container().hand_in(*RIGHT)
    assert "score" not in container.grade()
    (line,) = container.instructor_reads()
    assert "this container is too small: 300 MiB" in line
    assert "choose a container of" in line


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        pytest.param("version", "built by version 0.0.1, and the grader here is", id="another version"),
        pytest.param("settings", "was not made by `autograder build`", id="no settings"),
        pytest.param("tests", "holds no hidden tests", id="no tests"),
        pytest.param("data", "data sets are not in this container", id="no data"),
        pytest.param("key", "the hidden tests give", id="tests of another rubric"),
        pytest.param("baseline", "baseline.json", id="a spoilt baseline"),
    ],
)
def test_our_own_faults_are_no_zero(make_container, spoil, line):
    """Not graded; the student is told whom to contact, and the instructor what to do."""
    container = make_container(version="0.0.1" if spoil == "version" else grading.__version__).hand_in(*RIGHT)
    source = container.layout.source
    if spoil == "settings":
        (source / "settings.json").write_text("{}", encoding="utf-8")
    if spoil == "tests":
        (source / "tests" / "q01.py").unlink()
    if spoil == "data":
        (container.layout.root / "keras" / "datasets").rmdir()
    if spoil == "key":
        test = source / "tests" / "q01.py"
        test.write_text(test.read_text(encoding="utf-8").replace("points=1.0", "points=0.5"), encoding="utf-8")
    if spoil == "baseline":
        (source / "assignment" / "reference" / "practice" / "baseline.json").write_text("{}", encoding="utf-8")
    results = container.grade()
    assert "score" not in results
    assert results["tests"] == []
    assert "Please tell your instructor" in results["output"]
    (said,) = container.instructor_reads()
    assert line in said
    assert "\n" not in said


def test_lateness_costs_what_the_policy_says(make_container):
    """Two days and a bit are three days late, one of which is free."""
    container = make_container(release={"late": {"free_days": 1, "percent_per_day": 10}}).hand_in(*RIGHT)
    metadata = {
        "created_at": "2026-03-04T12:00:00.000000-03:00",
        "users": [{}, {}],
        "assignment": {"due_date": "2026-03-02T11:00:00.000000-03:00"},
    }
    container.layout.metadata.write_text(json.dumps(metadata), encoding="utf-8")
    results = container.grade()
    assert results["score"] == pytest.approx(1.6)
    assert "3 day(s) late: it is worth 80%" in results["output"]
    assert (results["extra_data"]["days_late"], results["extra_data"]["members"]) == (3, 2)
    assert results["extra_data"]["points_before_policy"] == 2


@pytest.mark.parametrize(("keep_best", "score"), [(True, 1.5), (False, 1)])
def test_an_earlier_score_stays_where_the_policy_says(make_container, keep_best, score):
    """The best earlier submission counts, but at most the points possible."""
    container = make_container(release={"keep_best": keep_best}).hand_in(*HALF)
    earlier = [{"score": "0.5"}, {"score": 1.5}, {"score": 999}, {"score": "NaN"}, {}, None]
    container.layout.metadata.write_text(json.dumps({"previous_submissions": earlier}), encoding="utf-8")
    assert container.grade()["score"] == score


def test_what_is_private_is_closed_before_anything_runs(make_container):
    """Source, submission and results are accessible to their owner only, however they were unpacked."""
    container = make_container().hand_in(*RIGHT)
    container.layout.source.chmod(0o755)
    container.grade()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in container.layout.private}
    assert modes == {0o700}


def test_a_bug_of_ours_leaves_results(make_container, monkeypatch):
    """Whatever fails, there is a results file without a score, and the traceback is in the container's output."""

    def broken(path):
        raise ZeroDivisionError(path)

    monkeypatch.setattr(grading, "read_metadata", broken)
    container = make_container().hand_in(*RIGHT)
    assert "score" not in container.grade()
    assert any("a fault in the grader: ZeroDivisionError" in line for line in container.instructor_reads())


@pytest.fixture
def pending():
    """Return a grade with one item that passed and one that is pending."""
    waiting = Finding("loss", "q01", Verdict.REVIEW, 0.0, 0.6, (Reason("training.unseen"), Reason("review.pending")))
    findings = (Finding("answer", "q01", Verdict.PASS, 8.4, 8.4), waiting)
    return Grade("1", "ana", "en", "0" * 64, RunVerdict.COMPLETE, None, 8.4, 9.0, findings, (), "", "", "real")


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_a_pending_item_earns_nothing_yet_and_is_not_marked_wrong(make_container, pending, language):
    """Its entry has neither score nor status, so it has no colour, and says that a person will look."""
    specification = make_container().layout.open_assignment().specification
    grade = dataclasses.replace(pending, language=language)
    results = with_grade(grade, specification, 8.4, (), 1.0, {})
    right, waiting = results["tests"]
    assert (results["score"], right["score"], right["status"]) == (8.4, 8.4, "passed")
    assert not {"score", "max_score", "status"} & set(waiting)
    points, person, name = {
        "en": ("0.6 point", "A person will look at this item", "Losses: Loss (pending: 0.6)"),
        "pt-BR": ("0,6 ponto", "Uma pessoa vai avaliar este item", "Perdas: Perda (em revisão: 0,6)"),
    }[language]
    assert points in results["output"]
    assert person in waiting["output"]
    assert waiting["name"] == name


def test_under_score_pending_points_are_told_in_one_line(make_container, pending):
    """If items are not shown, the text above the questions says how many points are pending."""
    specification = make_container("score").layout.open_assignment().specification
    results = with_grade(pending, specification, 8.4, (), 1.0, {})
    assert "0.6 point" in results["output"]
    assert [(test["score"], test["max_score"]) for test in results["tests"]] == [(8.4, 9.0)]


@pytest.mark.parametrize(("feedback", "numbers"), [("hints", ["gini.1", "7.1", "7.2"]), ("score", ["gini", "7"])])
def test_a_question_may_have_any_name(make_container, pending, feedback, numbers):
    """A question is numbered as in its name, and one without a number is shown by name."""
    specification = make_container(feedback).layout.open_assignment().specification
    renamed = tuple(dataclasses.replace(one, question="q07") for one in pending.findings)
    named = dataclasses.replace(pending.findings[0], question="gini")
    grade = dataclasses.replace(pending, findings=(named, *renamed))
    assert entries(with_grade(grade, specification, 8.4, (), 1.0, {}), "number") == numbers


@pytest.mark.parametrize(("feedback", "told"), [("none", False), ("form", True), ("score", True), ("hints", True)])
def test_a_cancelled_item_is_neither_passed_nor_failed_and_told_plainly(make_container, feedback, told):
    """Everybody gets its points, and reads why, unless nothing is released at all."""
    container = make_container(feedback)
    rubric = container.layout.source / "assignment" / "grading.yml"
    text = rubric.read_text(encoding="utf-8")
    assert "key: b" in text
    rubric.write_text(text.replace("key: b", "key: b\n        cancelled: full_points"), encoding="utf-8")
    results = container.hand_in('q01_answer = "c"', "q01_loss = 0.1").grade()
    assert results["score"] == 1
    said = json.dumps([results["output"], results["tests"]])
    assert ("This item was cancelled: everybody gets its points." in said) is told
    if feedback == "hints":
        [cancelled, _] = results["tests"]
        assert (cancelled["score"], cancelled["max_score"], "status" in cancelled) == (1, 1, False)
