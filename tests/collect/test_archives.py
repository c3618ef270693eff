"""Zips made by students, platforms and attackers: a bad one is refused in one line, and the rest is graded."""

import io
import json
import os
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusal_texts import remedy_of, what_of

from autograder.collect import collect
from autograder.collect.archive import MAXIMUM_MEMBERS, Archive
from autograder.errors import UsageError
from autograder.records import SubmissionError

ASSIGNMENT = "cnn-training"
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode()
OTHER = NOTEBOOK.replace(b'"nbformat_minor": 5', b'"nbformat_minor": 4')
MEBIBYTE = 2**20


def packed(*members, compression=zipfile.ZIP_DEFLATED, **named):
    """Return a zip's bytes; a member is a name or an entry, by default with an empty notebook as its content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for member in members:
            entry, content = member if isinstance(member, tuple) else (member, NOTEBOOK)
            archive.writestr(entry, content)
        for name, content in named.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def entry(name, *, mode=0, system=3, flags=0):
    """Return a zip's entry with a file's kind, as Unix writes it."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr, info.flag_bits = system, mode << 16, flags
    return info


def hand_in(folder, name, content):
    """Write one file of a class."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def students(collection):
    """Return the students whose notebooks were collected."""
    return [job.student for job in collection.jobs]


def patched(content, old, new):
    """Change bytes in a zip in a way that no library writes."""
    assert old in content
    return content.replace(old, new)


def test_a_zip_is_its_students_whatever_lies_in_it(tmp_path):
    """The name of the zip or of its folder names the student; data and macOS's leftovers do not matter."""
    hand_in(tmp_path, "ana.zip", packed("work/final.ipynb", ("work/data.csv", b"1,2"), "__MACOSX/._final.ipynb"))
    hand_in(tmp_path, "bia/homework.ZIP", packed("cnn-training.en.ipynb"))
    hand_in(tmp_path, "caio.ipynb", NOTEBOOK)
    collection = collect([tmp_path], ASSIGNMENT)
    assert students(collection) == ["ana", "bia", "caio"]
    assert collection.jobs[0].source == str(tmp_path / "ana.zip" / "work" / "final.ipynb")
    assert collection.refused == ()


def test_nothing_of_a_zip_reaches_the_disk(tmp_path, monkeypatch):
    """Collecting a class writes no file, neither to the working folder nor to the temporary one."""
    hand_in(tmp_path, "class/ana.zip", packed("../../a.ipynb", "b.ipynb", ("/etc/x", b"x"), ("c.py", b"import os")))
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    before = sorted(tmp_path.rglob("*"))
    collect([Path("class")], ASSIGNMENT)
    assert sorted(tmp_path.rglob("*")) == before


