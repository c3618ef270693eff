"""Matching marks to people: by number, then by the course list, otherwise not at all."""

import json

import pytest
from export_class import Student, canvas, grade_class, moodle, written

from autograder.errors import ConfigurationError
from autograder.records import Account

HEAD = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "CNN (777)"]
POSSIBLE = ["    Points Possible", "", "", "", "", "10"]


def sheet(*people):
    """Return Canvas's gradebook of some people: name, number, student number, login."""
    return written([HEAD, POSSIBLE, *([*person, "A", ""] for person in people)])


def run(place, export, people, roster="", students=()):
    """Export a class to Canvas's gradebook; return the points by number, and the students without a match."""
    grade_class(place, students)
    (place / "canvas.csv").write_text(sheet(*people))
    options = []
    if roster:
        (place / "class.csv").write_text(roster)
        options = ["--roster", "class.csv"]
    outcome = export("--to", "canvas", "--sheet", "canvas.csv", "--apply", *options)
    by_number = {}
    if outcome["changes"]:
        table = (place / "canvas-filled.csv").read_text().splitlines()[2:]
        by_number = {line.rsplit(",", 5)[1]: line.rsplit(",", 1)[1] for line in table if not line.endswith(",")}
    return by_number, {one["student"] for one in outcome["unmatched"]}


ONE = Account("gradescope", ("u1",), submission="5")
BOTH = Account("gradescope", ("u1", "u2"), submission="5")
GROUP = "Name,SID,Group\nAna Lima,u1,Grupo 3\nBia Reis,u2,Grupo 3\n"
ANA, BIA = ("Lima, Ana", "1", "u1", "ana@x.org"), ("Reis, Bia", "2", "u2", "bia@x.org")
OTHER_ANA = ("Lima, Ana", "3", "u3", "ana3@x.org")


@pytest.mark.parametrize(
    ("student", "roster", "people", "filled"),
    [
        pytest.param(Student("Ana Lima", 8.0), "", [ANA, BIA], {}, id="a name alone is nobody"),
        pytest.param(Student("Ana Lima", 8.0), "Name,SID\nAna Lima,u1\n", [ANA, BIA], {"1": "8.00"}, id="by the list"),
        pytest.param(Student("ANA  LIMA", 8.0), "Nome,Email\nAna Lima,ANA@X.org\n", [ANA], {"1": "8.00"}, id="case"),
        pytest.param(Student("Ana Lima", 8.0), "Name\nAna Lima\n", [ANA, BIA], {"1": "8.00"}, id="a list of names"),
        pytest.param(Student("Ana Lima", 8.0), "Name\nAna Lima\n", [ANA, OTHER_ANA], {}, id="two rows of one name"),
        pytest.param(
            Student("Ana Lima", 8.0), "Name,SID\nAna Lima,u1\nAna Lima,u3\n", [ANA, OTHER_ANA], {}, id="two on the list"
        ),
        pytest.param(Student("u3", 8.0), "Name,SID\nAna Lima,u1\nAna Lima,u3\n", [ANA, OTHER_ANA], {"3": "8.00"},
                     id="called by a student number"),
        pytest.param(Student("u1", 8.0), "", [ANA], {"1": "8.00"}, id="a folder called by a login needs no list"),
        pytest.param(Student("Ana Lima", 8.0), "Name,SID\nAna Lima,u9\n", [ANA], {}, id="another Ana"),
        pytest.param(Student("Ana Lima (7)", 8.0, moodle(7)), "Name,SID\nAna Lima,u1\n", [ANA], {"1": "8.00"},
                     id="from Moodle to Canvas by the list"),
        pytest.param(Student("Bia Reis (1)", 8.0, moodle(1)), "", [ANA, BIA], {}, id="Moodle's 1 is not Canvas's"),
        pytest.param(Student("Caio Sá (u2)", 8.0, moodle("u2")), "Name,Moodle\nCaio Sá,u2\n", [ANA, BIA], {},
                     id="a number of Moodle's is nobody's student number"),
        pytest.param(Student("Ana Lima (u1)", 8.0, ONE), "", [ANA, BIA], {"1": "8.00"},
                     id="from Gradescope by the student number"),
        pytest.param(Student("Ana Lima (u1), Bia Reis (u2)", 8.0, BOTH), "",
                     [ANA, BIA], {"1": "8.00", "2": "8.00"}, id="a group from Gradescope"),
        pytest.param(Student("grupo3 (2)", 8.0, canvas(2)),
                     GROUP, [ANA, BIA], {"1": "8.00", "2": "8.00"}, id="a group by the list"),
        pytest.param(Student("Ana Lima", 8.0), "First name,Last name,Email\nAna,Lima,ana@x.org\n", [ANA], {"1": "8.00"},
                     id="names in two columns"),
    ],
)  # fmt: skip
def test_a_mark_finds_its_row_or_none(place, export, student, roster, people, filled):
    """A mark that fits no row, or two, is listed and not written."""
    found, unmatched = run(place, export, people, roster, [student])
    assert found == filled
    assert unmatched == (set() if filled else {student.name})


