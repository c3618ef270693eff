"""Filling Canvas's own gradebook: the right cells, and no other byte."""

import pandas as pd
import pytest
from export_class import Student, canvas, grade_class, read_again, written

from autograder.errors import UsageError

HEAD = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
TITLES = ["Lista 1 (501)", "CNN, módulo 2 (777)", "Final Score"]
CLASS = [
    Student("limaana (1001)", 8.4, canvas(1001)),
    Student("reisbia (1002)", 10.0, canvas(1002)),
    Student("souzacaio (1003)", 5.0, canvas(1003), pending=True),
    Student("nunezdavi (1004)", None, canvas(1004)),
    Student("sáérica (1005)", 7.125, canvas(1005)),
]


def gradebook(decimal=".", marks=(), **options):
    """Return Canvas's gradebook of the class, with every kind of row that Canvas writes."""
    mark = f"9{decimal}50"
    ana, bia, erica = marks or ("", f"3{decimal}00", "")
    rows = [
        [*HEAD, *TITLES],
        [*[""] * 5, "", "Manual Posting", ""],
        ["    Points Possible", "", "", "", "", f"5{decimal}00", f"10{decimal}00", "(read only)"],
        ["Lima, Ana", 1001, "u1", "ana@example.org", "A and B", "", ana, mark],
        ["Reis, Bia", 1002, "u2", "bia@example.org", "A", f"1{decimal}00", bia, mark],
        ["Souza, Caio", 1003, "u3", "caio@example.org", "A", "", f"6{decimal}00", ""],
        ["Nunez, Davi", 1004, "u4", "davi@example.org", "A", "", f"4{decimal}00", ""],
        ["'=Sá, Érica", 1005, "u5", '"e"@example.org', "A", "", erica, ""],
        ["Yamada, Zoe", 1006, "u6", "zoe@example.org", "B", "", "", ""],
        ["Student, Test", 1007, "", "", "A", "", "", ""],
    ]
    return written(rows, **options)


@pytest.mark.parametrize(
    ("options", "mark", "decimal"),
    [
        ({}, "", "."),
        ({"separator": ";", "decimal": ","}, "\ufeff", ","),
        ({"newline": "\n", "quoting": 1}, "\ufeff", "."),
        ({"decimal": ","}, "", ","),
    ],
)
def test_the_right_cells_are_filled_and_no_other_byte_changes(place, export, changed, options, mark, decimal):
    """Matched by Canvas's numbers; cells of pending and refused students, dialect and line ends are unchanged."""
    grade_class(place, CLASS)
    given = (mark + gradebook(**options)).encode()
    (place / "canvas.csv").write_bytes(given)
    shown = export("--to", "canvas", "--sheet", "canvas.csv")
    assert changed(shown) == {
        "limaana (1001)": ("", f"8{decimal}40"),
        "reisbia (1002)": (f"3{decimal}00", f"10{decimal}00"),
        "sáérica (1005)": ("", f"7{decimal}13"),
    }
    assert {one["student"] for one in shown["held"]} == {"souzacaio (1003)", "nunezdavi (1004)"}
    assert sorted(path.name for path in place.glob("*.csv")) == ["canvas.csv"]
    [path] = export("--to", "canvas", "--sheet", "canvas.csv", "--apply")["written"]
    assert (place / "canvas.csv").read_bytes() == given
    filled = {row[1]: row for row in read_again(place / path)}
    before = {row[1]: row for row in read_again(place / "canvas.csv")}
    assert filled["1001"][6] == f"8{decimal}40"
    assert filled["1003"] == before["1003"]
    assert filled["1004"] == before["1004"]
    marks = (f"8{decimal}40", f"10{decimal}00", f"7{decimal}13")
    assert (place / path).read_bytes() == (mark + gradebook(**options, marks=marks)).encode()


def test_a_second_run_shows_only_what_changed(place, export, changed):
    """After a regrade, against the filled file or the original one; nothing is overwritten."""
    grade_class(place, CLASS)
    (place / "canvas.csv").write_text(gradebook())
    export("--to", "canvas", "--sheet", "canvas.csv", "--apply")
    again = export("--to", "canvas", "--sheet", "canvas-filled.csv", "--apply")
    assert (again["changes"], again["unchanged"], again["written"]) == ([], 3, [])
    grade_class(place, [*CLASS[:2], Student("souzacaio (1003)", 5.5, canvas(1003))])
    third = export("--to", "canvas", "--sheet", "canvas-filled.csv", "--apply")
    assert changed(third) == {"souzacaio (1003)": ("6.00", "5.50")}
    assert third["written"] == ["canvas-filled-2.csv"]
    table = pd.read_csv(place / "canvas-filled-2.csv", dtype=str)
    column = dict(zip(table["ID"], table["CNN, módulo 2 (777)"], strict=True))
    assert column["1003"] == "5.50"
    assert column["1001"] == "8.40"


