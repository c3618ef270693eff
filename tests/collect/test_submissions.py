"""Finding submissions: real folders, and a line for each file that cannot be accepted."""

from __future__ import annotations

import json
import os
import re
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from refusal_texts import remedy_of, what_of

from autograder.collect import Collection, collect
from autograder.collect.naming import student_name
from autograder.errors import UsageError
from autograder.report import refusal_line

ASSIGNMENT = "cnn-training"
ORDINARY_USER = 65534
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}


def hand_in(path: Path, minor: int = 5) -> Path:
    """Write an empty notebook; another minor version gives other bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(NOTEBOOK | {"nbformat_minor": minor}))
    return path


def students(collection: Collection) -> list[str]:
    """Return the students whose notebooks were collected, in order."""
    return [job.student for job in collection.jobs]


def test_a_folder_of_notebooks_has_a_student_for_each_file(tmp_path):
    """The file's name is the student's, and students are sorted by name."""
    for name in ("zoe", "Ana", "bia.silva", "Émile", "eva", "Ênio"):
        hand_in(tmp_path / f"{name}.ipynb")
    (tmp_path / "notes.txt").write_text("not asked for")
    collection = collect([tmp_path], ASSIGNMENT)
    assert students(collection) == ["Ana", "bia.silva", "Émile", "Ênio", "eva", "zoe"]
    assert collection.refused == ()


def test_a_folder_of_folders_has_a_student_for_each_folder(tmp_path):
    """The folder's name is the student's, whatever the notebook's name and depth."""
    hand_in(tmp_path / "ana" / "cnn-training.en.ipynb")
    hand_in(tmp_path / "bia" / "work" / "final (2).IPYNB")
    assert students(collect([tmp_path], ASSIGNMENT)) == ["ana", "bia"]


@pytest.mark.parametrize(
    ("name", "student"), [("ana", "ana"), ("cnn-training.pt-BR", "class"), ("cnn-training", "class")]
)
def test_an_unrenamed_notebook_is_its_folders(tmp_path, name, student):
    """The assignment's own file name does not identify a student, the folder's does."""
    notebook = hand_in(tmp_path / "class" / f"{name}.ipynb")
    assert students(collect([notebook], ASSIGNMENT)) == [student]


def test_a_notebook_given_twice_is_one(tmp_path):
    """Given by name, in its folder and through a link, a file is still one submission."""
    notebook = hand_in(tmp_path / "ana.ipynb")
    assert students(collect([notebook, tmp_path, notebook], ASSIGNMENT)) == ["ana"]


@pytest.mark.parametrize("name", [".hidden.ipynb", ".ipynb_checkpoints/ana.ipynb", "__MACOSX/ana.ipynb", "._ana.ipynb"])
def test_leftovers_are_ignored(tmp_path, name):
    """Files of editors and archivers are not second submissions."""
    hand_in(tmp_path / "ana" / "ana.ipynb")
    hand_in(tmp_path / "ana" / name)
    hand_in(tmp_path / name)
    collection = collect([tmp_path], ASSIGNMENT)
    assert students(collection) == ["ana"]
    assert collection.refused == ()


def test_two_notebooks_of_one_student_are_both_refused(tmp_path):
    """Neither is graded, because it is unknown which counts; one line names both."""
    first, second = hand_in(tmp_path / "ana" / "a.ipynb"), hand_in(tmp_path / "ana" / "b.ipynb", minor=4)
    hand_in(tmp_path / "bia" / "a.ipynb")
    collection = collect([tmp_path], ASSIGNMENT)
    assert students(collection) == ["bia"]
    [refusal] = collection.refused
    assert (refusal.source, str(second) in what_of(refusal)) == (str(first), True)


def test_the_rest_of_the_batch_goes_on(tmp_path):
    """A broken submission is refused in one clear line with a remedy, and the others are accepted."""
    hand_in(tmp_path / "ana.ipynb")
    (tmp_path / "bia.ipynb").write_text("not JSON")
    collection = collect([tmp_path], ASSIGNMENT)
    assert students(collection) == ["ana"]
    [refusal] = collection.refused
    assert (refusal.student, refusal.source) == ("bia", str(tmp_path / "bia.ipynb"))
    assert (
        refusal_line(refusal, "en")
        == f"{tmp_path / 'bia.ipynb'}: is not a notebook: not JSON (hand in the .ipynb file)"
    )


