"""Corrections of a rubric, from the edit of grading.yml to pages, tables and the history."""

import csv
import json
import re
import shutil

import pytest
from courses import RIGHT, RUBRIC, WRONG, command, make_course, notebook

NOTHING_RIGHT = ('q01_answer = "d"', "q01_loss = 9.0")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a class of three once: all right, a wrong letter, nothing right."""
    folder = tmp_path_factory.mktemp("course")
    make_course(folder)
    for name, cells in {"ana": RIGHT, "bia": WRONG, "caio": NOTHING_RIGHT}.items():
        (folder / "class" / f"{name}.ipynb").write_text(notebook(*cells))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        code, _, said = command("grade", "class", "--data", "practice", "--sandbox", "bubblewrap")
    assert code == 0, said
    return folder


@pytest.fixture
def place(graded, tmp_path, monkeypatch):
    """Go to a copy of the graded class."""
    copy = tmp_path / "course"
    shutil.copytree(graded, copy)
    monkeypatch.chdir(copy)
    return copy


def edit(place, old, new):
    """Edit the rubric."""
    assert old in RUBRIC
    (place / "grading.yml").write_text(RUBRIC.replace(old, new))


def points(place):
    """Return each student's points, from the table."""
    with (place / "grades" / "grades.csv").open(encoding="utf-8-sig") as file:
        return {row["student"]: row["points"] for row in csv.DictReader(file)}


def page_text(place, student):
    """Return a student's page without its markup."""
    text = (place / "grades" / "pages" / f"{student}.html").read_text(encoding="utf-8")
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_cancelled_item_is_shown_before_it_is_applied_and_told_to_everybody(place):
    """Mean, median, item and students, then the table, the csv, the JSON, the pages, the class report, the history."""
    assert points(place) == {"ana": "2", "bia": "1", "caio": "0"}
    edit(place, "key: b}", "key: b, cancelled: full_points}")
    code, shown, said = command("regrade")
    assert (code, said[-1]) == (0, "3 of 3 grades would change (write them with --apply)")
    assert "class: mean 1.00 → 1.67, median 1.00 → 2.00 (of 2)" in shown
    assert re.search(r"q01\.answer +0\.333 +1\.000 +2 +0", shown)
    assert shown.index("bia") < shown.index("caio") < shown.index("ana")
    assert points(place) == {"ana": "2", "bia": "1", "caio": "0"}
    document = json.loads(command("regrade", "--json")[1])
    assert document["class"]["after"] == {"mean": pytest.approx(5 / 3), "median": 2.0}
    assert [(one["student"], one["difference"]) for one in document["changes"]] == [
        ("bia", 1.0), ("caio", 1.0), ("ana", 0.0)]  # fmt: skip
    assert command("regrade", "--apply")[0] == 0
    assert points(place) == {"ana": "2", "bia": "2", "caio": "1"}
    for student in ("ana", "bia", "caio"):
        assert "Este item foi anulado: todos recebem os pontos dele." in page_text(place, student)
        kept = json.loads((place / "grades" / "json" / f"{student}.json").read_text(encoding="utf-8"))
        assert (kept["findings"][0]["verdict"], kept["findings"][0]["points"]) == ("CANCELLED", 1.0)
    assert "answer cancelled: everybody gets the points" in (place / "grades" / "class.html").read_text("utf-8")
    with (place / "grades" / "grades.csv").open(encoding="utf-8-sig") as file:
        assert {row["cancelled"] for row in csv.DictReader(file)} == {"q01.answer: cancelled.full_points"}
    table = command("report")[1]
    assert "– cancelled" in table  # noqa: RUF001 (a dash)
    assert "q01.answer FAIL → CANCELLED" in command("history", "bia")[1]
    assert (
        "mean 1.00 → 1.67, median 1.00 → 2.00, 3 of 3 grades changed, cancelled q01.answer: full_points"
        in (command("history")[1])
    )


def test_a_cancelled_question_is_named_as_one(place):
    """Once, and not at each of its items."""
    edit(place, "questions:\n  q01:\n", "questions:\n  q01:\n    cancelled: full_points\n")
    assert command("regrade", "--apply")[0] == 0
    assert points(place) == {"ana": "2", "bia": "2", "caio": "2"}
    text = page_text(place, "caio")
    assert text.count("Esta questão foi anulada: todos recebem os pontos dela.") == 1
    assert "Este item foi anulado" not in text


@pytest.mark.parametrize("feedback", ["form", "score", "hints"])
def test_before_the_key_is_released_a_page_says_what_was_cancelled_and_no_letter(place, feedback):
    """The cancellation is no secret, and the letters that are accepted are one."""
    (place / "grading.yml").write_text(
        RUBRIC.replace("feedback: full", f"feedback: {feedback}")
        .replace("key: b}", "key: b, accepted: [a]}")
        .replace("absolute: 0.01}", "absolute: 0.01, cancelled: no_points}")
    )
    assert command("regrade", "--apply")[0] == 0
    text = page_text(place, "caio")
    assert "Este item foi anulado: ninguém recebe os pontos dele." in text
    assert not re.search(r"aceitas: |correta é|\(a\)|\(b\)", text)


def test_without_feedback_a_page_says_nothing_of_it(place):
    """It says that the notebook was received."""
    (place / "grading.yml").write_text(
        RUBRIC.replace("feedback: full", "feedback: none").replace("key: b}", "key: b, cancelled: full_points}")
    )
    assert command("regrade", "--apply")[0] == 0
    assert "anulado" not in page_text(place, "caio")


