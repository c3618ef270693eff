"""No submission affects another: only the level that the instructor named determines the owners."""

import pytest
from collect.hand_ins import ASSIGNMENT, ends, lay_out, notebook, packed
from refusal_texts import remedy_of, what_of

from autograder.collect import collect
from autograder.errors import UsageError

LIST = b"cnn.ipynb: {':submitters': [{':name': Eve, ':sid': 6}]}\nx: {':submitters': [{':name': Ana, ':sid': 1}]}\n"
MOODLE = ["Ana_1_assignsubmission_file/cnn.ipynb", "Bia_2_assignsubmission_file/cnn.ipynb"]


@pytest.mark.parametrize("whole", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize(
    "evil",
    [
        pytest.param({"submission_metadata.yml": LIST, "x/a.ipynb": notebook("e")}, id="a list"),
        pytest.param({"Ana_1_assignsubmission_file/cnn.ipynb": notebook("e")}, id="Moodle's form"),
        pytest.param({"ana_1_5_cnn.ipynb": notebook("e"), "Ana (1).ipynb": notebook("f")}, id="Canvas's form"),
    ],
)
def test_what_lies_in_a_students_folder_takes_nobodys_place(tmp_path, evil, whole):
    """Ana and Bia are graded as they are without Eve, and Eve is graded or refused as Eve."""
    files = {name: notebook(name) for name in MOODLE}
    files |= {f"Eve_6_assignsubmission_file/{name}": content for name, content in evil.items()}
    files["Eve_6_assignsubmission_file/cnn.ipynb"] = notebook("c")
    if whole:
        (tmp_path / "export.zip").write_bytes(packed(files))
    else:
        lay_out(tmp_path / "export", files)
    collection = collect([tmp_path / ("export.zip" if whole else "export")], ASSIGNMENT)
    jobs = {job.student: job.cells[0].source for job in collection.jobs}
    assert {name: jobs[name] for name in ("Ana (1)", "Bia (2)")} == {
        "Ana (1)": f"q02_answer = {MOODLE[0]!r}",
        "Bia (2)": f"q02_answer = {MOODLE[1]!r}",
    }
    assert [*jobs, *(refusal.student for refusal in collection.refused)] == ["Ana (1)", "Bia (2)", "Eve (6)"]


@pytest.mark.parametrize("how", ["folder", "zip"])
def test_a_class_of_one_is_not_looked_into_further(tmp_path, how):
    """If only Eve handed in, her folder is still not the named level."""
    files = {f"Eve_6_assignsubmission_file/{name}.ipynb": notebook(name) for name in ("Ana", "Bia")}
    if how == "zip":
        (tmp_path / "Eve_6_assignsubmission_file.zip").write_bytes(packed(files))
        (tmp_path / "export.zip").write_bytes(packed(files))
        assert ends(tmp_path / "Eve_6_assignsubmission_file.zip") == ([], ["Eve (6)"], [])
        assert ends(tmp_path / "export.zip", export="moodle") == ([], ["Eve (6)"], [])
    path = tmp_path / ("export.zip" if how == "zip" else "export")
    if how == "folder":
        lay_out(path, files)
    assert ends(path) == ([], ["Eve (6)"], [])


def zips(folder):
    """Write per-student zips, two of them Eve's, with contents named after others."""
    files = {
        "ana.zip": packed(["cnn.ipynb"]),
        "bia.zip": packed(["cnn.ipynb"]),
        "eve.zip": packed(["eve.ipynb", "ana.ipynb"]),
        "eve2.zip": packed(["eve2/cnn.ipynb", "bia/cnn.ipynb"]),
    }
    return lay_out(folder, files)


def test_a_zip_owns_what_is_its_students_alone(tmp_path):
    """This holds in a folder, for zips named individually, and for a zip by itself."""
    folder = zips(tmp_path / "class")
    expected = (["ana", "bia"], ["eve", "eve2"], [])
    assert ends(folder) == expected
    assert ends(*sorted(folder.iterdir())) == expected
    assert ends(folder / "eve.zip") == ([], ["eve"], [])
    assert ends(folder / "eve2.zip", folder / "ana.zip") == (["ana"], ["eve2"], [])


def test_folders_named_one_by_one_are_students(tmp_path):
    """`class/*` names what is in `class`: Eve's folder gives no other student a notebook."""
    folder = lay_out(tmp_path / "class", ["ana/cnn.ipynb", "bia/cnn.ipynb", "eve/ana.ipynb"])
    collection = collect(sorted(folder.iterdir()), ASSIGNMENT)
    assert {job.student: job.source.rpartition("/")[2] for job in collection.jobs} == {
        "ana": "cnn.ipynb",
        "bia": "cnn.ipynb",
        "eve": "ana.ipynb",
    }


def test_a_forced_export_of_one_student_is_not_entered_further(tmp_path):
    """Beside Gradescope's list, or under a Moodle name, the single folder is the student's."""
    metadata = b"submission_6: {':submitters': [{':name': Eve, ':sid': 6}]}"
    evil = b"x: {':submitters': [{':name': Ana, ':sid': 1}]}"
    of_gradescope = {"submission_metadata.yml": metadata, "submission_6/submission_metadata.yml": evil}
    lay_out(tmp_path / "gs" / "export", {**of_gradescope, "submission_6/x/a.ipynb": notebook()})
    assert ends(tmp_path / "gs", export="gradescope") == (["Eve (6)"], [], [])
    name = "Eve_6_assignsubmission_file"
    lay_out(tmp_path / "m" / "export", [f"{name}/Ana_1_assignsubmission_file/a.ipynb"])
    lay_out(tmp_path / "m" / "export", {"notas.csv": b""})
    assert ends(tmp_path / "m", export="moodle") == (["Eve (6)"], [], ["notas.csv"])


def test_a_zip_named_alone_says_what_it_was_taken_for(tmp_path):
    """With one notebook it is a student's, and beside reports a line says so; with renamed notebooks it is a class."""
    (tmp_path / "x.zip").write_bytes(packed({"ana.ipynb": notebook(), "bia.pdf": b"%PDF"}))
    assert ends(tmp_path / "x.zip") == (["x"], [], ["x.zip"])
    assert ends(tmp_path / "x.zip", export="folder") == (["ana"], ["bia"], [])
    (tmp_path / "y.zip").write_bytes(packed({"ana.ipynb": notebook(), "bia.pdf": b"", "eva.ipynb.txt": notebook()}))
    assert ends(tmp_path / "y.zip") == (["ana"], ["bia", "eva"], [])


def test_what_a_pattern_names_beside_submissions_is_none(tmp_path):
    """`class/*` is read like `class`: leftovers, tables, links that lead out."""
    files = {"ana.ipynb": notebook(), "bia.pdf": b"", "notas.csv": b"", "desktop.ini": b"", "data/x.npz": b""}
    folder = lay_out(tmp_path / "class", files)
    (folder / "eve.ipynb").symlink_to(lay_out(tmp_path, ["secret.ipynb"]) / "secret.ipynb")
    (folder / "mal").symlink_to(lay_out(tmp_path / "secrets", ["solution.ipynb"]))
    assert ends(*sorted(folder.iterdir())) == (["ana"], ["bia", "eve", "mal"], ["data", "notas.csv"])


def test_an_exports_files_named_one_by_one_are_the_exports(tmp_path):
    """`export/*` is read like `export`."""
    names = ["limaana_1_51_cnn.ipynb", "reisbia_LATE_2_52_cnn.ipynb", "souzacaio_3_text.html"]
    export = lay_out(tmp_path / "canvas", names)
    assert ends(*export.iterdir()) == ends(export) == (["limaana (1)", "reisbia (2)"], ["souzacaio (3)"], [])
    export = lay_out(tmp_path / "moodle", MOODLE)
    assert ends(*export.iterdir()) == ends(export)
    metadata = b"submission_1: {':submitters': [{':name': Ana, ':sid': 1}]}"
    lay_out(tmp_path / "gs", {"submission_metadata.yml": metadata, "submission_1/x.ipynb": notebook()})
    assert ends(*(tmp_path / "gs").iterdir()) == (["Ana (1)"], [], [])


def test_classes_can_be_given_together(tmp_path):
    """Two sections, as folders or zips, with several students each."""
    for name, students in (("one", "ab"), ("two", "cd")):
        lay_out(tmp_path / name, [f"{student}.ipynb" for student in students])
        (tmp_path / f"{name}.zip").write_bytes(packed([f"{student}/x.ipynb" for student in students]))
    expected = (["a", "b", "c", "d"], [], [])
    assert ends(tmp_path / "one", tmp_path / "two") == expected
    assert ends(tmp_path / "one.zip", tmp_path / "two.zip") == expected


def test_a_lone_folder_is_entered_only_where_it_is_asked_for(tmp_path):
    """On disk only with --export; otherwise it is one student with a whole class, refused with that remedy."""
    lay_out(tmp_path / "downloads" / "export", ["limaana_1_51_cnn.ipynb", "reisbia_2_52_cnn.ipynb"])
    [refusal] = collect([tmp_path / "downloads"], ASSIGNMENT).refused
    assert "looks like the export of a class" in what_of(refusal)
    assert ends(tmp_path / "downloads", export="canvas")[0] == ["limaana (1)", "reisbia (2)"]
    lay_out(tmp_path / "more" / "class", ["ana.ipynb", "bia.ipynb"])
    [refusal] = collect([tmp_path / "more"], ASSIGNMENT).refused
    assert "--export folder" in remedy_of(refusal)
    assert ends(tmp_path / "more", export="folder")[0] == ["ana", "bia"]


@pytest.mark.parametrize(
    ("zip_name", "folder", "graded"),
    [
        pytest.param("class.zip", "class", ["ana", "bia"], id="as the zip"),
        pytest.param("class (1).zip", "class", ["ana", "bia"], id="downloaded twice"),
        pytest.param("renamed.zip", "class", [], id="another"),
    ],
)
def test_what_wraps_a_zips_content_is_passed_over_if_it_is_called_so(tmp_path, zip_name, folder, graded):
    """Systems wrap a zip's content in a folder of its name; any other folder may be a student's."""
    (tmp_path / zip_name).write_bytes(packed([f"{folder}/ana.ipynb", f"{folder}/bia.ipynb"]))
    assert ends(tmp_path / zip_name)[0] == graded
    assert ends(tmp_path / zip_name, export="folder")[0] == ["ana", "bia"]


def test_two_sources_of_one_student_are_one_refusal_that_names_both(tmp_path):
    """A notebook and a zip, or a folder and a notebook; equal copies count once."""
    folder = lay_out(tmp_path / "class", {"ana.ipynb": notebook("a"), "ana.zip": packed({"x.ipynb": notebook("b")})})
    lay_out(folder, {"bia.ipynb": notebook("b"), "bia/x.ipynb": notebook("b"), "caio.ipynb": notebook("c")})
    graded, refused, _ = ends(folder)
    assert (graded, refused) == (["bia", "caio"], ["ana"])
    [refusal] = collect([folder], ASSIGNMENT).refused
    assert ("ana.ipynb" in str(refusal), "ana.zip" in str(refusal)) == (True, True)


def test_names_that_differ_in_unicodes_form_alone_are_one_student(tmp_path):
    """MacOS decomposes letters that other systems write as one character."""
    lay_out(tmp_path / "class", {"L\u00edvia.ipynb": notebook("a"), "Li\u0301via.ipynb": notebook("b")})
    assert ends(tmp_path / "class") == ([], ["L\u00edvia"], [])


def test_a_folder_without_the_form_that_was_asked_for_is_an_error(tmp_path):
    """No student is graded under a name that resulted from a mistake."""
    with pytest.raises(UsageError, match="no name in it has the form"):
        ends(lay_out(tmp_path / "class", ["ana.ipynb", "bia.ipynb"]), export="canvas")
