"""Links that lead out of a folder, swapped during traversal or left behind: their targets stay untouched everywhere."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from autograder.records import RunVerdict
from autograder.sandbox.descriptors import remove_owned
from autograder.sandbox.mounts import HOME
from autograder.sandbox.student_users import SHARED_FOLDERS, STUDENTS

SYSTEM_PYTHON = Path("/usr/bin/python3")
ROOT_ALONE = pytest.mark.skipif(
    os.geteuid() != 0 or not SYSTEM_PYTHON.exists(), reason="another user's rights need root and a Python for everybody"
)

SWAPS = """
home = os.getcwd()
places = [home, "/tmp", "/dev/shm", "/var/tmp"]

def swap(place):
    end = time.monotonic() + 1.5
    number = 0
    while time.monotonic() < end:
        number += 1
        inside, link, folder = f"{place}/{MARK}", f"{place}/{MARK}-link-{number}", f"{place}/{MARK}-folder-{number}"
        try:
            os.mkdir(folder)
            open(folder + "/keep", "w").close()
            os.symlink(BAIT, link)
            if os.path.islink(inside):
                os.unlink(inside)
            elif os.path.isdir(inside):
                os.rename(inside, f"{place}/{MARK}-old-{number}")
            os.rename(link if number % 2 else folder, inside)
        except OSError:
            pass

swaps = [threading.Thread(target=swap, args=(place,)) for place in places]
for one in swaps:
    one.start()
for one in swaps:
    one.join()
for place in places:
    for name, target in (("out", BAIT), ("file", BAIT + "/keep"), ("root", "/"), ("loop", "loop")):
        try:
            os.symlink(target, f"{place}/{MARK}-left-{name}")
        except OSError:
            pass
# Where one can, the home itself leads out when it is removed; a folder that refuses to be removed holds links.
try:
    os.mkdir(home + "/closed")
    os.symlink(BAIT + "/keep", home + "/closed/keep")
    os.chmod(home + "/closed", 0o500)
    if home.startswith(("/dev/shm/", "/tmp/")):
        os.rename(home, home + "-old")
        os.symlink(BAIT, home)
except OSError:
    pass
tell(home)
finish()
"""


@pytest.fixture
def bait():
    """A world-writable folder with files of the student's user, as a hostile neighbour would prepare it."""
    folder = Path(tempfile.mkdtemp(dir="/opt" if os.geteuid() == 0 else None))
    folder.chmod(0o777)
    for name in ("keep", "0", "deep/keep"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("stays")
        path.chmod(0o640)
        if os.geteuid() == 0:
            os.chown(path, STUDENTS[0], STUDENTS[0])
    yield folder
    shutil.rmtree(folder)


def state(folder):
    """Return what must not change: names, contents, owners, modes, times."""
    return {
        str(path): (
            path.stat().st_uid,
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.is_file() and path.read_text(),
        )
        for path in sorted((folder, *folder.rglob("*")))
    }


def left_by(mark):
    """Return the world-accessible paths whose name contains this mark."""
    return [path for folder in {*SHARED_FOLDERS, tempfile.gettempdir()} for path in Path(folder).glob(f"{mark}*")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "sandbox", ["bubblewrap", pytest.param("uid", marks=ROOT_ALONE), "docker", "none"], ids=lambda name: name
)
def test_swapped_links_lead_nobody_astray(run_stand_in, bait, sandbox, monkeypatch, request):
    """The run ends normally, link targets keep content, owner, mode and time, and nothing is left."""
    if sandbox == "uid":
        monkeypatch.setattr(sys, "executable", str(SYSTEM_PYTHON))
    if sandbox == "docker" and not an_engine_answers():
        pytest.skip("no Docker engine with the image answers")
    before, mark = state(bait), f"student-{secrets.token_hex(8)}"
    run = run_stand_in(f"BAIT, MARK = {str(bait)!r}, {mark!r}\n{SWAPS}", sandbox=sandbox)
    assert run.verdict is RunVerdict.COMPLETE, run.detail
    home = run.values["q01_probabilities"]
    if sandbox == "none":  # the student's code has our rights: it is our looking and cleaning that is tried
        for path in (*left_by(mark), Path(f"{home}-old")):
            path.unlink() if path.is_symlink() else shutil.rmtree(path)
    assert run.usage.peak_memory_bytes < 256 * 2**20
    assert state(bait) == before
    assert left_by(mark) == []
    assert [path for path in (home, f"{home}-old") if os.path.lexists(path) and path != HOME] == []


def an_engine_answers():
    """Return whether containers of the image can be started here."""
    from gradescope_places import find_program, image  # noqa: PLC0415

    client = find_program("docker")
    return (
        client is not None
        and not subprocess.run([client, "image", "inspect", image()], capture_output=True, check=False).returncode
    )


@ROOT_ALONE
def test_cleaning_follows_no_link_that_is_swapped_meanwhile(bait):
    """A folder that is repeatedly swapped with a link during cleaning: only real entries are removed."""
    top = Path(tempfile.mkdtemp(dir="/opt"))
    top.chmod(0o777)
    real, link, place = top / "real", top / "link", top / "place"
    stop = threading.Event()
    link.symlink_to(bait)
    real.mkdir(mode=0o777)
    real.chmod(0o777)

    def swap():
        while not stop.is_set():
            with contextlib.suppress(OSError):
                real.rename(place)
                place.rename(real)
                link.rename(place)
                place.rename(link)

    before = state(bait)
    swapping = threading.Thread(target=swap)
    swapping.start()
    removed = 0
    try:
        for _ in range(300):
            for folder in (real, place):
                with contextlib.suppress(OSError):
                    descriptor = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW)
                    file = os.open("keep", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor)
                    os.fchown(file, STUDENTS[0], STUDENTS[0])
                    os.close(file)
                    os.close(descriptor)
            remove_owned(str(top), STUDENTS)
            removed += 1
    finally:
        stop.set()
        swapping.join()
    assert removed == 300
    assert state(bait) == before
    remove_owned(str(top), STUDENTS)
    assert not (real / "keep").exists()
    assert not (place / "keep").exists()
    shutil.rmtree(top)
