"""The instructor's output: scores by question, grades.csv, a JSON file per student, rows for the terminal."""

import csv
import json

import pytest

from autograder.records import Detail, Finding, Reason, Refusal, RunVerdict, Verdict
from autograder.report import sentence, summarise, write_grade_json, write_grades_csv
from autograder.report.scores import question_scores, raised_flags


def read(path):
    """Read the table as a script would."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_points_by_question_add_up_to_the_grade(make_grade):
    """There are no rounding errors, and the questions' sum is the total."""
    grade = make_grade()
    scores = question_scores(grade)
    assert [(score.question, score.points, score.points_possible) for score in scores] == [
        ("q01", 0.6, 1.0),
        ("q02", 0.0, 1.0),
        ("q07", 0.65, 1.0),
        ("q08", 0.4, 1.0),
    ]
    assert sum(score.points for score in scores) == pytest.approx(grade.points, abs=1e-9)


def test_an_undecided_item_leaves_its_question_without_points(make_grade):
    """One INTERNAL among passes does not lead to a partial sum."""
    findings = (
        Finding("a", "q01", Verdict.PASS, 0.5, 0.5),
        Finding("b", "q01", Verdict.INTERNAL, 0.0, 0.5),
        Finding("a", "q02", Verdict.PASS, 1.0, 1.0),
    )
    assert [score.points for score in question_scores(make_grade(findings=findings))] == [None, 1.0]


def test_flags_are_gathered_with_their_places(make_grade):
    """The run's flags come first, then each item's."""
    flags = [(raised.place, raised.flag.code) for raised in raised_flags(make_grade())]
    assert flags[:2] == [("", "run.incomplete"), ("q07.recipe_b", "numbers.untrained")]


def test_a_line_of_the_table(tmp_path, make_grade):
    """Points, each question, the run and the flags, readable by scripts that only set the encoding."""
    write_grades_csv(tmp_path / "grades.csv", [make_grade()])
    (row,) = read(tmp_path / "grades.csv")
    assert row == {
        "student": "Ana Araújo",
        "points": "1.65",
        "pending": "0",
        "points_possible": "4",
        "q01": "0.6",
        "q02": "0",
        "q07": "0.65",
        "q08": "0.4",
        "run": "TIMEOUT",
        "flags": "run.incomplete; q07.recipe_b: numbers.untrained; q07.errors_b: network.dead; "
        "q08.errors: claimed.review; q08.worst: claimed.used",
    }


def test_no_grade_is_an_empty_cell(tmp_path, make_grade):
    """A fault of the grader never becomes a zero in a spreadsheet."""
    findings = (Finding("answer", "q02", Verdict.INTERNAL, 0.0, 1.0),)
    grades = [make_grade(points=None, findings=findings, run_verdict=RunVerdict.INTERNAL, flags=()), make_grade()]
    write_grades_csv(tmp_path / "grades.csv", grades)
    first, second = read(tmp_path / "grades.csv")
    assert (first["points"], first["q01"], first["q02"], first["run"]) == ("", "", "", "INTERNAL")
    assert second["points"] == "1.65"


@pytest.mark.parametrize(
    "student",
    [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1",  # noqa: RUF001 (the wide form)
    ],
)
def test_a_name_is_never_a_formula(tmp_path, make_grade, student):
    """A spreadsheet shows a name in the form of a formula, and does not evaluate it."""
    write_grades_csv(tmp_path / "grades.csv", [make_grade(student=student)])
    assert read(tmp_path / "grades.csv")[0]["student"] == f"'{student}"


@pytest.mark.parametrize("student", ["Ana, a 1ª", 'Rui "Zé"', "two\nlines", "O'Neil", "a=b"])
def test_an_odd_name_comes_back_as_it_was(tmp_path, make_grade, student):
    """Commas, quotes and line ends are quoted, not lost."""
    write_grades_csv(tmp_path / "grades.csv", [make_grade(student=student)])
    assert read(tmp_path / "grades.csv")[0]["student"] == student


def test_a_refused_student_has_a_line_without_points(tmp_path, make_grade):
    """Sorted by name, with everything that is wrong and the remedy; no points cell has a number."""
    refused = [
        Refusal("Bia", "bia/a.ipynb", Detail("refused.no_notebook")),
        Refusal("Bia", "bia/b.ipynb", Detail("refused.no_notebook")),
    ]
    grades = [make_grade(student="Ana"), make_grade(student="Caio")]
    write_grades_csv(tmp_path / "grades.csv", grades, refused)
    rows = read(tmp_path / "grades.csv")
    assert [row["student"] for row in rows] == ["Ana", "Bia", "Caio"]
    assert rows[1] == dict.fromkeys(rows[0], "") | {
        "student": "Bia",
        "run": "REFUSED",
        "flags": "bia/a.ipynb: holds no notebook (hand in the .ipynb file); "
        "bia/b.ipynb: holds no notebook (hand in the .ipynb file)",
    }


