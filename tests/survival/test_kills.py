"""Kills during grading: whatever is killed, and whenever, the class ends with the grades of an undisturbed one."""

import collections
import contextlib
import ctypes
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

from autograder.gradebook import Gradebook

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="the processes to kill are bubblewrap's")

KILLS = int(os.environ.get("SURVIVAL_KILLS") or 50)
"""CI keeps a sample; `make bench-kills` asks for three hundred."""
TRAINING_KILLS = max(5, KILLS // 10)
"""Where notebooks train, a command takes half a minute."""

ALIVE_BEFORE: set[int] = set()
"""What other tests of this process keep running, such as the warm trainer of a fixture."""

BELOW_BUBBLEWRAP = 2
_PR_SET_CHILD_SUBREAPER = 36
ENDINGS = {"kill -9": [signal.SIGKILL], "SIGTERM": [signal.SIGTERM], "Ctrl-C twice": [signal.SIGINT, signal.SIGINT]}


@pytest.fixture
def adoption():
    """Become the subreaper of all descendants, so that orphans remain visible."""
    libc = ctypes.CDLL(None)
    ALIVE_BEFORE.update(descendants(os.getpid()))
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    yield
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 0)
    ALIVE_BEFORE.clear()


def processes():
    """Return every process as its number, parent, state and command."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            status = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            found.append((int(folder.name), int(status[1]), status[0], command))
    return found


def descendants(root):
    """Return the living processes below one by pid, each with its depth and command line."""
    everything = processes()
    depths, found = {root: 0}, {}
    while new := [one for one in everything if one[1] in depths and one[0] not in depths]:
        for pid, parent, state, command in new:
            depths[pid] = depths[parent] + 1
            # One without a command has ended too: the kernel is still taking its memory and namespaces down.
            if state != "Z" and command != [""]:
                found[pid] = (depths[pid], command)
    return found


def nothing_left(seconds=10.0):
    """Wait until no descendant of ours is alive except other tests' helpers, and reap the dead ones."""
    deadline = time.monotonic() + seconds
    while alive := {pid: found for pid, found in descendants(os.getpid()).items() if pid not in ALIVE_BEFORE}:
        if time.monotonic() > deadline:
            return alive
        time.sleep(0.02)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return {}


def targets(controller):
    """Return what a sandbox consists of, seen from outside: bubblewrap, what it started, and what runs below that.

    bubblewrap starts a jail's first process, which is its own or Python, and the fork server, whose command line reads
    as a notebook's.
    """
    kinds = {"bubblewrap": [], "jail": [], "fork server": [], "notebook": [], "trainer": []}
    for pid, (depth, command) in descendants(controller).items():
        if command[0].endswith("bwrap"):
            kinds["bubblewrap" if depth == 1 else "jail"].append(pid)
        elif "/payload" in command and depth == BELOW_BUBBLEWRAP:
            kinds["fork server"].append(pid)
        elif "/payload" in command:
            kinds["trainer" if "trainer" in command else "notebook"].append(pid)
        elif "-c" in command and depth == BELOW_BUBBLEWRAP:
            kinds["jail"].append(pid)
    return kinds


