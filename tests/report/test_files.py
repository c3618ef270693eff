"""File names that are safe and unique, and atomic writes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograder
from autograder.errors import EnvironmentFault
from autograder.report.files import file_stem, write_atomically

PROJECT = Path(autograder.__file__).parents[1]


@given(st.text())
@example("../../etc/passwd")
@example("C:\\Users\\ana")
@example("con")
@example("a\x00b")
@example("jo\udce3o")
@example("")
@example("." * 300)
def test_a_name_is_one_plain_file_name_everywhere(student):
    """Whatever the student's name: no path, no hidden file, no reserved or overlong name."""
    stem = file_stem(student)
    assert stem.isascii()
    assert all(character.isalnum() or character in "-_" for character in stem)
    assert stem[0].isalnum()
    assert len(stem) <= 64
    assert stem == stem.lower()
    assert stem not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


@given(st.sets(st.text(max_size=8), min_size=2, max_size=6))
@example({"Ana", "ana", "ANA", "aná", "a/na"})
@example({"Ana", file_stem("Ana")})
def test_no_two_students_share_a_file(students):
    """Not even names that differ only in case, or one that imitates the name made for another."""
    assert len({file_stem(student) for student in students}) == len(students)


def test_a_plain_name_is_kept():
    """`ana-araujo` finds `ana-araujo.html`."""
    assert file_stem("ana-araujo") == "ana-araujo"
    assert file_stem("../Ana Araújo").startswith("ana-araujo-")


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    """Neither a partial nor a temporary file is left beside the obstacle."""
    path = tmp_path / "grades.csv"
    path.mkdir()
    with pytest.raises(EnvironmentFault, match=r"grades\.csv: this file cannot be written"):
        write_atomically(path, "new")
    assert [file.name for file in tmp_path.iterdir()] == ["grades.csv"]


def test_a_report_is_readable_as_any_new_file_is(tmp_path):
    """Report files have the usual permissions: the umask decides."""
    write_atomically(tmp_path / "page.html", "x")
    (tmp_path / "other").touch()
    assert (tmp_path / "page.html").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap makes the small disk")
def test_a_full_disk_is_one_clear_line_and_keeps_the_old_file(tmp_path):
    """On a real full file system the error names the file, which is unchanged."""
    script = """
import sys
from pathlib import Path
from autograder.errors import EnvironmentFault
from autograder.report.files import write_atomically
path = Path(sys.argv[1]) / "page.html"
write_atomically(path, "old")
try:
    write_atomically(path, "x" * 2_000_000)
except EnvironmentFault as error:
    print(error)
print(path.read_text(), [file.name for file in path.parent.iterdir()])
"""
    disk = ["bwrap", "--dev-bind", "/", "/", "--size", "1048576", "--tmpfs", str(tmp_path)]
    command = [*disk, sys.executable, "-c", script, str(tmp_path)]
    output = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True).stdout
    remedy = "(check the disk's room and who may write there)"
    assert output.splitlines() == [
        f"{tmp_path}/page.html: this file cannot be written: {os.strerror(28)} {remedy}",
        "old ['page.html']",
    ]


def test_a_link_is_never_written_through(tmp_path):
    """For the file's name and its temporary name: the link's target is unchanged, and the result is a regular file."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("stays")
    for name in ("grades.csv", ".unfinished-grades.csv"):
        (tmp_path / name).symlink_to(elsewhere)
    write_atomically(tmp_path / "grades.csv", "new")
    assert elsewhere.read_text() == "stays"
    assert not (tmp_path / "grades.csv").is_symlink()
    assert (tmp_path / "grades.csv").read_text() == "new"
