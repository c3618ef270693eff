"""Exports as platforms write them: names at the top level identify the owners, and every file is accounted for."""

import pytest
from collect.hand_ins import ASSIGNMENT, ends, lay_out, notebook, packed
from refusal_texts import what_of

from autograder.collect import collect
from autograder.collect.exports import canvas, moodle
from autograder.errors import UsageError
from autograder.records import Account

PAGE = b"<p>text</p>"


@pytest.mark.parametrize(
    ("name", "student", "number", "late"),
    [
        pytest.param("limaana_10001_555_cnn.ipynb", "limaana (10001)", "10001", False, id="file"),
        pytest.param("limaana_LATE_10001_555_cnn-2.ipynb", "limaana (10001)", "10001", True, id="late, a second try"),
        pytest.param("limaana_10001_text.html", "limaana (10001)", "10001", False, id="text"),
        pytest.param("limaana_LATE_10001_link.html", "limaana (10001)", "10001", True, id="address"),
        pytest.param("anon_1aB2c_555_cnn.ipynb", "anon_1aB2c", "anon_1aB2c", False, id="anonymous"),
        pytest.param("LATE_anon_1aB2c_5_6_cnn.ipynb", "anon_1aB2c", "anon_1aB2c", True, id="anonymous and late"),
        pytest.param("grupo3_9_555_cnn.ipynb", "grupo3 (9)", "9", False, id="group"),
        pytest.param("2lima_ana_10001_555_a_1_2_b.ipynb", "2lima_ana (10001)", "10001", False, id="numbers behind"),
        pytest.param("souzaconceição_7_5_x.ipynb", "souzaconceição (7)", "7", False, id="accents"),
    ],
)
def test_a_name_of_canvas_is_read(name, student, number, late):
    """The platform writes the beginning; the student chooses the rest, which has no effect."""
    owner = canvas.stated_owner(name).owner
    assert (owner.student, owner.account, owner.days_late) == (student, Account("canvas", (number,)), int(late))


@pytest.mark.parametrize("name", ["ana.ipynb", "ana_1.ipynb", "ana_1_notes.html", "ana_1_2_", "_1_2_x.ipynb"])
def test_what_canvas_would_not_write_is_not_read(name):
    """Numbers in a name do not make it an export's."""
    assert canvas.stated_owner(name) is None


@pytest.mark.parametrize(
    ("name", "student", "number"),
    [
        pytest.param("Ana Lima_70001_assignsubmission_file", "Ana Lima (70001)", "70001", id="folder"),
        pytest.param("Ana Lima_70001_assignsubmission_file_", "Ana Lima (70001)", "70001", id="older folder"),
        pytest.param("Ana Lima_70001_assignsubmission_file_a_b.ipynb", "Ana Lima (70001)", "70001", id="file"),
        pytest.param("Zé-d'Água Sá_7_assignsubmission_onlinetext", "Zé-d'Água Sá (7)", "7", id="hyphen, accents"),
        pytest.param("Ana_Lima_7_assignsubmission_file", "Ana_Lima (7)", "7", id="underscore"),
        pytest.param("Participante_7_assignsubmission_file", "Participante (7)", "7", id="blind marking"),
        pytest.param("Participant 123_assignsubmission_file", "Participant 123", "123", id="blind, with a space"),
        pytest.param("Grupo padrão_assignsubmission_file", "Grupo padrão", "", id="in no team"),
        pytest.param("Ana_1_assignsubmission_file_Bia_2_assignsubmission_file_x", "Ana (1)", "1", id="two in one"),
    ],
)
def test_a_name_of_moodle_is_read(name, student, number):
    """Names of folders and files, under blind marking and with teams."""
    owner = moodle.stated_owner(name).owner
    assert (owner.student, owner.account) == (student, Account("moodle", (number,) if number else ()))


