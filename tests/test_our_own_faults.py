"""Faults of the grader while a class is graded: the students concerned get no grade, and the instructor is told why."""

import csv
import json

import pytest
from courses import make_course, notebook
from orders_to_try import make_kept, make_order
from typer.testing import CliRunner

from autograder import class_results, pipeline
from autograder.cli import app
from autograder.errors import AutograderError
from autograder.orders import OrderStore
from autograder.rubric.checks.close import Close

PREDICTION = make_order("predict")
ORDERS_A_PREDICTION = f"""\
import gc, json
channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
order = json.loads({json.dumps(PREDICTION.plain)!r})
channel.send({{"type": "order", "number": 1, "description": order}})
while (message := channel.receive())["type"] != "answer":
    channel.receive_array(message)"""


@pytest.fixture
def hand_in(tmp_path, monkeypatch):
    """Return a function that hands in a correct notebook, with its own loss and more cells."""
    make_course(tmp_path)
    monkeypatch.chdir(tmp_path)

    def write(student, *cells, loss=0.5):
        text = notebook('q01_answer = "b"', f"q01_loss = {loss}", *cells)
        (tmp_path / "class" / f"{student}.ipynb").write_text(text)

    return write


def grade(*options):
    """Grade the class, and return exit code, messages by student, and the table's rows."""
    done = CliRunner().invoke(app, ["grade", "class", "--data", "practice", "--sandbox", "bubblewrap", *options])
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    said = {line.partition(": ")[0]: line.partition(": ")[2] for line in done.stderr.splitlines()}
    with open("grades/grades.csv", encoding="utf-8-sig") as file:  # noqa: PTH123 (the folder that the command ran in)
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return done.exit_code, said, rows


def test_a_check_that_raises_leaves_one_item_open(hand_in, monkeypatch):
    """A check that divides by zero for one student: that grade is missing, with the reason on terminal and table.

    The rest of the class is graded, and after a correction the same command grades the stored evidence.
    """
    judge = Close.judge
    monkeypatch.setattr(
        Close, "judge", lambda item, values, context: judge(item, values, context) if values[0] else 1 / values[0]
    )
    hand_in("ana")
    hand_in("bia", loss=0)
    code, said, rows = grade()
    assert code == 1
    assert said["ana"] == "2.00"
    assert said["bia"] == "no grade (q01.loss: ZeroDivisionError: division by zero)"
    assert (rows["ana"]["points"], rows["bia"]["points"], rows["bia"]["q01"]) == ("2", "", "")
    assert rows["bia"]["flags"] == "q01.loss: internal.error"
    monkeypatch.setattr(Close, "judge", judge)
    code, said, rows = grade()
    assert (code, said["bia"]) == (0, "1.00 (evidence was there)")


def test_a_known_training_that_is_broken_gives_no_grade(hand_in, tmp_path):
    """The students who need it get no grade, and the line names the file; after a correction the command continues."""
    store, key = OrderStore(tmp_path / "reference" / "practice" / "trainings"), PREDICTION.read().key
    store.put(key, make_kept())
    (broken,) = store.files()
    broken.write_bytes(b"no such format")
    hand_in("ana")
    hand_in("bia", ORDERS_A_PREDICTION)
    code, said, rows = grade()
    assert code == 1
    assert said["bia"].startswith(f"no grade ({broken}: this known training cannot be read: ")
    assert said["bia"].endswith("(delete the file))")
    assert (rows["ana"]["points"], rows["bia"]["points"], rows["bia"]["run"]) == ("2", "", "INTERNAL")
    store.put(key, make_kept())
    code, said, rows = grade()
    assert (code, said["ana"], said["bia"]) == (0, "2.00 (evidence was there)", "2.00")


def test_an_examination_that_raises_costs_one_student_the_grade(hand_in, monkeypatch):
    """A bug in examining a run does not end the batch; after a correction the run is repeated."""
    examine = pipeline.examine

    def faulty(job, run, run_spec):
        if run.values.get("q01_loss") == 7:
            raise KeyError("q01_loss")
        return examine(job, run, run_spec)

    monkeypatch.setattr(pipeline, "examine", faulty)
    hand_in("ana")
    hand_in("bia", loss=7)
    code, said, rows = grade()
    assert (code, said["ana"]) == (1, "2.00")
    assert said["bia"].startswith("no grade (KeyError: 'q01_loss' (test_our_own_faults.py, line ")
    assert (rows["bia"]["points"], rows["bia"]["run"]) == ("", "INTERNAL")
    monkeypatch.setattr(pipeline, "examine", examine)
    code, said, rows = grade()
    assert (code, said["bia"]) == (0, "1.00")


def test_a_fault_of_ours_in_a_second_execution_takes_no_points_away(hand_in, monkeypatch):
    """The earlier grade for the same notebook remains, with a line that says so, and no grade is missing."""
    hand_in("ana")
    assert grade()[0] == 0
    examine = pipeline.examine

    def faulty(job, run, run_spec):
        if run.values:
            raise KeyError("q01_loss")
        return examine(job, run, run_spec)

    monkeypatch.setattr(pipeline, "examine", faulty)
    # Another mode is another condition, so the notebook is executed again.
    code, said, rows = grade("--train")
    assert said["ana"].startswith("no grade (KeyError: 'q01_loss' (")
    assert said["ana"].endswith("; the grade before it stands")
    assert (code, rows["ana"]["points"], rows["ana"]["run"]) == (0, "2", "COMPLETE")


def test_a_page_that_cannot_be_made_costs_no_other_file(hand_in, monkeypatch, tmp_path):
    """The table, the JSON files and the other pages are written; the line names the student and what to do."""
    write_student_page = class_results.write_student_page

    def faulty(folder, given, *rest):
        if given.student == "ana":
            raise RecursionError("deep")
        return write_student_page(folder, given, *rest)

    monkeypatch.setattr(class_results, "write_student_page", faulty)
    hand_in("ana")
    hand_in("bia")
    done = CliRunner().invoke(app, ["grade", "class", "--data", "practice", "--sandbox", "bubblewrap"])
    assert isinstance(done.exception, AutograderError)
    assert "keeps these pages from being made: ana (RecursionError: deep (test_our_own_faults.py" in str(done.exception)
    assert [path.name for path in (tmp_path / "grades" / "pages").iterdir()] == ["bia.html"]
    assert sorted(path.name for path in (tmp_path / "grades" / "json").iterdir()) == ["ana.json", "bia.json"]
    monkeypatch.setattr(class_results, "write_student_page", write_student_page)
    assert CliRunner().invoke(app, ["report"]).exit_code == 0
    assert (tmp_path / "grades" / "pages" / "ana.html").exists()
    assert [row["points"] for row in grade()[2].values()] == ["2", "2"]