BOMB = packed(("a.ipynb", b" " * (60 * MEBIBYTE)))
LARGE = packed(("a.ipynb", os.urandom(MEBIBYTE) * 65))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"", "is not a whole zip", id="empty"),
        pytest.param(b"PK\x03\x04 and no more", "is not a whole zip", id="no zip"),
        pytest.param(packed("a.ipynb")[:-30], "is not a whole zip", id="cut off"),
        pytest.param(packed(("a.pdf", b"%PDF")), "holds no notebook", id="no notebook"),
        pytest.param(packed(("a.zip", packed("a.ipynb"))), "holds an archive in an archive", id="zip in zip"),
        pytest.param(packed("../a.ipynb"), "has a name that leads out of the zip", id="dots"),
        pytest.param(packed("x/../../a.ipynb"), "has a name that leads out of the zip", id="dots within"),
        pytest.param(packed("..\\a.ipynb"), "has a name that leads out of the zip", id="dots of Windows"),
        pytest.param(packed("/etc/a.ipynb"), "has a name that leads out of the zip", id="absolute"),
        pytest.param(packed("C:\\a.ipynb"), "has a name that leads out of the zip", id="a drive"),
        pytest.param(packed((entry("a.ipynb", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")), "is a link", id="link"),
        pytest.param(packed((entry("a.ipynb", mode=stat.S_IFCHR | 0o666), b"")), "is not a file", id="device"),
        pytest.param(packed((entry("a.ipynb", mode=stat.S_IFIFO | 0o666), b"")), "is not a file", id="pipe"),
        pytest.param(
            patched(packed(("a.ipynb", NOTEBOOK)), b"\x14\x00\x00\x00\x08", b"\x14\x00\x01\x00\x08"),
            "is encrypted",
            id="encrypted",
        ),
        pytest.param(packed("a.ipynb", compression=zipfile.ZIP_LZMA), "is compressed in an unusual way", id="lzma"),
        pytest.param(BOMB, "unpacks to more than 250 times its size", id="ratio"),
        pytest.param(LARGE, "is larger than 64 MiB", id="large"),
        pytest.param(
            patched(packed("b.ipynb", ("a.ipynb", b"{}")), b"b.ipynb", b"a.ipynb"),
            "is in the zip 2 times under the same name",
            id="duplicate",
        ),
        pytest.param(
            packed("a.ipynb", ("A.ipynb", OTHER)), "is one of 2 notebooks of the same student", id="names by case"
        ),
        pytest.param(
            packed(("a.ipynb", b"not JSON")), "is not a notebook: not JSON", id="no JSON"
        ),
        pytest.param(
            patched(packed("\xe3.ipynb"), "\xe3".encode(), b"\xc3\xff"), "not UTF-8, as it declares", id="not UTF-8"
        ),
        pytest.param(
            patched(packed("a.ipynb", compression=zipfile.ZIP_STORED), b"nbformat_minor", b"nbformat_mayor"),
            "is broken inside the zip",
            id="another content",
        ),
    ],
)  # fmt: skip
def test_a_bad_zip_gets_a_line_and_the_rest_is_taken(tmp_path, content, what):
    """The refusal names student, place, fault and remedy in one line; others are graded, and memory is bounded."""
    hand_in(tmp_path, "ana.ipynb", NOTEBOOK)
    hand_in(tmp_path, "zoe.zip", content)
    tracemalloc.start()
    collection = collect([tmp_path], ASSIGNMENT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert students(collection) == ["ana"]
    assert {refusal.student for refusal in collection.refused} == {"zoe"}
    for refusal in collection.refused:
        assert what in what_of(refusal)
        assert refusal.source.startswith(str(tmp_path / "zoe.zip"))
        assert remedy_of(refusal)
        assert "\n" not in str(refusal)
    assert peak < 150 * MEBIBYTE


def test_a_zip_of_a_great_many_files_is_refused_before_they_are_listed(tmp_path):
    """Each entry would take more memory than its bytes in the zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(MAXIMUM_MEMBERS + 1):
            archive.writestr(f"{number}", b"")
    hand_in(tmp_path, "ana.ipynb", NOTEBOOK)
    hand_in(tmp_path, "zoe.zip", buffer.getvalue())
    [refusal] = collect([tmp_path], ASSIGNMENT).refused
    assert what_of(refusal) == "holds more than 50,000 files"


def test_a_zip_that_would_unpack_to_terabytes_is_refused(tmp_path):
    """The declared sizes suffice to refuse it."""
    content = bytearray(packed(("data.bin", b"x"), "a.ipynb"))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 2**32 - 2)
    whole = bytes(content)
    for name in ("b", "c"):
        hand_in(tmp_path, f"{name}.zip", whole)
    assert len(collect([tmp_path], ASSIGNMENT).jobs) == 2
    again = packed(*[(f"{number}.bin", b"x") for number in range(3)], "a.ipynb")
    for header in range(3):
        place = -1
        for _ in range(header + 1):
            place = again.index(b"PK\x01\x02", place + 1)
        again = again[: place + 24] + struct.pack("<I", 2**32 - 2) + again[place + 28 :]
    hand_in(tmp_path, "d.zip", again)
    [refusal] = collect([tmp_path], ASSIGNMENT).refused
    assert (refusal.student, what_of(refusal)) == ("d", "would unpack to 12 GiB")


def test_a_rar_is_a_line_and_not_nothing(tmp_path):
    """A student who hands in an archive that we cannot open is refused, not skipped."""
    hand_in(tmp_path, "ana.ipynb", NOTEBOOK)
    hand_in(tmp_path, "bia.rar", b"Rar!")
    hand_in(tmp_path, "caio/work.tar.gz", b"\x1f\x8b")
    collection = collect([tmp_path], ASSIGNMENT)
    assert [(one.student, what_of(one)) for one in collection.refused] == [
        ("bia", "is an archive but not a zip"),
        ("caio", "is an archive but not a zip"),
    ]


def test_a_notebook_beside_a_zip_is_the_submission(tmp_path):
    """The zip is then data, and even a zip bomb in it is not opened."""
    hand_in(tmp_path, "ana/a.ipynb", NOTEBOOK)
    hand_in(tmp_path, "ana/data.zip", packed("old.ipynb"))
    assert collect([tmp_path], ASSIGNMENT).jobs[0].source == str(tmp_path / "ana" / "a.ipynb")


def test_a_link_to_a_zip_elsewhere_is_not_followed(tmp_path):
    """Otherwise the author of the link would choose which of our files we read."""
    hand_in(tmp_path, "class/ana.ipynb", NOTEBOOK)
    secret = hand_in(tmp_path, "elsewhere/secret.zip", packed("a.ipynb"))
    (tmp_path / "class" / "bia.zip").symlink_to(secret)
    [refusal] = collect([tmp_path / "class"], ASSIGNMENT).refused
    assert (refusal.student, what_of(refusal)) == ("bia", "is a link that leads out of the folder")


@pytest.mark.parametrize(
    "members",
    [
        pytest.param(["ana.ipynb", "bia.ipynb"], id="files"),
        pytest.param(["ana/x.ipynb", "bia/y.ipynb"], id="folders"),
        pytest.param(["class/ana.ipynb", "class/bia.ipynb"], id="in a folder"),
        pytest.param([("ana.zip", packed("x.ipynb")), ("bia.zip", packed("y/y.ipynb"))], id="zips"),
    ],
)
def test_a_class_may_be_one_zip(tmp_path, members):
    """A zip given by name is read like a folder."""
    collection = collect([hand_in(tmp_path, "class.zip", packed(*members))], ASSIGNMENT)
    assert (students(collection), collection.refused) == (["ana", "bia"], ())


def test_a_zip_with_one_notebook_is_a_students(tmp_path):
    """`grade *.zip` names students' zips individually."""
    paths = [hand_in(tmp_path, f"{name}.zip", packed("x/final.ipynb")) for name in ("ana", "bia")]
    assert students(collect(paths, ASSIGNMENT)) == ["ana", "bia"]


@pytest.mark.parametrize("whole", [True, False], ids=["zip", "folder"])
class TestExports:
    """The same export as downloaded, and as unpacked by the instructor."""

    @staticmethod
    def export(tmp_path, members, *, whole):
        """Lay out an export."""
        if whole:
            return [hand_in(tmp_path, "export.zip", packed(*members.items()))]
        for name, content in members.items():
            hand_in(tmp_path / "export", name, content)
        return [tmp_path / "export"]

    def test_gradescope(self, tmp_path, whole):
        """Its list names the people, several for a group; the folders' numbers do not."""
        metadata = """
submission_1:
  :submitters:
  - :name: Ana Lima
    :sid: "12"
    :email: ana@example.org
  :created_at: 2026-05-01 12:00:00
submission_2:
  :submitters:
  - :name: Ana Lima
    :sid: ''
    :email: ana2@example.org
submission_3:
  :submitters:
  - :name: Zoe
    :sid: "7"
  - :name: Caio
    :sid: "9"
submission_4:
  :submitters:
  - :name: Davi
    :sid: "10"
"""
        members = {
            "assignment_5_export/submission_metadata.yml": metadata.encode(),
            "assignment_5_export/submission_1/cnn-training.en.ipynb": NOTEBOOK,
            "assignment_5_export/submission_2/x.zip": packed("cnn-training.pt-BR.ipynb"),
            "assignment_5_export/submission_3/module/cnn-training.en.ipynb": NOTEBOOK,
            "assignment_5_export/submission_4/report.pdf": b"%PDF",
        }
        # On disk, only the instructor can say that the single folder is not a student's.
        form = "auto" if whole else "gradescope"
        collection = collect(self.export(tmp_path, members, whole=whole), ASSIGNMENT, export=form)
        assert students(collection) == ["Ana Lima (12)", "Ana Lima (ana2@example.org)", "Caio (9), Zoe (7)"]
        assert [(one.student, what_of(one)) for one in collection.refused] == [("Davi (10)", "holds no notebook")]

    def test_canvas(self, tmp_path, whole):
        """The file's name begins with the student's, and contains the number that the gradebook has."""
        members = {
            "limaana_1001_55501_cnn-training.en.ipynb": NOTEBOOK,
            "limaana_LATE_1002_55502_cnn-training.en-1.ipynb": NOTEBOOK,
            "reisbia_1003_55503_work_final.zip": packed("x/y.ipynb"),
            "souzacaio_1004_55504_report.pdf": b"%PDF",
        }
        collection = collect(self.export(tmp_path, members, whole=whole), ASSIGNMENT)
        assert students(collection) == ["limaana (1001)", "limaana (1002)", "reisbia (1003)"]
        [refusal] = collection.refused
        assert (refusal.student, refusal.account.ids) == ("souzacaio (1004)", ("1004",))
        assert what_of(refusal) == "is not a notebook: its name does not end in .ipynb, but in .pdf"

    def test_moodle(self, tmp_path, whole):
        """The folder's name is the student's full one, with the number of the participant."""
        members = {
            "Ana Araújo_123_assignsubmission_file/cnn-training.pt-BR.ipynb": NOTEBOOK,
            "Ana Araújo_124_assignsubmission_file/cnn-training.pt-BR.ipynb": NOTEBOOK,
            "Ana Araújo_124_assignsubmission_onlinetext/onlinetext.html": b"<p>",
            "Bia_Reis_125_assignsubmission_file/work.zip": packed("x.ipynb"),
            "Caio_126_assignsubmission_onlinetext/onlinetext.html": b"<p>",
        }
        collection = collect(self.export(tmp_path, members, whole=whole), ASSIGNMENT)
        assert students(collection) == ["Ana Araújo (123)", "Ana Araújo (124)", "Bia_Reis (125)"]
        assert [(one.student, what_of(one)) for one in collection.refused] == [
            ("Caio (126)", "is a text typed in on the platform, not a notebook")
        ]

    def test_a_list_that_is_none_is_an_error(self, tmp_path, whole):
        """Without the list the owners are unknown."""
        members = {"submission_metadata.yml": b"\x00: [", "submission_1/a.ipynb": NOTEBOOK, "b.ipynb": NOTEBOOK}
        with pytest.raises(
            UsageError, match=r"not the list that Gradescope writes: is not YAML.* \(download the export"
        ):
            collect(self.export(tmp_path, members, whole=whole), ASSIGNMENT)


def test_names_written_by_macos_are_read_as_they_were_meant(tmp_path):
    """MacOS writes UTF-8 without setting the flag."""
    content = packed("Ana Ara\xfajo/a.ipynb", "b/b.ipynb")
    unmarked = content.replace(struct.pack("<HH", 20, 0x800), struct.pack("<HH", 20, 0))
    assert unmarked != content
    assert students(collect([hand_in(tmp_path, "class.zip", unmarked)], ASSIGNMENT)) == ["Ana Ara\xfajo", "b"]


HOSTILE = packed("a/b.ipynb", "\xe3.ipynb", ("c.zip", packed("d.ipynb")))


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(
            st.lists(st.tuples(st.integers(0, len(HOSTILE) - 1), st.integers(0, 255)), max_size=12),
            st.integers(0, len(HOSTILE)),
        ),
    )
)
def test_no_bytes_break_the_reading_of_a_zip(change):
    """Random bytes, and zips with changed or missing bytes, are either read or refused."""
    if isinstance(change, bytes):
        content = change
    else:
        damaged = bytearray(HOSTILE)
        for place, value in change[0]:
            damaged[place] = value
        content = bytes(damaged[: change[1] or None])
    try:
        archive = Archive(lambda: io.BytesIO(content), "a.zip")
    except SubmissionError:
        return
    for member in archive.members():
        assert ".." not in member.parts
        try:
            assert len(archive.read(member, MEBIBYTE)) <= MEBIBYTE
        except SubmissionError:
            continue