def test_a_decision_on_an_item_gives_way_to_its_cancellation_and_comes_back(place):
    """What everybody gets, an earlier decision does not lower; it is named, and counts again with the item."""
    command("override", "bia", "q01.answer", "0.25", "--because", "half right", "--by", "Prof. Castro")
    edit(place, "key: b}", "key: b, cancelled: full_points}")
    _, _, said = command("regrade", "--apply")
    assert points(place)["bia"] == "2"
    assert "warning: bia: points given by hand do not count for q01.answer, which the rubric has cancelled" in said
    code, _, said = command("override", "bia", "q01.answer", "0.5", "--because", "x", "--by", "y")
    assert (code, said[0].startswith("q01.answer is cancelled in the rubric")) == (2, True)
    (place / "grading.yml").write_text(RUBRIC)
    command("regrade", "--apply")
    assert points(place)["bia"] == "1.25"


def test_a_bulk_override_is_shown_applied_and_undone_as_one(place):
    """By verdict: both who failed, and the decision made before on one of them counts again after the undo."""
    decide = ("--because", "two readings", "--by", "Prof. Castro")
    command("override", "caio", "q01.answer", "0.25", *decide)
    chosen = ("bulk-override", "q01.answer", "0.5", "--verdict", "FAIL", *decide)
    code, shown, said = command(*chosen)
    assert (code, said) == (0, ["2 students would get other points (write it with --apply)"])
    assert [line.split()[0] for line in shown.splitlines()[1:]] == ["bia", "caio"]
    assert points(place) == {"ana": "2", "bia": "1", "caio": "0.25"}
    _, _, said = command(*chosen, "--apply")
    assert said[-1].endswith("takes it back"), said
    number = re.search(r"--undo (\d+)", said[-1])[1]
    assert points(place) == {"ana": "2", "bia": "1.5", "caio": "0.5"}
    assert f"bulk override {number}," in command("history", "bia")[1]
    _, _, said = command("bulk-override", "--undo", number, "--because", "no", "--by", "Prof. Castro")
    assert said == [f"bulk override {number} is undone for 2 students"]
    assert points(place) == {"ana": "2", "bia": "1", "caio": "0.25"}
    assert f"no, bulk override {number}, by Prof. Castro" in command("history", "bia")[1]
    code, _, said = command("bulk-override", "--undo", number, "--because", "no", "--by", "y")
    assert (code, said) == (2, [f"bulk override {number} was undone before"])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("bia\nCaio\n", {"ana": "2", "bia": "1.5", "caio": "0.5"}, id="names"),
        pytest.param("student,points\nbia,0.75\n", {"ana": "2", "bia": "1.75", "caio": "0"}, id="points of their own"),
        pytest.param("aluno;pontos\ncaio;0,25\n", {"ana": "2", "bia": "1", "caio": "0.25"}, id="Portuguese"),
    ],
)
def test_a_list_chooses_students_and_may_say_their_points(place, content, expected):
    """One name per line, or a table with a heading in one of the languages that course lists have."""
    (place / "list.csv").write_text(content)
    done = command(
        *("bulk-override", "q01.answer", "0.5", "--students", "list.csv", "--apply"), "--because", "x", "--by", "y"
    )
    assert done[0] == 0
    assert points(place) == expected


def test_whoever_was_found_alike_is_chosen_by_one_of_them(place):
    """Bia's letter c and caio's d are different reasons."""
    command("bulk-override", "q01.answer", "0.5", "--like", "bia", "--apply", "--because", "x", "--by", "y")
    assert points(place) == {"ana": "2", "bia": "1.5", "caio": "0"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("q01.answer", "0.5"), "nobody is chosen", id="nobody"),
        pytest.param(("q01.answer", "--all"), "no points are given", id="no points"),
        pytest.param(("q01.answer", "2", "--all"), "q01.answer is worth 0 to 1 points, not 2", id="too many"),
        pytest.param(("q01.figure", "1", "--all"), "there is no item q01.figure", id="item"),
        pytest.param((), "no item is named", id="no item"),
        pytest.param(("--undo", "7"), "there is no bulk override 7 (those that can be undone: none)", id="undo"),
        pytest.param(("q01.answer", "1", "--students", "lost.csv"), "fits no student of this class", id="stranger"),
    ],
)
def test_a_bulk_override_that_fits_nothing_is_refused(place, arguments, said):
    """One line says what is lacking, and nothing is written."""
    (place / "lost.csv").write_text("ana\nZoe\n")
    code, _, lines = command("bulk-override", *arguments, "--apply", "--because", "x", "--by", "y")
    assert code == 2
    assert said in lines[0]
    assert points(place) == {"ana": "2", "bia": "1", "caio": "0"}


def test_the_class_report_in_portuguese_is_kept_current_once_it_is_there(place):
    """Nobody reads yesterday's marks in it."""
    page = place / "grades" / "class.pt-BR.html"
    command("report")
    assert not page.exists()
    assert command("class-report", "--language", "pt-BR")[0] == 0
    before = page.read_text(encoding="utf-8")
    assert "Relatório da turma" in before
    command("override", "bia", "q01.answer", "0.5", "--because", "meio certo", "--by", "Prof. Castro")
    after = page.read_text(encoding="utf-8")
    assert "pontos à mão" in after
    assert "pontos à mão" not in before