def judged(book):
    """Return the number of valid runs per job, read from a copy, so that reading repairs nothing."""
    copy = book.parent.with_name("copy")
    shutil.copytree(book.parent, copy)
    try:
        with contextlib.closing(sqlite3.connect(copy / book.name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").fetchone():
                return {}
            return dict(
                connection.execute("SELECT job_id, count(*) FROM runs WHERE verdict <> 'INTERNAL' GROUP BY job_id")
            )
    finally:
        shutil.rmtree(copy)


@pytest.fixture
def report(capsys):
    """Print a line that is visible whether or not the test fails."""

    def say(line):
        with capsys.disabled():
            sys.stderr.write(f"\n{line}\n")

    return say


class Fire:
    """Kills at random moments, and the count of them.

    `kills` is how many there are in all; `seconds` how long a command may live; `blameless` are the kinds of process
    whose end nobody can take for a notebook's or an order's own doing, however often it comes; of the `others` each
    command loses one, and which kind is drawn before it starts: the first to be there would be hit alone otherwise.
    """

    def __init__(self, seed, kills, seconds, blameless, others):
        self.moments = random.Random(seed)  # noqa: S311 (moments, no secrets)
        self.most = kills
        self.seconds = seconds
        self.blameless = blameless
        self.others = others
        self.kills = collections.Counter()

    def upon(self, process):
        """Kill parts of a grading for a while, and then the command, unless it ends before."""
        end = time.monotonic() + self.moments.uniform(*self.seconds)
        meant = self.moments.choice(self.others)
        while process.poll() is None and time.monotonic() < end and self.kills.total() < self.most:
            time.sleep(self.moments.uniform(0.05, 0.5))
            kinds = targets(process.pid)
            kind = self.moments.choice(list(kinds))
            if not kinds[kind] or kind not in {*self.blameless, meant}:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.moments.choice(kinds[kind]), signal.SIGKILL)
                self.kills[kind] += 1
                # What dies twice is taken at its word, so this one is killed from outside once a command.
                meant = None if kind == meant else meant
        if process.poll() is None and self.kills.total() < self.most:
            ending = self.moments.choices(list(ENDINGS), [6, 2, 2])[0]
            for number in ENDINGS[ending]:
                process.send_signal(number)
                time.sleep(self.moments.uniform(0.0, 0.1))
            self.kills[ending] += 1


@pytest.fixture
def seed(report):
    """Choose the moments, and print them."""
    seed = int(os.environ.get("AUTOGRADER_SEED") or random.SystemRandom().randrange(10**6))
    report(f"AUTOGRADER_SEED={seed}")
    return seed


@pytest.mark.slow
@pytest.mark.usefixtures("adoption")
@pytest.mark.timeout(900 * max(1, KILLS // 50))
def test_a_class_survives_many_kills(course, expected_points, report, seed):
    """No grade is lost or repeated, no process or file is left, and every byte equals an undisturbed grading."""
    assert course.grade("undisturbed")[0] == 0
    assert course.points("undisturbed") == expected_points
    report(survive(course, Fire(seed, KILLS, (0.6, 7.0), {"bubblewrap", "fork server"}, ["jail", "notebook"])))


@pytest.mark.slow
@pytest.mark.usefixtures("adoption")
@pytest.mark.timeout(1800 * max(1, TRAINING_KILLS // 5))
def test_a_class_that_trains_survives_kills(training_course, report, seed):
    """Trainers and commands with pending orders die: the stored orders are bit-identical to an undisturbed grading."""
    assert training_course.grade("undisturbed")[0] == 0
    assert len(training_course.trainings("undisturbed")) == 6
    everything = ["bubblewrap", "jail", "fork server", "notebook", "trainer"]
    report(survive(training_course, Fire(seed, TRAINING_KILLS, (5.0, 40.0), set(), everything)))


def survive(course, fire):
    """Grade a class with kills until all are used up, compare it with `undisturbed`, and summarise."""
    batch = commands = 0
    while fire.kills.total() < fire.most:
        batch += 1
        out = f"grades-{batch}"
        before: dict[str, int] = {}
        finished = False
        while not finished:
            commands += 1
            with course.start(out) as process:
                fire.upon(process)
                said = "".join(process.communicate(timeout=600))
            assert "Traceback" not in said, said
            # Of a jail that bubblewrap was just making, its first process may be left: the next command ends it.
            left = nothing_left()
            assert all(command[0].endswith("bwrap") for _, command in left.values()), left
            ended = {0, 1, 130, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT}
            # The trial jail, with which a command begins, is as mortal: then it says so and ends.
            assert process.returncode in ended or "a jail does not work here: status " in said, said
            after = judged(course.folder / out / "gradebook.sqlite") if (course.folder / out).exists() else {}
            assert before.items() <= after.items()
            before, finished = after, process.returncode == 0
        assert nothing_left() == {}
        assert set(before.values()) == {1}
        assert course.results(out) == course.results("undisturbed")
        kept, due = course.trainings(out), course.trainings("undisturbed")
        assert kept.keys() == due.keys()
        for name, content in due.items():
            assert kept[name] == content
        with (
            Gradebook.in_folder(course.folder / out) as book,
            Gradebook.in_folder(course.folder / "undisturbed") as other,
        ):
            assert list(book.current_grades()) == list(other.current_grades())
        assert names_in(course.folder / out) == names_in(course.folder / "undisturbed")
    assert list(course.temporary.iterdir()) == []
    return f"{dict(fire.kills)} in {commands} commands and {batch} classes"


def names_in(folder):
    """Return the content of a folder."""
    return sorted(path.name for path in folder.iterdir())
