"""Who killed a notebook: itself, another process on this machine, or the kernel, as far as we can tell."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.records import RunVerdict
from autograder.report import in_english
from autograder.sandbox import open_sandbox

MEMORY = Path("/sys/fs/cgroup/memory")
"""Where machines with cgroup v1 limit memory."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "doubtful"),
    [
        pytest.param("os.kill(os.getpid(), signal.SIGKILL)", True, id="SIGKILL"),
        pytest.param("os.kill(os.getpid(), signal.SIGTERM)", True, id="SIGTERM"),
        pytest.param("os.kill(os.getpid(), signal.SIGSEGV)", False, id="SIGSEGV"),
        pytest.param("os.abort()", False, id="SIGABRT"),
        pytest.param("os._exit(3)", False, id="exit"),
        pytest.param("os.close(OUT); time.sleep(3)", False, id="silence"),
    ],
)
def test_only_a_signal_that_anybody_sends_raises_a_doubt(run_stand_in, body, doubtful):
    """A crash that the notebook caused itself is final and not repeated."""
    run = run_stand_in(body)
    assert (run.verdict, run.doubtful) == (RunVerdict.CRASHED, doubtful)


def bubblewraps():
    """Return the bubblewrap processes that this process started."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if (folder / "comm").read_text() == "bwrap\n":
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                found += [int(folder.name)] * (parent == os.getpid())
    return found


def test_a_jail_that_somebody_kills_is_our_fault(tmp_path, run_spec, desk, write_stand_in, make_job):
    """Code inside cannot reach bubblewrap itself, so killing it is not the student's doing."""
    payload = write_stand_in("send('cell', index=0, status='ok', seconds=0.0, error='')\ntime.sleep(15)")
    sandbox = open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=payload)
    others = set(bubblewraps())

    def kill(*_):
        [pid] = set(bubblewraps()) - others
        os.kill(pid, signal.SIGKILL)

    run = sandbox.run(make_job(), kill)
    assert (run.verdict, in_english(run.detail)) == (RunVerdict.INTERNAL, "the jail was killed from outside: SIGKILL")


@pytest.mark.slow
@pytest.mark.skipif(
    not os.access(MEMORY / "tasks", os.W_OK), reason="this machine's memory cannot be limited from here"
)
def test_a_notebook_that_the_kernel_killed_for_want_of_memory_has_no_grade(tmp_path, write_stand_in):
    """A notebook within its own limit did nothing wrong if the machine's memory runs out."""
    group = MEMORY / f"autograder-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(300 * 2**20))
        payload = write_stand_in("block = bytearray(os.urandom(2**20)) * 400; time.sleep(5); finish()")
        script = f"""
import os, sys
from pathlib import Path
Path({str(group)!r}, "tasks").write_text(str(os.getpid()))
sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parents[1])]!r}
import conftest
from autograder.records import Cell, Job
from autograder.report import in_english
from autograder.report import in_english
from autograder.sandbox import open_sandbox
spec = conftest.make_run_spec(memory_mebibytes=2048)
box = open_sandbox("bubblewrap", spec, Path({str(tmp_path)!r}), conftest.SmallDesk(), payload=Path({str(payload)!r}))
run = box.run(Job("job", "ana", "ana.ipynb", "", "en", (Cell(0, ""), Cell(1, ""))))
print(run.verdict, in_english(run.detail))
"""
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    finally:
        deadline = time.monotonic() + 10
        while (group / "tasks").read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        group.rmdir()
    assert done.stdout == "INTERNAL the machine ran out of memory: give it fewer --workers\n", done.stderr