def test_every_kind_of_hand_in_of_canvas_ends_in_a_row(tmp_path):
    """Files, texts, addresses, zips and reports; several files of one student are one submission."""
    files = {
        "limaana_1_51_cnn-training.pt-BR.ipynb": notebook("a"),
        "limaana_1_52_dados.csv": b"1,2",
        "reisbia_LATE_2_53_cnn-training.pt-BR-1.ipynb": notebook("b"),
        "souzacaio_3_text.html": PAGE,
        "costadavi_LATE_4_link.html": PAGE,
        "diaseva_5_54_trabalho.zip": packed(["x/final.ipynb"]),
        "matosgil_6_55_relatorio.pdf": b"%PDF",
        "anon_Zz9xy_56_cnn.ipynb": notebook("c"),
        "desktop.ini": b"[.ShellClassInfo]",
        "Thumbs.db": b"\xd0\xcf",
        "__MACOSX/._limaana_1_51_cnn-training.pt-BR.ipynb": b"\0",
        "gradebook.csv": b"",
        "solution.ipynb": notebook("d"),
    }
    collection = collect([lay_out(tmp_path / "export", files)], ASSIGNMENT)
    assert {job.student: ("".join(job.account.ids), bool(job.days_late)) for job in collection.jobs} == {
        "anon_Zz9xy": ("anon_Zz9xy", False),
        "diaseva (5)": ("5", False),
        "limaana (1)": ("1", False),
        "reisbia (2)": ("2", True),
    }
    assert {refusal.student: "".join(refusal.account.ids) for refusal in collection.refused} == {
        "costadavi (4)": "4",
        "matosgil (6)": "6",
        "solution": "",
        "souzacaio (3)": "3",
    }
    assert [line.source.rpartition("/")[2] for line in collection.not_submissions] == ["gradebook.csv"]


def test_every_kind_of_hand_in_of_moodle_ends_in_a_row(tmp_path):
    """Folders with files, with text and with both, beside the grading sheet and a notebook sent by mail."""
    files = {
        "Ana Lima_1_assignsubmission_file/cnn.ipynb": notebook("a"),
        "Ana Lima_1_assignsubmission_onlinetext/onlinetext.html": PAGE,
        "Bia Reis_2_assignsubmission_file/relatorio.pdf": b"%PDF",
        "Caio Sá_3_assignsubmission_onlinetext/onlinetext.html": PAGE,
        "Participante_4_assignsubmission_file_/trabalho/a.ipynb": notebook("b"),
        "notas.csv": b"",
        "Lista de presença.xlsx": b"PK",
        "por-email.ipynb": notebook("c"),
        "Anotações/aula.txt": b"",
    }
    graded, refused, nothing = ends(lay_out(tmp_path / "export", files))
    assert graded == ["Ana Lima (1)", "Participante (4)"]
    assert refused == ["Anotações", "Bia Reis (2)", "Caio Sá (3)", "por-email"]
    assert nothing == ["Lista de presença.xlsx", "notas.csv"]


def test_moodles_flat_files_are_one_hand_in_for_each_student(tmp_path):
    """The assignment's own name is recognised after the platform's part of the name."""
    names = [
        "Ana Lima_1_assignsubmission_file_cnn-training.en.ipynb",
        "Ana Lima_1_assignsubmission_file_draft.ipynb",
        "Bia Reis_2_assignsubmission_file_cnn-training.en.ipynb",
    ]
    collection = collect([lay_out(tmp_path / "export", names)], ASSIGNMENT)
    assert [job.source.rpartition("_")[2] for job in collection.jobs] == ["cnn-training.en.ipynb"] * 2
    assert "draft.ipynb: another notebook; Ana Lima (1)'s" in str(collection.not_submissions[0])


def test_gradescopes_list_is_held_against_the_folders(tmp_path):
    """A folder missing in the list, and a missing folder, get a row each; lateness is known."""
    metadata = b"""
submission_1:
  :submitters:
  - :name: Ana
    :sid: '007'
    :email: ana@example.org
  :created_at: 2026-05-02 12:00:00.123456789 Z
  :due_date: 2026-05-01 23:59:00 Z
submission_2:
  :submitters:
  - :name: Bia
    :sid:
    :email: bia@example.org
"""
    files = {
        "submission_metadata.yml": metadata,
        "submission_1/cnn.ipynb": notebook("a"),
        "submission_3/cnn.ipynb": notebook("b"),
        "notes.txt": b"",
    }
    collection = collect([lay_out(tmp_path / "export", files)], ASSIGNMENT)
    assert [(job.student, job.account, job.days_late) for job in collection.jobs] == [
        ("Ana (007)", Account("gradescope", ("007",), ("ana@example.org",), "1"), 1)
    ]
    assert [(one.student, what_of(one)) for one in collection.refused] == [
        ("Bia (bia@example.org)", "is in Gradescope's list, but not in the export"),
        ("submission_3", "is not in Gradescope's list"),
    ]