def test_a_students_folder_without_a_notebook_is_refused(tmp_path):
    """A student with a report only is named, beside folders and notebooks; a folder of data belongs to no student."""
    hand_in(tmp_path / "class" / "ana" / "a.ipynb")
    (tmp_path / "class" / "bia").mkdir()
    (tmp_path / "class" / "bia" / "report.pdf").write_bytes(b"%PDF")
    [refusal] = collect([tmp_path / "class"], ASSIGNMENT).refused
    assert (refusal.student, what_of(refusal)) == ("bia", "holds no notebook")
    hand_in(tmp_path / "class" / "carla.ipynb")
    (tmp_path / "class" / "data").mkdir()
    (tmp_path / "class" / "data" / "boston.csv").write_text("")
    collection = collect([tmp_path / "class"], ASSIGNMENT)
    assert [refusal.student for refusal in collection.refused] == ["bia"]
    assert [line.source for line in collection.not_submissions] == [str(tmp_path / "class" / "data")]


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    """A file given by name is always accounted for."""
    report = tmp_path / "ana.pdf"
    report.write_bytes(b"%PDF")
    [refusal] = collect([report], ASSIGNMENT).refused
    assert "does not end in .ipynb" in what_of(refusal)
    assert remedy_of(refusal)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    """Neither files nor folders elsewhere on the machine are read through a link."""
    secret = hand_in(tmp_path / "reference" / "solution.ipynb")
    hand_in(tmp_path / "class" / "ana.ipynb")
    (tmp_path / "class" / "bia.ipynb").symlink_to(secret)
    (tmp_path / "class" / "carla").symlink_to(secret.parent)
    collection = collect([tmp_path / "class"], ASSIGNMENT)
    assert students(collection) == ["ana"]
    assert [(refusal.student, what_of(refusal)) for refusal in collection.refused] == [
        ("bia", "is a link that leads out of the folder"),
        ("carla", "is a link that leads out of the folder"),
    ]


def test_a_link_to_another_students_notebook_is_refused(tmp_path):
    """Links are followed only within a student's own folder."""
    hand_in(tmp_path / "ana" / "a.ipynb")
    (tmp_path / "bia").mkdir()
    (tmp_path / "bia" / "a.ipynb").symlink_to(tmp_path / "ana" / "a.ipynb")
    collection = collect([tmp_path], ASSIGNMENT)
    assert students(collection) == ["ana"]
    assert [refusal.student for refusal in collection.refused] == ["bia"]


def test_a_link_to_itself_is_refused(tmp_path):
    """A cycle of links leads to a one-line refusal, not to a traceback or a hang."""
    hand_in(tmp_path / "ana.ipynb")
    (tmp_path / "bia.ipynb").symlink_to(tmp_path / "bia.ipynb")
    (tmp_path / "carla").mkdir()
    (tmp_path / "carla" / "again").symlink_to(tmp_path / "carla")
    [refusal] = collect([tmp_path], ASSIGNMENT).refused
    assert (refusal.student, what_of(refusal)) == ("bia", "is not a file")


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path):
    """A mistyped path stops the command before anything is graded."""
    with pytest.raises(UsageError, match="there is no such file or folder"):
        collect([hand_in(tmp_path / "ana.ipynb"), tmp_path / "clas"], ASSIGNMENT)


def test_a_name_too_long_to_exist_is_a_usage_error(tmp_path):
    """A path that the system itself rejects leads to a one-line error."""
    with pytest.raises(UsageError, match="cannot be looked into"):
        collect([tmp_path / ("a" * 300)], ASSIGNMENT)


