"""Every file and folder at the named level, and every student, becomes a job, a refusal or a line."""

import contextlib
import json
import tempfile
import time
from pathlib import Path

import pytest
from collect.hand_ins import ASSIGNMENT, ends, lay_out, notebook, packed
from hypothesis import example, given, settings
from hypothesis import strategies as st
from refusal_texts import remedy_of, what_of

from autograder.collect import collect
from autograder.errors import UsageError


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("bia.pdf", "bia"),
        ("caio.html", "caio"),
        ("davi.py", "davi"),
        ("eva.ipynb.txt", "eva"),
        ("fabio.ipynb.json", "fabio"),
        ("gil.docx", "gil"),
        ("hugo.md", "hugo"),
        ("íris.png", "íris"),
        ("joão", "joão"),
        ("kai.tar.gz", "kai"),
        (".lia.ipynb.icloud", "lia"),
        ("mia-checkpoint.ipynb", "mia"),
        ("nina.json", "nina"),
        ("otto.gdoc", "otto"),
    ],
)
def test_what_could_be_a_hand_in_has_a_row(tmp_path, name, student):
    """Beside notebooks, whatever may be named after a person is a submission, and the line says what to do."""
    folder = lay_out(tmp_path / "class", {"ana.ipynb": notebook(), name: b"x"})
    collection = collect([folder], ASSIGNMENT)
    [refusal] = collection.refused
    assert ([job.student for job in collection.jobs], refusal.student) == (["ana"], student)
    assert what_of(refusal)
    assert remedy_of(refusal)


def test_what_is_nobodys_has_a_line(tmp_path):
    """Tables, settings and texts about a class are mentioned, and are not rows of it."""
    names = ["README.md", "notas.csv", "environment.yml", "turma.xlsx", "instruções.pdf", "train.npz", "data/x.csv"]
    folder = lay_out(tmp_path / "class", {"ana.ipynb": notebook(), **dict.fromkeys(names, b"")})
    graded, refused, nothing = ends(folder)
    assert (graded, refused) == (["ana"], [])
    assert sorted(nothing) == sorted(name.split("/")[0] for name in names)


@pytest.mark.parametrize(
    "name",
    [
        "desktop.ini", "Thumbs.db", ".DS_Store", "._ana.ipynb", "__MACOSX/._ana.ipynb", ".virtual_documents/ana.ipynb",
        ".ipynb_checkpoints/ana-checkpoint.ipynb", "~$report.docx", "ana-checkpoint.ipynb",
    ],
)  # fmt: skip
def test_what_systems_and_editors_leave_needs_no_word(tmp_path, name):
    """In a class, in a student's folder, and in a zip."""
    files = {"ana.ipynb": notebook(), name: notebook("x")}
    assert ends(lay_out(tmp_path / "class", files)) == (["ana"], [], [])
    assert ends(lay_out(tmp_path / "folders" / "ana", files).parent) == (["ana"], [], [])
    (tmp_path / "ana.zip").write_bytes(packed(files))
    assert ends(tmp_path / "ana.zip") == (["ana"], [], [])


def test_a_lone_copy_of_jupyters_is_refused_as_that(tmp_path):
    """It may be older than the notebook, so it is neither graded nor lost."""
    folder = lay_out(tmp_path / "class", ["ana/cnn-training-checkpoint.ipynb", "bia/cnn-training.ipynb"])
    [refusal] = collect([folder], ASSIGNMENT).refused
    assert (refusal.student, "a copy that Jupyter made" in what_of(refusal)) == ("ana", True)


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        pytest.param(["cnn-training.pt-BR.ipynb", "draft.ipynb"], "cnn-training.pt-BR.ipynb", id="own name"),
        pytest.param(["old/draft.ipynb", "CNN-Training.en.ipynb"], "CNN-Training.en.ipynb", id="in any case"),
        pytest.param(["cnn-training (1).ipynb", "cnn-training.ipynb"], "cnn-training.ipynb", id="beside its copy"),
        pytest.param(["cnn-training.en (2).ipynb", "b.ipynb"], "cnn-training.en (2).ipynb", id="a browser's copy"),
        pytest.param(["cnn-training-1.ipynb", "b.ipynb"], "cnn-training-1.ipynb", id="Canvas's copy"),
        pytest.param(["cnn-training-Copy1.ipynb", "b.ipynb"], "cnn-training-Copy1.ipynb", id="Jupyter's copy"),
        pytest.param(["Cópia de cnn-training.ipynb", "b.ipynb"], "Cópia de cnn-training.ipynb", id="Drive's copy"),
        pytest.param(["a/cnn-training.ipynb", "b/cnn-training.ipynb"], None, id="own name twice"),
        pytest.param(["a.ipynb", "b.ipynb"], None, id="neither"),
        pytest.param(["cnn-training.draft-of-mine.ipynb", "b.ipynb"], None, id="another name that begins so"),
    ],
)
@pytest.mark.parametrize("whole", [False, True], ids=["folder", "zip"])
def test_of_several_notebooks_the_one_with_the_assignments_name_is_taken(tmp_path, names, taken, whole):
    """As on Gradescope; the others are named, and if none stands out, we do not guess."""
    if whole:
        lay_out(tmp_path / "class", {"ana.zip": packed(names)})
    else:
        lay_out(tmp_path / "class" / "ana", names)
    collection = collect([tmp_path / "class"], ASSIGNMENT)
    assert [job.source.rpartition("/")[2] for job in collection.jobs] == ([taken] if taken else [])
    assert (len(collection.refused), len(collection.not_submissions)) == ((0, 1) if taken else (1, 0))


