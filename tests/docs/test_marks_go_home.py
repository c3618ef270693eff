"""The how-to pages on Canvas, Moodle, Gradescope and course lists, executed command by command."""

import json
import os
import zipfile

import pytest
from courses import RIGHT, WRONG, make_course, notebook
from documented_commands import ROOT, shell_lines
from export_class import read_again, written
from forked_command import run_command
from joserfc.jwk import RSAKey
from push.platforms import Ags, Canvas

TOKEN = "1~walkingThrough"  # noqa: S105 (of the server below)
KEY = RSAKey.generate_key(2048)
NOTEBOOKS = {"right": notebook(*RIGHT), "wrong": notebook(*WRONG), "broken": "my homework"}


@pytest.fixture
def place(tmp_path):
    """Create a course's folder."""
    make_course(tmp_path)
    return tmp_path


def pack(path, files):
    """Write a zip of notebooks with the names in it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, kind in files.items():
            archive.writestr(name, NOTEBOOKS.get(kind, kind))


def walk(page, place, url="", **environment):
    """Run a page's commands in order; return the output of each, by its words."""
    done = []
    for words in shell_lines((ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")):
        if words[0] != "autograder" or words[1] == "build":
            continue
        line = [
            word.replace("https://canvas.example.edu", url).replace("https://lms.example.edu", url) for word in words
        ]
        data = ["--data", "practice"] if line[1] == "grade" else []
        run = run_command([*line[1:], *data], place, {**os.environ, **environment})
        assert run.returncode == 0, (words, run.stdout, run.stderr)
        done.append((words, run.stdout + run.stderr))
    return done


@pytest.mark.slow
def test_canvas(place):
    """Collected, graded, filled and pushed: the right marks are in the sheet and on Canvas, with the pages."""
    names = {"1": "Lima, Ana", "2": "Reis, Bia", "3": "Sá, Caio", "4": "Zé, Davi"}
    files = {"limaana_1_10_cnn.ipynb": "right", "reisbia_LATE_2_11_x.ipynb": "wrong", "sácaio_3_12_y.ipynb": "broken"}
    pack(place / "submissions.zip", files)
    head = ["Student", "ID", "SIS Login ID", "Section", "CNN (777)"]
    rows = [[name, number, f"u{number}", "A", ""] for number, name in names.items()]
    sheet = written([head, ["    Points Possible", "", "", "", "2.00"], *rows])
    (place / "canvas-gradebook.csv").write_text(sheet)
    platform = Canvas(TOKEN, names, points_possible=2)
    try:
        done = walk("canvas.md", place, platform.url, AUTOGRADER_CANVAS_TOKEN=TOKEN)
    finally:
        platform.close()
    assert [words[1] for words, _ in done] == ["grade", "pending", "export", "export", "push", "push"]
    assert "handed in nothing 1" in done[0][1]
    assert (place / "canvas-gradebook.csv").read_bytes() == sheet.encode()
    marks = {row[1]: row[4] for row in read_again(place / "canvas-gradebook-filled.csv")}
    assert (marks["1"], marks["3"], marks["4"]) == ("2.00", "", "")
    assert {number: one["score"] for number, one in platform.students.items()} == {
        "1": 2.0, "2": float(marks["2"]), "3": None, "4": None
    }  # fmt: skip
    assert [len(one["comments"]) for one in platform.students.values()] == [1, 1, 0, 0]


@pytest.mark.slow
def test_moodle(place):
    """Collected, graded, filled: a worksheet in Portuguese and a zip of pages."""
    files = {
        "Ana Lima_71_assignsubmission_file/cnn.ipynb": "right",
        "Ana Lima_72_assignsubmission_file/cnn.ipynb": "wrong",
        "Bia Reis_73_assignsubmission_onlinetext/onlinetext.html": "<p>esqueci</p>",
    }
    pack(place / "IA-CNN-1234.zip", files)
    head = ["Identificador", "Nome completo", "Status", "Nota", "Nota máxima", "Última modificação (nota)"]
    people = {71: "Ana Lima", 72: "Ana Lima", 73: "Bia Reis", 74: "Caio Sá"}
    rows = [[f"Participante {number}", name, "Enviado", "", "2,00", "-"] for number, name in people.items()]
    (place / "moodle-worksheet.csv").write_text(written([head, *rows]))
    done = walk("moodle.md", place)
    assert [words[1] for words, _ in done] == ["grade", "pending", "export", "export"]
    marks = [row[3] for row in read_again(place / "moodle-worksheet-filled.csv")[1:]]
    assert marks[0] == "2,00"
    assert marks[1] not in {"", "2,00"}
    assert marks[2:] == ["", ""]
    with zipfile.ZipFile(place / "moodle-worksheet-feedback.zip") as archive:
        assert archive.namelist() == [f"Ana Lima_{number}_assignsubmission_file_/feedback.html" for number in (71, 72)]


@pytest.mark.slow
def test_gradescope(place):
    """Exported, graded, packed as an autograder that looks up scores, and posted to a line item."""
    listed = ":submission_1:\n  :submitters:\n  - :name: Ana\n    :sid: '007'\n    :email: ana@example.org\n"
    pack(place / "assignment_1_export.zip", {
        "submission_metadata.yml": listed.replace(":submission_1", "submission_1"), "submission_1/cnn.ipynb": "right"
    })  # fmt: skip
    (place / "class.csv").write_text("Name,SID,LTI user ID\nAna,007,abc\n")
    platform = Ags(KEY)
    try:
        done = walk("gradescope.md", place, platform.url, AUTOGRADER_AGS_KEY=KEY.as_pem(private=True).decode())
    finally:
        platform.close()
    assert [words[1] for words, _ in done] == ["grade", "export", "export", "export", "push"]
    with zipfile.ZipFile(place / "grades" / "export" / "gradescope-scores.zip") as archive:
        assert json.loads(archive.read("scores.json")) == {"1": 2.0}
    [document] = (place / "grades" / "export" / "scores.jsonl").read_text().splitlines()
    assert (json.loads(document)["userId"], json.loads(document)["scoreGiven"]) == ("abc", 2.0)
    assert "Ana (007)" in done[-1][1]
    assert platform.scores == {}


@pytest.mark.slow
def test_the_list_of_a_course(place):
    """A class in a folder: absent students are named, a table and a form are filled, pseudonyms reveal nothing."""
    (place / "submissions").mkdir()
    for name, kind in {"Ana Lima": "right", "Grupo 3": "wrong"}.items():
        (place / "submissions" / f"{name}.ipynb").write_text(NOTEBOOKS[kind])
    (place / "class.csv").write_text("Nome,SID,Grupo\nAna Lima,1,\nBia,2,Grupo 3\nCaio,3,Grupo 3\nDavi,4,\n")
    (place / "turma.csv").write_text("Matrícula;Nome;Nota 1\n1;Ana Lima;\n2;Bia;\n3;Caio;\n4;Davi;\n")
    done = walk("roster.md", place)
    assert [words[1] for words, _ in done] == ["grade", "export", "export", "export", "export"]
    assert "handed in nothing 1" in done[0][1]
    table = {row[1]: row for row in read_again(place / "grades" / "export" / "marks.csv")}
    assert table["Ana Lima"][5] == "2"
    assert table["Bia"][5] == table["Caio"][5] != ""
    assert not (place / "turma-filled.csv").exists()
    assert "Ana Lima" not in (place / "grades" / "export" / "marks-pseudonyms.csv").read_text()
