"""Starting processes: nothing in the working folder or the environment is run with our rights."""

import os
import subprocess
import sys

import pytest

from autograder.child_process import find_program, listed_environment, python_command, run

STARTS = (
    "import subprocess\nsubprocess.run(['true'])\n",
    "from subprocess import Popen as begin\nbegin(['true'])\n",
    "import subprocess as s\ns.check_output(['true'])\n",
    "import os\nos.execv('/bin/true', ['true'])\n",
    "import os\nos.spawnlp(os.P_WAIT, 'true', 'true')\n",
    "import os\nos.posix_spawn('/bin/true', ['true'], {})\n",
    "import os\nos.system('true')\n",
    "import multiprocessing\n",
    "from multiprocessing import Process\n",
    "from concurrent.futures import ProcessPoolExecutor\n",
    "import shutil\nshutil.which('bwrap')\n",
)
SHADOWS = ("keras", "numpy", "yaml", "rich", "json", "sitecustomize", "tensorflow", "pooch", "requests", "otter")


@pytest.mark.parametrize("source", STARTS)
@pytest.mark.parametrize("place", ["autograder/grading/new.py", "benchmarks/new.py", "tests/helper.py"])
def test_no_other_start_passes_the_check(root, source, place):
    """However it is spelled, any other start of a process is reported by `make lint`."""
    command = python_command("-m", "ruff", "check", "--select", "TID251", "--stdin-filename", str(root / place), "-")
    said = run(command, folder=root, input=source, capture_output=True, text=True)
    assert (said.returncode, "TID251" in said.stdout) == (1, True), said.stdout + said.stderr


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["true"], id="by its name"),
        pytest.param(["./true"], id="in the working folder"),
        pytest.param([sys.executable, "-c", "pass"], id="Python with the working folder on its path"),
        pytest.param(["/usr/bin/env", sys.executable, "script.py"], id="Python behind another program"),
    ],
)
def test_what_the_working_folder_decides_is_not_started(command):
    """A program without a full path, and a Python that is not isolated, are bugs."""
    with pytest.raises(ValueError, match=r"not a full path|without isolation"):
        run(command)


def test_isolated_python_takes_nothing_from_the_folder_or_the_environment(tmp_path, monkeypatch):
    """Neither modules in the working folder and on PYTHONPATH nor a start-up file are read."""
    for name in SHADOWS:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write('{name} ')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "keras.py"))
    command = python_command("-c", "import json, numpy, yaml, rich; print('done')")
    done = run(command, folder=tmp_path, environment=dict(os.environ), capture_output=True, text=True)
    assert (done.stdout, (tmp_path / "ran").exists()) == ("done\n", False)


def test_programs_are_not_found_in_the_working_folder(tmp_path, monkeypatch):
    """`.` and empty entries of PATH are skipped, for us and for our child processes."""
    (tmp_path / "bwrap").write_text("#!/bin/sh\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".::bin:{os.environ['PATH']}")
    assert find_program("bwrap") not in {"./bwrap", "bwrap", str(tmp_path / "bwrap")}
    assert all(entry.startswith("/") for entry in listed_environment()["PATH"].split(":"))


def test_the_environment_is_a_list(monkeypatch):
    """Settings of the shell are not passed on: Git's, Python's, the loader's, Jupyter's, and tokens."""
    theirs = ("GIT_DIR", "PYTHONPATH", "LD_PRELOAD", "JUPYTER_PATH", "IPYTHONDIR", "BASH_ENV", "ENV", "COURSE_TOKEN")
    for name in theirs:
        monkeypatch.setenv(name, "/tmp/theirs")  # noqa: S108 (a value, no file)
    monkeypatch.setenv("DOCKER_HOST", "unix:///x")
    assert not set(theirs) & set(listed_environment())
    assert "DOCKER_HOST" in listed_environment(prefixes=("DOCKER_",))


@pytest.mark.slow
@pytest.mark.parametrize("started", ["by -m", "by the installed command"])
def test_modules_beside_the_notebooks_never_run(root, tmp_path, started):
    """In a class's folder with a `keras.py` and the like, and without data sets, none of it runs."""
    for name in SHADOWS:
        if name not in {"json", "sitecustomize"}:  # Python itself imports these before any of our lines
            (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write('{name} ')")
    autograder = [f"{sys.prefix}/bin/autograder"] if started == "by the installed command" else None
    done = subprocess.run(
        [*(autograder or [sys.executable, "-m", "autograder"]), *("data", "--fetch", "--config", root / "grading.yml")],
        cwd=tmp_path,
        env={
            **os.environ,
            "KERAS_HOME": str(tmp_path / "home"),
            "https_proxy": "http://127.0.0.1:9",
            "PYTHONPATH": ".",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "could not be fetched" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "ran").exists()