def test_a_grade_beside_a_refusal_is_flagged(tmp_path, make_grade):
    """The grade of an earlier notebook must not be taken for that of the last submission."""
    refused = [Refusal("Ana", "ana.ipynb", Detail("refused.empty"))]
    write_grades_csv(tmp_path / "grades.csv", [make_grade(student="Ana", flags=())], refused)
    [row] = read(tmp_path / "grades.csv")
    assert (row["points"], row["run"]) == ("1.65", "TIMEOUT")
    assert row["flags"].endswith(
        "; a later submission is refused: ana.ipynb: is empty (download or copy the notebook again and hand that in)"
    )


def test_a_refused_files_name_is_never_a_formula(tmp_path):
    """The flags of a refusal begin with a name that a student chose."""
    write_grades_csv(tmp_path / "grades.csv", [], [Refusal("=1", "=HYPERLINK(1).ipynb", Detail("refused.empty"))])
    [row] = read(tmp_path / "grades.csv")
    assert (row["student"], row["flags"]) == (
        "'=1",
        "'=HYPERLINK(1).ipynb: is empty (download or copy the notebook again and hand that in)",
    )


def test_excel_reads_accents(tmp_path, make_grade):
    """The file begins with the byte order mark, without which Excel assumes Latin-1."""
    write_grades_csv(tmp_path / "grades.csv", [make_grade()])
    assert (tmp_path / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,points,")


def test_a_class_without_grades_is_a_table_without_lines(tmp_path):
    """It still has its header."""
    write_grades_csv(tmp_path / "grades.csv", [])
    assert (tmp_path / "grades.csv").read_text(encoding="utf-8-sig").split() == [
        "student,points,pending,points_possible,run,flags"
    ]


def test_the_instructors_file_holds_the_whole_grade_and_its_sentences(tmp_path, make_grade):
    """It has every field of the grade, and expected values in words, for all flags and reasons."""
    grade = make_grade(language="en")
    path = write_grade_json(tmp_path, grade)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["points"] == 1.65
    assert document["questions"]["q07"] == {"points": 0.65, "pending": 0.0, "points_possible": 1.0}
    assert len(document["findings"]) == len(grade.findings)
    (answer,) = (one for one in document["findings"] if one["question"] == "q02")
    assert answer["verdict"] == "FAIL"
    assert answer["reasons"] == [
        {
            "code": "choice.wrong",
            "subject": "q02_answer",
            "found": "b",
            "expected": "c",
            "public": False,
            "sentence": "The option b is not the right one. The right one is c.",
        }
    ]
    flags = [flag["code"] for one in document["findings"] for flag in one["flags"]]
    assert "numbers.untrained" in flags
    assert document["flags"][0]["sentence"] == sentence(Reason("run.incomplete", *grade_flag(grade)), "en", reveal=True)


def grade_flag(grade):
    """Return the blanks of the run's flag."""
    return grade.flags[0].subject, grade.flags[0].found


def test_a_summary_has_a_row_a_student_and_leaves_no_grades_out_of_the_mean(make_grade):
    """The class's mean is that of the existing grades."""
    grades = [
        make_grade(student="a", points=1.0),
        make_grade(student="b", points=4.0),
        make_grade(student="c", points=None),
    ]
    summary = summarise(grades)
    assert [row.student for row in summary.rows] == ["a", "b", "c"]
    assert summary.questions == ("q01", "q02", "q07", "q08")
    assert (summary.mean, summary.median) == (2.5, 2.5)
    assert summarise([]).mean is None


def test_pending_points_stand_beside_the_others(tmp_path, make_grade):
    """Table and file show them apart from earned points, and a flag says where they are."""
    waiting = Finding("answer", "q02", Verdict.REVIEW, 0.0, 0.6, (Reason("training.unseen"), Reason("review.pending")))
    grade = make_grade(findings=(Finding("answer", "q01", Verdict.PASS, 8.4, 8.4), waiting), points=8.4, flags=())
    write_grades_csv(tmp_path / "grades.csv", [grade])
    (row,) = read(tmp_path / "grades.csv")
    assert (row["points"], row["pending"], row["flags"]) == ("8.4", "0.6", "q02.answer: training.unseen")
    document = json.loads(write_grade_json(tmp_path, grade).read_text(encoding="utf-8"))
    assert (document["points"], document["pending"]) == (8.4, 0.6)
    assert document["questions"]["q02"] == {"points": 0.0, "pending": 0.6, "points_possible": 0.6}
    assert [one["pending"] for one in document["findings"]] == [0.0, 0.6]
