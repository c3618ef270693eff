"""The scripts that write a results.json if the grader cannot, run as on Gradescope with a stand-in for the grader."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

GRADER_THAT_WRITES = """
import json, pathlib, sys
results = pathlib.Path(sys.argv[1]) / "results" / "results.json"
before = json.loads(results.read_text())
results.write_text(json.dumps({"score": 7, "seconds": float(sys.argv[2]), "before": before}))
"""


@pytest.fixture
def container(root, tmp_path):
    """Create `/autograder` with the real scripts and a virtual environment with a stand-in for the grader."""
    place = tmp_path / "autograder"
    for folder in ("source", "submission"):
        (place / folder).mkdir(parents=True)
    files = root / "autograder" / "gradescope" / "files"
    shutil.copy(files / "run_autograder", place)
    shutil.copy(files / "run_otter.py", place / "source")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "venv"], check=True)
    (place / "source" / "settings.json").write_text('{"time_limit_minutes": 10}', encoding="utf-8")
    return place


def install(container, code):
    """Make this code the container's grader."""
    package = next((container / "venv").glob("lib/python3*/site-packages")) / "autograder" / "gradescope"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").touch()
    (package / "__main__.py").write_text(code, encoding="utf-8")


def run(container):
    """Run what Gradescope starts, and return the results and the instructor's output."""
    done = subprocess.run(["bash", container / "run_autograder"], capture_output=True, text=True, check=False)
    results = json.loads((container / "results" / "results.json").read_text(encoding="utf-8"))
    return results, [line for line in done.stderr.splitlines() if line.startswith("instructor: ")]


def assert_no_grade(results, english):
    """Check that results have no score, and say in both languages what happened."""
    assert "score" not in results
    assert results["tests"] == []
    assert results["visibility"] == "visible"
    assert results["output"].startswith("Ainda sem nota: ")
    assert f"Not graded yet: {english}" in results["output"]


def test_not_graded_stands_there_before_the_grader_begins(container):
    """The grader finds results without a score and replaces them; it gets less time than Gradescope allows."""
    install(container, GRADER_THAT_WRITES)
    results, said = run(container)
    assert (results["score"], said) == (7, [])
    assert_no_grade(results["before"], "grading did not finish")
    assert 500 < results["seconds"] < 600


def test_a_grader_that_was_never_installed_is_said(container):
    """With a missing wheel the student is told that it is our fault, and the instructor where to look."""
    results, said = run(container)
    assert_no_grade(results, "the grader is not installed")
    assert len(said) == 1
    assert "its wheel was missing or setup.sh failed" in said[0]


def test_a_zip_of_somebody_elses_is_said(container):
    """Without our settings nothing is started."""
    install(container, GRADER_THAT_WRITES)
    (container / "source" / "settings.json").unlink()
    results, said = run(container)
    assert_no_grade(results, "a file of the grader is missing")
    assert "upload the zip of `autograder build`" in said[0]


@pytest.mark.parametrize(
    ("code", "english", "instructor"),
    [
        pytest.param("import os; os.kill(os.getpid(), 9)", "memory ran out", "choose a larger container", id="killed"),
        pytest.param("raise SystemExit(3)", "grading failed", "ended with status 3", id="failed"),
        pytest.param("import nowhere", "grading failed", "ended with status 1", id="broken"),
    ],
)
def test_a_grader_that_dies_leaves_no_zero(container, code, english, instructor):
    """If it is killed, fails or crashes, the missing results are written in its place."""
    install(container, code)
    results, said = run(container)
    assert_no_grade(results, english)
    assert instructor in said[-1]


@pytest.mark.slow
def test_time_ends_before_gradescopes_does(container):
    """A grader that hangs is killed while there is still time to report it."""
    install(container, "import time; time.sleep(600)")
    (container / "source" / "settings.json").write_text('{"time_limit_minutes": 0.36}', encoding="utf-8")
    began = time.monotonic()
    results, said = run(container)
    assert time.monotonic() - began < 0.36 * 60
    assert_no_grade(results, "time ran out")
    assert "did not end within 2 s" in said[0]


def test_what_is_left_running_is_ended_and_nothing_else(container):
    """An orphan in its own session that outlived the grader is ended with the scripts; unrelated processes are not."""
    orphan = "import os, time; os.setsid(); print('orphan', os.getpid(), flush=True); time.sleep(600)"
    leaves = f"""
import os
if os.fork() == 0:
    if os.fork() == 0:
        exec({orphan!r})
    os._exit(0)
import time
time.sleep(1)
"""
    install(container, leaves)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        script = ["bash", container / "run_autograder"]
        said = subprocess.run(script, capture_output=True, text=True, check=True).stdout
        assert stranger.poll() is None
        stranger.kill()
    (pid,) = [line.split()[1] for line in said.splitlines() if line.startswith("orphan ")]
    assert not Path("/proc", pid).exists()


def test_no_python_at_all_still_leaves_results(container):
    """Before set-up is complete there may be no Python: the shell's own results remain."""
    shutil.rmtree(container / "venv")
    tools = container.parent / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "mkdir", "chmod", "mv"):
        (tools / name).symlink_to(shutil.which(name))
    environment = {"PATH": str(tools)}
    script = ["bash", container / "run_autograder"]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    results = json.loads((container / "results" / "results.json").read_text(encoding="utf-8"))
    assert_no_grade(results, "grading did not finish")
    assert "no Python is here" in done.stderr