def test_notebooks_of_the_same_bytes_count_once(tmp_path):
    """Whatever their names."""
    folder = lay_out(tmp_path / "class" / "ana", {"a.ipynb": notebook(), "old/b.ipynb": notebook()})
    assert ends(folder.parent) == (["ana"], [], [])


@pytest.mark.parametrize(
    ("source", "graded"),
    [
        pytest.param("q02_answer = 'c'", True, id="assigned"),
        pytest.param("q02_answer = None  # fill in", True, id="blank"),
        pytest.param("globals()['q02_answer'] = 1", True, id="as text"),
        pytest.param("\uff510\uff12_answer = 'c'", True, id="letters of another width"),
        pytest.param("print('homework 3')", False, id="another assignment"),
        pytest.param("xq02_answers = 1", False, id="part of a name"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_another_assignments_notebook_is_asked_about(tmp_path, source, graded):
    """It does not become a zero: a student who took the wrong file hands in the right one."""
    cells = [{"cell_type": "code", "source": source}, {"cell_type": "markdown", "source": "q02_answer"}]
    content = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()
    collection = collect([lay_out(tmp_path / "class", {"ana.ipynb": content})], ASSIGNMENT, ["q02_answer", "q03"])
    assert [job.student for job in collection.jobs] == (["ana"] if graded else [])
    if not graded:
        assert "is another notebook" in what_of(collection.refused[0])
        assert f"is it the one of {ASSIGNMENT}?" in remedy_of(collection.refused[0])


@pytest.mark.slow
def test_a_great_many_notebooks_are_one_refusal_for_each_student(tmp_path):
    """In a zip and in a folder, in time proportional to their number."""
    names = [f"{number}.ipynb" for number in range(6_000)]
    folder = lay_out(tmp_path / "class", {"ana.ipynb": notebook(), "eve.zip": packed(names)})
    began = time.process_time()
    collection = collect([folder], ASSIGNMENT)
    assert [refusal.student for refusal in collection.refused] == ["eve"]
    assert "is one of 6,000 notebooks of the same student" in what_of(collection.refused[0])
    assert len(what_of(collection.refused[0])) < 2_000
    (tmp_path / "all.zip").write_bytes(packed(names))
    assert len(collect([tmp_path / "all.zip"], ASSIGNMENT).jobs) == 6_000
    assert time.process_time() - began < 60


def test_a_class_of_everything_is_accounted_for(tmp_path):
    """Of two hundred names each is graded, refused or mentioned, exactly once."""
    kinds = [".ipynb", ".pdf", "/cnn.ipynb", ".zip", ".ipynb.txt", "/report.docx", ".csv", "/"]
    contents = {".ipynb": notebook(), "/cnn.ipynb": notebook(), ".zip": packed(["x.ipynb"])}
    names = {f"s{number:03}{kinds[number % len(kinds)]}": kinds[number % len(kinds)] for number in range(200)}
    folder = lay_out(tmp_path / "class", {name: contents.get(kind, b"x") for name, kind in names.items()})
    graded, refused, nothing = ends(folder)
    accounted = [*graded, *refused, *(name.removesuffix(".csv") for name in nothing)]
    assert sorted(accounted) == [f"s{number:03}" for number in range(200)]
    assert (len(graded), len(refused), len(nothing)) == (75, 75, 50)


PARTS = st.one_of(
    st.sampled_from([
        "ana", "bia.ipynb", "eve.zip", "cnn-training.ipynb", "submission_metadata.yml", "submission_1", "x.pdf",
        "lima_1_2_cnn.ipynb", "reis_LATE_2_text.html", "anon_a1_3_x.ipynb", "Ana_1_assignsubmission_file", "a.csv",
        "Bia_2_assignsubmission_file_x.ipynb", "cnn-training-checkpoint.ipynb", ".ana.ipynb.icloud", "tests",
    ]),
    st.text(min_size=1, max_size=12).filter(lambda text: not {"/", "\\", "\0"} & {*text}),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@example(["ana", "ana/ana"], "canvas")
@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=3).map("/".join), max_size=8, unique=True),
    st.sampled_from(["auto", "canvas", "moodle", "gradescope", "folder"]),
)
def test_no_names_break_the_collecting(names, export):
    """Whatever the names of a zip's members, no student is both graded and refused, and nothing else is raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "class.zip")
        path.write_bytes(packed({name.encode("utf-8", "replace").decode(): notebook() for name in names}))
        graded, refused = [], []
        # It is not the kind of export that it was given as, or Gradescope's list is invalid.
        with contextlib.suppress(UsageError):
            graded, refused, _ = ends(path, export=export)
    assert len({*graded, *refused}) == len(graded) + len(refused)