@pytest.mark.parametrize("beside", ["", "readme.txt", "ana/report.pdf"])
def test_a_folder_without_any_notebook_is_a_usage_error(tmp_path, beside):
    """An empty folder, or one with other files only, is most likely the wrong folder."""
    if beside:
        (tmp_path / beside).parent.mkdir(exist_ok=True)
        (tmp_path / beside).write_text("")
    with pytest.raises(UsageError, match="there is no notebook in this folder"):
        collect([tmp_path], ASSIGNMENT)


@pytest.fixture
def ordinary_class():
    """Create a folder with one notebook, and run as an ordinary user, because root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hand_in(folder / "class" / "ana" / "a.ipynb")
        before = os.geteuid()
        if before == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, ORDINARY_USER, ORDINARY_USER)
            os.seteuid(ORDINARY_USER)
        try:
            yield folder / "class"
        finally:
            os.seteuid(before)


@pytest.mark.parametrize("rights", [0o000, 0o400, 0o100])
def test_a_folder_that_may_not_be_read_is_one_students_refusal(ordinary_class, rights):
    """An unreadable student folder is a refusal, not a student without a notebook; others are accepted."""
    unreadable = hand_in(ordinary_class / "bia" / "a.ipynb").parent
    unreadable.chmod(rights)
    try:
        collection = collect([ordinary_class], ASSIGNMENT)
    finally:
        unreadable.chmod(0o700)
    assert students(collection) == ["ana"]
    [refusal] = collection.refused
    assert (refusal.student, remedy_of(refusal)) == ("bia", "look at its permissions")


def test_a_link_to_where_nobody_may_look_is_one_students_refusal(ordinary_class):
    """A student's link cannot stop the class, and its student does not disappear."""
    (ordinary_class.parent / "private").mkdir()
    (ordinary_class / "bia").symlink_to(ordinary_class.parent / "private" / "work")
    (ordinary_class.parent / "private").chmod(0)
    try:
        collection = collect([ordinary_class], ASSIGNMENT)
    finally:
        (ordinary_class.parent / "private").chmod(0o700)
    assert students(collection) == ["ana"]
    assert [(refusal.student, what_of(refusal)) for refusal in collection.refused] == [
        ("bia", "cannot be read: Permission denied")
    ]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param("Ana  Lívia", "Ana Lívia", id="accents"),
        pytest.param("Li\u0301via", "Lívia", id="decomposed"),
        pytest.param("a\x1b[2Jb\nc\x00", "a�[2Jb�c� #", id="control characters"),
        pytest.param("a\u202egpj", "a�gpj #", id="reversed direction"),
        pytest.param(os.fsdecode(b"a\xff"), "a� #", id="not UTF-8"),
        pytest.param(" ", "(no name)", id="blank"),
        pytest.param("x" * 500, "x" * 112 + " #", id="long"),
    ],
)
def test_a_students_name_is_fit_to_be_shown(given, name):
    """Whatever a file's name, the student's name is one short line; part of a hash marks removed characters."""
    shown = student_name(given)
    assert (re.sub(r"#[0-9a-f]{6}$", "#", shown), len(shown) <= 120) == (name, True)


@given(st.sets(st.text(min_size=1), min_size=2, max_size=4))
@example({"a\x00", "a\x01"})
@example({"x" * 300 + "1", "x" * 300 + "2"})
@example({os.fsdecode(b"jo\xe3o"), os.fsdecode(b"jo\xe9o")})
def test_what_had_to_go_does_not_make_two_students_one(names):
    """Names that differ in more than blanks and the encoding of accents stay distinct."""
    apart = {" ".join(unicodedata.normalize("NFC", name).split()) for name in names}
    assert len({student_name(name) for name in names}) >= len(apart - {""})


def test_a_name_that_is_not_utf8_is_taken(tmp_path):
    """A file whose name is in no known encoding is still graded, and its record can be written."""
    path = os.fsencode(tmp_path) + b"/jo\xe3o.ipynb"
    Path(os.fsdecode(path)).write_text(json.dumps(NOTEBOOK))
    [job] = collect([tmp_path], ASSIGNMENT).jobs
    assert job.student.startswith("jo�o #")
    assert job.source.encode("utf-8")