@pytest.mark.parametrize("column", ["777", "CNN, módulo 2", "cnn, MODULO 2 (777)"])
def test_the_assignment_is_chosen_by_id_or_title(place, export, changed, column):
    """Or by the whole heading, as a person types it."""
    grade_class(place, CLASS)
    (place / "canvas.csv").write_text(gradebook())
    outcome = export("--to", "canvas", "--sheet", "canvas.csv", "--column", column)
    assert (outcome["column"], len(changed(outcome))) == ("CNN, módulo 2 (777)", 3)


def test_two_assignments_that_it_may_be_are_asked_about(place, export):
    """A guess might fill another assignment's column."""
    grade_class(place, CLASS)
    (place / "canvas.csv").write_text(gradebook().replace("5.00,10.00", "10.00,10.00"))
    with pytest.raises(UsageError, match=r"--column: Lista 1 \(501\), CNN, módulo 2 \(777\)"):
        export("--to", "canvas", "--sheet", "canvas.csv")


def test_marks_out_of_something_else_are_refused_or_converted(place, export, changed):
    """10 of 10 is not 10 of 5."""
    grade_class(place, CLASS)
    (place / "canvas.csv").write_text(gradebook())
    with pytest.raises(UsageError, match=r"out of 5, and the class was graded out of 10 .*|--scale"):
        export("--to", "canvas", "--sheet", "canvas.csv", "--column", "501")
    shown = changed(export("--to", "canvas", "--sheet", "canvas.csv", "--column", "501", "--scale"))
    assert shown["limaana (1001)"] == ("", "4.20")
    (place / "canvas.csv").write_text(gradebook().replace("5.00,10.00", "0,10.00"))
    with pytest.raises(UsageError, match="out of 0"):
        export("--to", "canvas", "--sheet", "canvas.csv", "--column", "501", "--scale")


@pytest.mark.parametrize("said", ["EX", "N/A", "A+", "excused"])
def test_what_a_person_wrote_into_a_cell_stays(place, export, said):
    """Excused, not assigned, a letter: listed, and not overwritten."""
    grade_class(place, CLASS[:2])
    (place / "canvas.csv").write_text(gradebook().replace("A and B,,,9.50", f"A and B,,{said},9.50"))
    shown = export("--to", "canvas", "--sheet", "canvas.csv")
    assert {"student": "limaana (1001)", "why": f"the cell says {said!r}"} in shown["held"]


def test_a_number_that_is_somebody_else_there_is_not_believed(place, export):
    """A group's submission has the number of the member who sent it; without a list, it matches no one."""
    grade_class(place, [Student("grupo3 (1001)", 9.0, canvas(1001)), Student("mouro (9)", 3.0, canvas(9))])
    (place / "canvas.csv").write_text(gradebook())
    shown = export("--to", "canvas", "--sheet", "canvas.csv")
    assert shown["changes"] == []
    assert {one["student"]: one["why"].split(":")[0] for one in shown["unmatched"]} == {
        "grupo3 (1001)": "number 1001 is Lima, Ana in the sheet",
        "mouro (9)": "no row has 9",
    }


def test_last_and_first_names_may_have_a_column_each(place, export, changed):
    """As an account's settings may have it."""
    grade_class(place, [Student("limaana (1001)", 8.0, canvas(1001))])
    rows = [
        ["LastName", "FirstName", "ID", "SIS Login ID", "Section", "CNN (777)"],
        ["    Points Possible", "", "", "", "", "10"],
        ["Lima", "Ana", "1001", "a", "A", ""],
    ]
    (place / "canvas.csv").write_text(written(rows))
    assert changed(export("--to", "canvas", "--sheet", "canvas.csv")) == {"limaana (1001)": ("", "8.00")}


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\0\1", "Student,ID\nAna,1\n"])
def test_another_file_is_no_gradebook(place, export, text):
    """The one-line error says what file to give."""
    grade_class(place, CLASS[:1])
    (place / "x.csv").write_text(text)
    with pytest.raises(Exception, match=r"x\.csv: ") as error:
        export("--to", "canvas", "--sheet", "x.csv")
    assert "\n" not in str(error.value)