def test_two_hand_ins_for_one_row_are_both_left(place, export):
    """Under two names, or in a group and alone: it is unknown which counts."""
    students = [Student("Ana Lima", 8.0), Student("u1", 4.0), Student("Bia Reis", 6.0)]
    found, unmatched = run(place, export, [ANA, BIA], "Name,SID\nAna Lima,u1\nBia Reis,u2\n", students)
    assert (found, unmatched) == ({"2": "6.00"}, {"Ana Lima", "u1"})


def test_a_canvas_gradebook_is_a_list_of_the_course_as_it_is(place, export):
    """Including its rows that are not people."""
    grade_class(place, [Student("limaana (1)", 8.0, canvas(1))])
    (place / "canvas.csv").write_text(sheet(ANA, BIA, ("Student, Test", "99", "", "")))
    outcome = export("--to", "csv", "--roster", "canvas.csv", "--apply")
    assert {"student": "Reis, Bia", "why": "handed in nothing"} in outcome["held"]
    assert len(outcome["held"]) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SID,Email\n1,a@x.org\n", "has no column of names"),
        ("Name,SID\n", "names nobody"),
        ("Name,SID\nAna,1\nBia,1\n", "Ana and Bia have the same identifier 1"),
        ("Name,Days late\nAna,-1\n", "Ana is '-1' days late"),
        ("PK\x03\x04", "is a workbook"),
    ],
)
def test_a_list_that_cannot_be_used_is_one_line(place, export, text, what):
    """The error is reported before anything is written."""
    grade_class(place, [Student("Ana", 8.0)])
    (place / "class.csv").write_text(text)
    with pytest.raises(ConfigurationError, match=what) as error:
        export("--to", "csv", "--roster", "class.csv", "--apply")
    assert "\n" not in str(error.value)
    assert not (place / "grades" / "export").exists()


def test_pseudonyms_are_the_same_each_time_and_say_nothing(place, export):
    """In the table and on the terminal; a separate file resolves them."""
    students = [Student("Ana Lima (1)", 8.0, canvas(1)), Student("Caio", None), Student("=Eva (2)", 6.0, canvas(2))]
    grade_class(place, students)
    first = export("--to", "csv", "--pseudonyms", "--apply")
    second = export("--to", "csv", "--pseudonyms")
    assert (second["changes"], second["unchanged"]) == ([], 2)
    said = json.dumps(first) + (place / "grades" / "export" / "marks-pseudonyms.csv").read_text()
    assert not [name for name in ("Ana", "Lima", "Caio", "Eva") if name in said]
    who = (place / "grades" / "export" / "pseudonyms.csv").read_text(encoding="utf-8-sig").splitlines()
    assert {line.split(",")[1] for line in who[1:]} == {"Ana Lima (1)", "Caio", "'=Eva (2)"}
    assert (place / "grades" / "pseudonyms.key").stat().st_mode & 0o077 == 0
