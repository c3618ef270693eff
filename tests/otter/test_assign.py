import json
import zipfile

import nbformat
import pytest

from autograder.errors import BuildError
from autograder.otter import assign, write_students_zip


def sources(path):
    """Return the text of a notebook's code cells."""
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_student_gets_scaffolding_and_tests(assigned):
    """The student's notebook keeps the names to fill in, lacks the solutions, and has its public tests beside it."""
    text = "\n".join(sources(assigned.student_notebook))
    assert "q01_losses = ..." in text
    assert "q02_answer = ..." in text
    assert "fsum" not in text
    assert [path.name for path in assigned.public_tests] == ["q01.py", "q02.py"]


def test_the_solution_is_runnable_and_stays_apart(assigned):
    """The solved notebook has the solutions, no directive cells, and is outside the student folder."""
    text = "\n".join(sources(assigned.solution))
    assert "math.fsum" in text
    assert "BEGIN QUESTION" not in assigned.solution.read_text()
    assert assigned.student_folder not in assigned.solution.parents
    assert not list(assigned.autograder_folder.glob("*.zip"))


def test_the_same_master_gives_the_same_bytes(master, assigned, specification, tmp_path):
    """Otter's random cell ids and timestamps are removed: two builds are equal, including the zip."""
    again = assign(master, tmp_path / "en", "en", specification.run_spec.variables)
    assert again.student_notebook.read_bytes() == assigned.student_notebook.read_bytes()
    for name, build in {"a.zip": assigned, "b.zip": again}.items():
        write_students_zip(tmp_path / name, "tiny", {"en": build})
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert names == ["tiny/en/tests/q01.py", "tiny/en/tests/q02.py", "tiny/en/tiny.en.ipynb"]


def test_building_leaves_the_master_alone(make_master, tmp_path):
    """Otter writes beside its master; the master's folder must not change, and no older build may remain."""
    master = make_master(tmp_path / "master")
    before = {path: path.read_bytes() for path in master.parent.iterdir()}
    (tmp_path / "en" / "student").mkdir(parents=True)
    (tmp_path / "en" / "student" / "old.txt").write_text("of an older build")
    built = assign(master, tmp_path / "en")
    assert {path: path.read_bytes() for path in master.parent.iterdir()} == before
    assert not (built.student_folder / "old.txt").exists()


def test_tests_may_be_embedded_in_the_notebook(make_master, tmp_path):
    """With `files: false` the public tests are in the metadata and are examined as well."""
    configuration = "# ASSIGNMENT CONFIG\nname: tiny\ntests: {files: false, ok_format: false}\nexport_cell: false"
    built = assign(make_master(tmp_path / "master", configuration=configuration), tmp_path / "en")
    assert built.public_tests == ()
    metadata = json.loads(built.student_notebook.read_text())["metadata"]
    assert list(metadata["otter"]["tests"]) == ["q01", "q02"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"q01": "# BEGIN QUESTION\nname: q01\npoints: [1, 2, 3]"}, "points", id="list_of_points"),
        pytest.param({"solution": "# BEGIN SOLUTION\nx = 1"}, "END SOLUTION", id="no_end"),
        pytest.param({"q02": "nothing"}, "outside a question", id="no_question"),
    ],
)
def test_what_otter_refuses_is_told_with_its_last_lines(make_master, tmp_path, changes, message):
    """A master that Otter cannot read leads to a BuildError with Otter's own words."""
    with pytest.raises(BuildError, match=message):
        assign(make_master(tmp_path / "master", **changes), tmp_path / "en")
    assert not (tmp_path / "en").exists()


def test_a_quote_in_a_message_is_caught(make_master, tmp_path):
    """Otter writes a test file with a syntax error for it without a warning, and a student's check would break."""
    test = '""" # BEGIN TEST CONFIG\nfailure_message: say "why"\n""" # END TEST CONFIG\ndef test_form(env):\n    pass'
    with pytest.raises(BuildError, match=r"q01 is no Python.*quote"):
        assign(make_master(tmp_path / "master", q01_test=test), tmp_path / "en")


def test_a_hidden_test_in_a_master_is_caught(make_master, tmp_path):
    """A student's copy would differ from ours, with other points: hidden tests belong in the rubric."""
    test = '""" # BEGIN TEST CONFIG\nhidden: true\n""" # END TEST CONFIG\ndef test_key(env):\n    assert False'
    with pytest.raises(BuildError, match="hidden"):
        assign(make_master(tmp_path / "master", q02_test=test), tmp_path / "en")


@pytest.mark.slow
def test_a_folder_named_otter_does_not_take_its_place(make_master, tmp_path):
    """Code beside the master is data for the build, and must not be imported instead of Otter."""
    master = make_master(tmp_path / "master")
    (master.parent / "otter").mkdir()
    (master.parent / "otter" / "__init__.py").write_text("raise SystemExit('shadowed')")
    assert assign(master, tmp_path / "en").student_notebook.is_file()


def test_a_missing_master_is_named(tmp_path):
    """A missing file is reported before Otter starts."""
    with pytest.raises(BuildError, match=r"nowhere\.ipynb: there is no such master"):
        assign(tmp_path / "nowhere.ipynb", tmp_path / "en")