def test_two_hand_ins_of_one_student_are_one_refusal_unless_they_are_the_same(tmp_path):
    """Gradescope lists both, and we do not guess which counts."""
    metadata = b"submission_1: {':submitters': [{':name': Ana, ':sid': 1}]}\n" * 2
    metadata = metadata.replace(b"submission_1", b"submission_2", 1)
    files = {"submission_metadata.yml": metadata, "submission_1/a.ipynb": notebook("a")}
    same = lay_out(tmp_path / "same", files | {"submission_2/b.ipynb": notebook("a")})
    other = lay_out(tmp_path / "other", files | {"submission_2/b.ipynb": notebook("b")})
    assert ends(same) == (["Ana (1)"], [], [])
    [refusal] = collect([other], ASSIGNMENT).refused
    assert all(f"submission_{number}" in str(refusal) for number in (1, 2))


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["ana_2026_1_cnn.ipynb", "bia_2026_1_cnn.ipynb", "caio_2026_1_cnn.ipynb"], id="a term"),
        pytest.param(["ana.ipynb", "bia.ipynb", "caio.ipynb", "davi_10_2_final.ipynb"], id="one by chance"),
    ],
)
def test_a_folder_is_no_export_by_chance(tmp_path, names):
    """Students are then named by their files."""
    assert ends(lay_out(tmp_path / "class", names)) == ([name.removesuffix(".ipynb") for name in names], [], [])


def test_a_students_file_does_not_turn_one_export_into_another(tmp_path):
    """The platform's part of a name ends before the student's part begins."""
    of_canvas = ["limaana_1_51_x_9_assignsubmission_file_y.ipynb", "reisbia_2_52_cnn.ipynb"]
    of_moodle = ["Ana_1_assignsubmission_file_2_3_x.ipynb", "Bia_2_assignsubmission_file_cnn.ipynb"]
    assert ends(lay_out(tmp_path / "canvas", of_canvas))[0] == ["limaana (1)", "reisbia (2)"]
    assert ends(lay_out(tmp_path / "moodle", of_moodle))[0] == ["Ana (1)", "Bia (2)"]


def test_an_export_can_be_forced_and_must_be_one(tmp_path):
    """`folder` names students by whole names; a platform that no name fits is an error with a remedy."""
    names = ["limaana_1_51_cnn.ipynb", "reisbia_2_52_cnn.ipynb"]
    export = lay_out(tmp_path / "export", names)
    assert ends(export, export="folder")[0] == ["limaana_1_51_cnn", "reisbia_2_52_cnn"]
    with pytest.raises(UsageError, match="no name in it has the form of an export of Moodle"):
        ends(export, export="moodle")
    with pytest.raises(UsageError, match=r"there is no submission_metadata.yml"):
        ends(export, export="gradescope")


def test_the_zip_of_an_export_left_beside_its_content_is_no_hand_in(tmp_path):
    """Only if its content is the same; any other zip is a submission."""
    names = ["limaana_1_51_cnn.ipynb", "reisbia_2_52_cnn.ipynb"]
    export = lay_out(tmp_path / "export", names)
    (export / "submissions.zip").write_bytes(packed(names))
    assert ends(export) == (["limaana (1)", "reisbia (2)"], [], ["submissions.zip"])
    (export / "submissions.zip").write_bytes(packed({names[0]: notebook("x"), names[1]: notebook(names[1])}))
    assert ends(export) == (["limaana (1)", "reisbia (2)"], ["submissions"], [])
