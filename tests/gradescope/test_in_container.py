"""The real image in a real engine: however grading ends, the results are ours; the corpus gets its points."""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from gradescope_places import image, image_is_lacking

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

RIGHT = ('q01_answer = "b"', "q01_loss = 0.7315")
HOARD = "hoard = [bytearray(2**23) for _ in range(200)]"
HOARD_FILES = """
import os
held = []
while True:
    held.append(os.memfd_create("held"))
    os.posix_fallocate(held[-1], 0, 2**24)
"""
RUNS = "open('runs', 'w').close()\nimport time\ntime.sleep(600)"
KILL_THE_GRADER = """
import os, pathlib
for folder in pathlib.Path("/proc").glob("[0-9]*"):
    if b"autograder.gradescope" in (folder / "cmdline").read_bytes().split(b"\\0"):
        os.kill(int(folder.name), 9)
"""
PACKAGES = "/opt/autograder/lib/python3.11/site-packages"

NOWHERE = 3

# An honest case, and the attacks that get furthest where students' code and grader share a process.
MOST_TELLING = (
    "trains_as_asked",
    "kills_everything",
    "leaves_a_daemon",
    "reads_the_rubric_and_the_reference",
    "otter_01_reads_the_tests",
    "otter_05_awards_itself_999_points",
    "otter_08_overwrites_the_results",
    "otter_09_runs_code_when_unpickled",
    "otter_12_a_log_that_runs_code",
    "otter_14_a_folder_named_otter",
)


@pytest.fixture(scope="session")
def lacking():
    """Return why containers cannot be started here; empty if they can."""
    return image_is_lacking()


class Real:
    """A container of the image with an assignment of two items."""

    def __init__(self, container):
        self.container = container
        self.layout = container.layout
        self.name = f"autograder-test-{os.getpid()}"

    def hand_in(self, *cells, **options):
        """Add a notebook to the submission."""
        self.container.hand_in(*cells, **options)
        return self

    def settle(self, **settings):
        """Change the zip's settings."""
        path = self.layout.source / "settings.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | settings), encoding="utf-8")
        return self

    def start(self, *options, memory="2g"):
        """Start grading, as Gradescope does."""
        mounts = [f"--volume={self.layout.root / name}:/autograder/{name}" for name in ("submission", "results")]
        mounts += [f"--volume={self.layout.root / name}:/autograder/{name}:ro" for name in ("source", "keras")]
        if self.layout.metadata.exists():
            mounts.append(f"--volume={self.layout.metadata}:/autograder/submission_metadata.json")
        command = ["docker", "run", "--rm", "--name", self.name, f"--memory={memory}", f"--memory-swap={memory}"]
        command += [*mounts, *options, image()]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def end(self, grading):
        """Wait for the end, and return the results and the lines for the instructor."""
        said, _ = grading.communicate(timeout=600)
        lines = [line.removeprefix("instructor: ") for line in said.splitlines() if line.startswith("instructor: ")]
        return json.loads(self.layout.results.read_text(encoding="utf-8")), lines

    def grade(self, *options, memory="2g"):
        """Grade from start to end."""
        return self.end(self.start(*options, memory=memory))

    def inside(self, *command):
        """Return whether a command succeeds in the running container."""
        return not subprocess.run(["docker", "exec", self.name, *command], capture_output=True, check=False).returncode

    def wait_for_the_notebook(self):
        """Wait for the file that the notebook writes when it runs."""
        until = time.monotonic() + 120
        while not self.inside("sh", "-c", "cat /dev/shm/notebook-*/runs"):
            assert time.monotonic() < until, "the notebook does not run"
            time.sleep(0.2)


@pytest.fixture
def make_real(root, make_container, lacking):
    """Create the folders of a container, and a function that starts the image with them."""
    if lacking:
        pytest.skip(lacking)

    def make(**options):
        real = Real(make_container(**options))
        shutil.copy(root / "autograder" / "gradescope" / "files" / "run_otter.py", real.layout.source)
        real.layout.source.chmod(0o700)
        real.layout.results.parent.mkdir()
        return real

    return make


def assert_no_grade(results, english):
    """Check that the results are ours, have no score, and explain why in both languages."""
    assert "score" not in results
    assert results["tests"] == []
    portuguese, line = results["output"].splitlines()
    assert portuguese.startswith(("Ainda sem nota", "Sem nota"))
    assert line.startswith(("Not graded yet", "Not graded:"))
    assert english in line


def test_a_groups_right_submission_earns_everything(make_real):
    """Two members, one notebook, all points, and no message to the instructor."""
    container = make_real().hand_in(*RIGHT)
    container.layout.metadata.write_text(json.dumps({"id": 7, "users": [{"id": 1}, {"id": 2}]}), encoding="utf-8")
    results, lines = container.grade()
    assert (results["score"], results["extra_data"]["members"], lines) == (2, 2, [])


