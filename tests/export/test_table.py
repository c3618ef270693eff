"""Marks as a plain table, in any list of people, as LTI score documents, and as an autograder for Gradescope."""

import csv
import json
import subprocess
import sys
import zipfile

import pandas as pd
import pytest
from export_class import Student, canvas, grade_class, moodle, read_again

from autograder.errors import UsageError
from autograder.records import Account

CLASS = [
    Student("Ana Lima", 8.4),
    Student("=HYPERLINK(1)", 2.0),
    Student("Bia, Reis", 5.0, pending=True),
    Student("Caio", None),
]


def test_the_plain_table_has_everybody(place, export, changed):
    """Pending, refused and absent students have no points but a reason; no name is a formula."""
    grade_class(place, CLASS)
    (place / "class.csv").write_text("Name,Email,Section\nAna Lima,ana@x.org,A\nZoe Sá,zoe@x.org,B\n")
    first = export("--to", "csv", "--roster", "class.csv", "--apply")
    assert changed(first) == {"Ana Lima": ("", "8.4"), "=HYPERLINK(1)": ("", "2")}
    table = pd.read_csv(place / "grades" / "export" / "marks.csv", dtype=str, keep_default_na=False)
    assert dict(zip(table["student"], table["points"], strict=True)) == {
        "Ana Lima": "8.4", "'=HYPERLINK(1)": "2", "Bia, Reis": "", "Caio": "", "Zoe Sá": ""
    }  # fmt: skip
    assert table["state"].tolist()[-1] == "handed in nothing"
    grade_class(place, [Student("Ana Lima", 9.0)])
    assert changed(export("--to", "csv")) == {"Ana Lima": ("8.4", "9")}


def test_any_list_of_people_can_be_filled(place, export, changed):
    """A column of the registry's own form, matched by whatever identifies its people."""
    grade_class(place, [Student("12345", 8.4), Student("67890", 3.0)])
    (place / "turma.csv").write_bytes(
        "Matrícula;Aluno;Nota 1;Nota 2\r\n12345;Ana;7,5;\r\n67890;Bia;;\r\n".encode("cp1252")
    )
    outcome = export("--to", "csv", "--sheet", "turma.csv", "--column", "nota 2", "--apply")
    assert changed(outcome) == {"12345": ("", "8,40"), "67890": ("", "3,00")}
    filled = (place / "turma-filled.csv").read_bytes()
    assert filled == "Matrícula;Aluno;Nota 1;Nota 2\r\n12345;Ana;7,5;8,40\r\n67890;Bia;;3,00\r\n".encode("cp1252")
    (place / "form.csv").write_text("Universidade;;\nIA 2026;;\nMatrícula;Aluno;Nota 2\n12345;Ana;\n")
    assert changed(export("--to", "csv", "--sheet", "form.csv", "--column", "Nota 2")) == {"12345": ("", "8,40")}
    with pytest.raises(UsageError, match=r"--column: Matrícula, Aluno, Nota 1, Nota 2"):
        export("--to", "csv", "--sheet", "turma.csv", "--column", "Nota")


def test_score_documents_are_what_the_specification_asks_for(place, export, changed):
    """One per user with a mark; none without a mark, because that would clear the platform's."""
    students = [
        Student("limaana (1)", 8.4, canvas(1)),
        Student("reisbia (2)", 5.0, canvas(2), pending=True),
        Student("saeva (3)", None, canvas(3)),
        Student("Zé (7)", 3.0, moodle(7)),
    ]
    grade_class(place, students)
    outcome = export("--to", "ags", "--apply")
    path = place / "grades" / "export" / "scores.jsonl"
    [document] = [json.loads(line) for line in path.read_text().splitlines()]
    moment = document.pop("timestamp")
    assert document == {
        "userId": "1", "scoreGiven": 8.4, "scoreMaximum": 10.0,
        "activityProgress": "Completed", "gradingProgress": "FullyGraded",
    }  # fmt: skip
    assert moment.endswith("+00:00")
    assert "." in moment
    assert [one["student"] for one in outcome["held"]] == ["reisbia (2)", "saeva (3)"]
    assert [one["student"] for one in outcome["unmatched"]] == ["Zé (7)"]
    (place / "class.csv").write_text("Name,LTI user id\nZé,abc-9\n")
    again = export("--to", "ags", "--roster", "class.csv", "--apply")
    assert changed(again) == {"Zé (7)": ("", "3")}
    kept = {one["userId"]: one for one in map(json.loads, path.read_text().splitlines())}
    assert (kept["1"]["timestamp"], set(kept)) == (moment, {"1", "abc-9"})


