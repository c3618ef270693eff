"""Full disks, on real small file systems: a one-line error, nothing corrupted, and work resumes once there is room."""

import contextlib
import os
import re
import shutil
import sqlite3

import pytest

pytestmark = pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("unshare") is None, reason="only root may mount a small disk"
)

FULL = re.compile(r"error: grades\S*: .*([Dd]isk|No space left).* \(.*room.*\)")

# A mount in a namespace of its own is gone when the process is.
SCRIPT = """
    mkdir -p grades
    mount -t tmpfs -o size=$SIZE tmpfs grades || exit 77
    "$@" 2>failed.txt >failed.out; echo $? >failed
    mkdir kept && cp -a grades/. kept/
    mount -o remount,size=32m grades || exit 77
    "$@"; code=$?
    mkdir done && cp -a grades/. done/
    exit $code
"""


def integrity(book):
    """Return SQLite's integrity check of a gradebook."""
    with contextlib.closing(sqlite3.connect(book)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


@pytest.mark.slow
@pytest.mark.parametrize("kibibytes", [4, 32, 80, 120, 160, 200])
def test_a_full_disk_is_one_line_and_the_same_command_completes_the_class(course, expected_points, kibibytes):
    """Whichever write fails first (gradebook, its log, a page, the table), saved records are intact and kept."""
    code, said = course.grade(program=["unshare", "--mount", "env", f"SIZE={kibibytes}k", "sh", "-c", SCRIPT, "sh"])
    if code == 77:
        pytest.skip("mounting is not allowed here")
    assert code == 0, said
    assert (course.folder / "failed").read_text() == "2\n", (course.folder / "failed.txt").read_text()
    talk = (course.folder / "failed.txt").read_text()
    [line] = [line for line in talk.splitlines() if line.startswith("error: ")]
    assert FULL.fullmatch(line), line
    assert "Traceback" not in talk
    kept = course.folder / "kept" / "gradebook.sqlite"
    if kept.exists() and kept.stat().st_size:
        assert integrity(kept) == "ok"
    # What the first command said of a student held: the second found the evidence there.
    for student in re.findall(r"^(.+?): \d\.\d\d", talk, re.MULTILINE):
        assert f"{student}: {expected_points[student]:.2f} (evidence was there)" in said
    assert course.points("done") == expected_points
    assert sorted(path.name for path in (course.folder / "done").iterdir()) == [
        "class.html",
        "gradebook.sqlite",
        "grades.csv",
        "json",
        "pages",
    ]
    assert list((course.folder / "done").rglob(".*")) == []


@pytest.mark.slow
def test_no_room_for_passing_files_is_one_line_or_no_matter(course, expected_points):
    """A full TMPDIR does not prevent grading, as no notebook data go there."""
    script = """
        mount -t tmpfs -o size=4k tmpfs tmp || exit 77
        head -c 8192 /dev/zero >tmp/filler 2>/dev/null
        "$@"
    """
    code, said = course.grade(program=["unshare", "--mount", "sh", "-c", script, "sh"])
    if code == 77:
        pytest.skip("mounting is not allowed here")
    assert "Traceback" not in said
    assert code == 0, said
    assert course.points() == expected_points