def test_another_assignments_notebook_is_asked_about(make_real):
    """It earns nothing, and student and instructor are told why."""
    results, lines = make_real().hand_in("print('homework 3')").grade()
    assert results["score"] == 0
    assert results["output"].splitlines()[0].endswith("is it the one of tiny?")
    assert "may belong to another one" in lines[0]


@pytest.mark.parametrize(
    ("handed_in", "english", "instructor"),
    [
        pytest.param((), "no notebook was handed in", "refused: no notebook", id="none"),
        pytest.param(("one.ipynb", "two.ipynb"), "2 notebooks were handed in", "refused: 2 notebooks", id="two"),
    ],
)
def test_what_cannot_be_read_is_no_zero(make_real, handed_in, english, instructor):
    """The student is told what to hand in."""
    container = make_real()
    for name in handed_in:
        container.hand_in(*RIGHT, name=name)
    results, lines = container.grade()
    assert_no_grade(results, english)
    assert lines[0].startswith(instructor)


@pytest.mark.parametrize(
    ("made", "settings", "options", "instructor"),
    [
        pytest.param({"version": "0.0.1"}, {}, [], "built by version 0.0.1", id="another version"),
        pytest.param({}, {"data": "real"}, [], "data sets are not in this container", id="no data"),
        pytest.param({}, {}, [f"--tmpfs={PACKAGES}/autograder"], "its wheel was missing", id="no wheel"),
        pytest.param({}, {}, ["--memory=512m", "--memory-swap=512m"], "too small: 448 MiB", id="too small"),
        pytest.param({}, {}, ["--memory=40m", "--memory-swap=40m"], "choose a larger container", id="far too small"),
    ],
)
def test_our_own_faults_are_no_zero(make_real, made, settings, options, instructor):
    """The student is told whom to contact, and the instructor what to do, in one line."""
    results, lines = make_real(**made).settle(**settings).hand_in(*RIGHT).grade(*options)
    assert_no_grade(results, "Please tell your instructor")
    (line,) = lines
    assert instructor in line


def test_files_without_a_name_are_memory_as_well(make_real):
    """The rubric's own limit applies within the container: earlier values are graded."""
    results, _ = make_real().hand_in(RIGHT[0], HOARD_FILES, RIGHT[1]).grade()
    assert results["score"] == 1
    assert "1,024 MiB" in results["output"]


def test_memory_that_the_container_lacks_is_no_fault_of_the_students(make_real):
    """The rubric allows a gibibyte and the container has less: a notebook that needs more is not graded there."""
    results, lines = make_real().hand_in(RIGHT[0], HOARD).grade(memory="768m")
    assert_no_grade(results, "problem on our side")
    assert "choose a larger container" in lines[0]


def test_time_that_the_container_lacks_is_no_fault_of_the_students(make_real):
    """An endless loop under a Gradescope time limit that is shorter than the rubric's."""
    container = make_real(seconds=600).settle(time_limit_minutes=1.6).hand_in(RIGHT[0], "while True: pass")
    results, lines = container.grade()
    assert_no_grade(results, "problem on our side")
    assert "needs longer than the" in lines[0]


def test_a_grader_that_is_killed_leaves_no_zero(make_real):
    """SIGKILL to the grader alone: its watcher reports it, and ends the notebook."""
    container = make_real(seconds=600).hand_in(*RIGHT, RUNS)
    grading = container.start()
    container.wait_for_the_notebook()
    assert container.inside("/opt/autograder/bin/python", "-I", "-c", KILL_THE_GRADER)
    results, lines = container.end(grading)
    assert_no_grade(results, "memory ran out")
    assert "the grader was killed" in lines[0]


def test_a_container_that_is_killed_leaves_no_zero(make_real):
    """SIGKILL to everything, as when Gradescope's own time is up: the initial results remain."""
    container = make_real(seconds=600).hand_in(*RIGHT, RUNS)
    grading = container.start()
    container.wait_for_the_notebook()
    subprocess.run(["docker", "kill", container.name], check=True, capture_output=True)
    results, _ = container.end(grading)
    assert_no_grade(results, "grading did not finish")


def test_the_corpus_gets_the_same_points_everywhere(root, lacking):
    """`autograder grade`, Otter's tests and the container agree; without an engine, root grades in plain folders."""
    command = [sys.executable, root / "tests" / "grade_as_gradescope.py", root / "tests" / "corpus", *MOST_TELLING]
    command += ["--in", "tree" if lacking else "image", "--at-once", "2", "--in-process"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if lacking and done.returncode == NOWHERE:
        pytest.skip(f"{lacking}; {done.stdout.splitlines()[-1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(MOST_TELLING)} submissions, 0 of them wrong" in done.stdout