def test_gradescope_gets_an_autograder_that_looks_the_score_up(place, export, changed, tmp_path):
    """Its script, run in the container's folders, writes the score of that submission only."""
    students = [
        Student("Ana (1), Bia (2)", 8.4, Account("gradescope", ("1", "2"), submission="55")),
        Student("Caio (3)", 2.0, Account("gradescope", ("3",), submission="56"), pending=True),
        Student("Davi", 9.0),
    ]
    grade_class(place, students)
    outcome = export("--to", "gradescope", "--apply")
    assert changed(outcome) == {"Ana (1), Bia (2)": ("", "8.4")}
    assert [one["student"] for one in outcome["unmatched"]] == ["Davi"]
    root = tmp_path / "autograder"
    (root / "results").mkdir(parents=True)
    with zipfile.ZipFile(place / "grades" / "export" / "gradescope-scores.zip") as archive:
        archive.extractall(root / "source")
        assert all(one.external_attr >> 16 == 0o755 for one in archive.infolist())
    script = (root / "source" / "run_autograder").read_text()
    (root / "try.py").write_text(script.replace("/autograder/", f"{root}/"))
    for number, code in ((55, 0), (56, 1), (99, 1)):
        (root / "submission_metadata.json").write_text(json.dumps({"id": number}))
        (root / "results" / "results.json").unlink(missing_ok=True)
        done = subprocess.run([sys.executable, root / "try.py"], capture_output=True, check=False)
        assert done.returncode == code
        assert (root / "results" / "results.json").exists() == (code == 0)
    assert 'VISIBILITY = "visible"' in script
    assert export("--to", "gradescope")["changes"] == []
    grade_class(
        place, [Student("Ana (1), Bia (2)", 8.4, Account("gradescope", ("1", "2"), submission="55"), pending=True)]
    )
    assert export("--to", "gradescope", "--apply")["written"] == ["grades/export/gradescope-scores.zip"]
    with zipfile.ZipFile(place / "grades" / "export" / "gradescope-scores.zip") as archive:
        assert json.loads(archive.read("scores.json")) == {}


def test_a_class_of_200_in_three_commands(place, export):
    """Two sections with namesakes: from the gradebook to the filled sheet, every mark is in its row."""
    students = [
        Student(f"sobrenome{number}nome ({5000 + number})", number % 101 / 10, canvas(5000 + number), number % 9 == 0)
        for number in range(200)
    ]
    grade_class(place, students)
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "CNN (777)"]]
    rows.append(["    Points Possible", "", "", "", "", "10"])
    for number in range(200):
        login = f"p{number}@x.org"
        rows.append([f"Sobrenome{number}, Nome", 5000 + number, f"s{number}", login, "AB"[number % 2], ""])
    with (place / "canvas.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    shown = export("--to", "canvas", "--sheet", "canvas.csv")
    applied = export("--to", "canvas", "--sheet", "canvas.csv", "--apply")
    again = export("--to", "canvas", "--sheet", "canvas-filled.csv")
    assert shown["changes"] == applied["changes"]
    assert (len(applied["changes"]), len(applied["held"]), again["changes"]) == (177, 23, [])
    marks = {row[1]: row[5] for row in read_again(place / "canvas-filled.csv")[2:]}
    assert marks == {str(5000 + number): "" if number % 9 == 0 else f"{number % 101 / 10:.2f}" for number in range(200)}
