"""Hostile notebooks in a real sandbox: each is ended, affects no other, and gets the right verdict."""

import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from autograder.records import RunVerdict
from autograder.report import in_english

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 60.0
"""What all of these do would take a quarter of an hour if it went on; a busy machine may need a while to end it."""


def processes_with(mark: str) -> list[str]:
    """Return the command lines of this machine's processes that contain a mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mark in line:
            found.append(line)
    return found


def eventually(condition):
    """Wait up to half a minute for a condition to become true, as a busy machine may need."""
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


ENDINGS = [
    pytest.param("while True: pass", {"notebook_seconds": 1}, "TIMEOUT", "longer than 1 s", id="endless-loop"),
    pytest.param("time.sleep(1000)", {"notebook_seconds": 1}, "TIMEOUT", "longer than 1 s", id="sleep"),
    pytest.param(
        "os.kill(os.getpid(), signal.SIGSTOP)",
        {"notebook_seconds": 1},
        "TIMEOUT",
        "longer than 1 s",
        id="stopped-itself",
    ),
    pytest.param(
        "[signal.signal(n, signal.SIG_IGN) for n in range(1, 32) if n not in (9, 19)]\ntime.sleep(1000)",
        {"notebook_seconds": 1},
        "TIMEOUT",
        "longer than 1 s",
        id="ignores-signals",
    ),
    pytest.param(
        "hoard = []\nwhile True: hoard.append(bytearray(2**24))", {}, "LIMIT", "512 MiB of memory", id="memory-hog"
    ),
    pytest.param(
        """
        for _ in range(8):
            if os.fork() == 0:
                hoard = bytearray(2**27)
                time.sleep(1000)
        time.sleep(1000)
        """,
        {},
        "LIMIT",
        "512 MiB of memory",
        id="memory-of-children",
    ),
    pytest.param(
        """
        for number in range(64):
            descriptor = os.memfd_create(str(number))
            os.write(descriptor, bytes(2**24))
        time.sleep(1000)
        """,
        {},
        "LIMIT",
        "512 MiB of memory",
        id="memory-in-nameless-files",
    ),
    pytest.param(
        "for n in range(10**7): os.close(os.open(f'/tmp/{n}', os.O_CREAT | os.O_WRONLY))",
        {"memory_mebibytes": 48},
        "LIMIT",
        "48 MiB of memory",
        id="empty-files-without-end",
    ),
    pytest.param("while True:\n  try: os.fork()\n  except OSError: pass", {}, "LIMIT", "64 processes", id="fork-bomb"),
    pytest.param(
        """
        while True:
            try:
                threading.Thread(target=time.sleep, args=(1000,)).start()
            except RuntimeError:
                pass
        """,
        {},
        "LIMIT",
        "64 processes",
        id="thread-bomb",
    ),
    pytest.param(
        "line = b'x' * 65536\nwhile True: os.write(1, line)", {}, "LIMIT", "4 MiB of output", id="stdout-flood"
    ),
    pytest.param(
        "line = b'x' * 65536\nwhile True: os.write(2, line)", {}, "LIMIT", "4 MiB of output", id="stderr-flood"
    ),
    pytest.param("while True: tell([0.5] * 100)", {}, "LIMIT", "bytes of evidence", id="frame-flood"),
    pytest.param(
        """
        for number in range(1, 10**9):
            order(number, text="x" * 10_000)
            receive()
        """,
        {},
        "LIMIT",
        "bytes of evidence",
        id="order-flood",
    ),
    pytest.param(
        "os.write(OUT, struct.pack('>I', 8 * 2**20)); data = bytes(65536)\nwhile True: os.write(OUT, data)",
        {},
        "LIMIT",
        "bytes of evidence",
        id="one-endless-frame",
    ),
    pytest.param("os._exit(0)", {}, "CRASHED", "status 0 in cell 1", id="quiet-exit"),
    pytest.param("os._exit(3)", {}, "CRASHED", "status 3 in cell 1", id="exit"),
    pytest.param("os.kill(os.getpid(), signal.SIGKILL)", {}, "CRASHED", "SIGKILL in cell 1", id="kill-itself"),
    pytest.param("os.kill(os.getpid(), signal.SIGSEGV)", {}, "CRASHED", "SIGSEGV in cell 1", id="segfault"),
    pytest.param("os.kill(-1, signal.SIGKILL); os.abort()", {}, "CRASHED", "in cell 1", id="kill-all"),
    pytest.param("import ctypes; ctypes.string_at(0)", {}, "CRASHED", "SIGSEGV in cell 1", id="null-pointer"),
    pytest.param("os.close(OUT); time.sleep(1000)", {}, "CRASHED", "closed its pipe in cell 1", id="closes-the-pipe"),
    pytest.param("raw(b'{}')", {}, "CRASHED", "not an object with a type", id="frame-without-type"),
    pytest.param("raw(b'[' * 100000)", {}, "CRASHED", "not acceptable JSON", id="deep-frame"),
    pytest.param(r"raw(b'\xff\xfe\xfd')", {}, "CRASHED", "not acceptable JSON", id="no-text"),
    pytest.param("os.write(OUT, b'\\xff' * 4)", {}, "CRASHED", "is announced", id="huge-frame"),
    pytest.param("os.write(OUT, b'\\0\\0\\1\\0{')\nos._exit(0)", {}, "CRASHED", "status 0", id="truncated-frame"),
    pytest.param("send('done'); time.sleep(1000)", {}, "CRASHED", "before the last cell", id="forged-end"),
    pytest.param("send('hello', versions={}); time.sleep(9)", {}, "CRASHED", "greeting", id="forged-greeting"),
    pytest.param("send('grade', points=10); time.sleep(9)", {}, "CRASHED", "no such message", id="forged-grade"),
]


@pytest.mark.parametrize(("body", "limits", "verdict", "detail"), ENDINGS)
def test_ends_with_its_verdict(run_stand_in, body, limits, verdict, detail):
    """The execution ends soon with a reason, and values from before the attack are kept."""
    began = time.monotonic()
    run = run_stand_in("tell(0.25)\n" + textwrap.dedent(body), **limits)
    assert run.verdict is RunVerdict(verdict), run.detail
    assert detail in in_english(run.detail)
    assert run.values in ({"q01_probabilities": 0.25}, {"q01_probabilities": [0.5] * 100})
    assert time.monotonic() - began < MOST_SECONDS
    assert run.cells[0].status == ("timeout" if verdict == "TIMEOUT" else "killed")
    assert run.cells[1].status == "not run"


@pytest.mark.parametrize("sandbox", ["bubblewrap", "none"])
@pytest.mark.parametrize(
    "end", ["finish(); time.sleep(1000)", "os._exit(0)", "time.sleep(1000)"], ids=["done", "exit", "timeout"]
)
def test_no_process_survives(run_stand_in, sandbox, end):
    """A daemon in its own session, whose parent has exited, is dead before the Run exists."""
    run = run_stand_in(
        f"""
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                os.execvp("sleep", ["sleep", "98765.4321"])
            os._exit(0)
        os.wait()
        time.sleep(0.4)
        {end}
        """,
        sandbox=sandbox,
        notebook_seconds=2,
    )
    assert run.verdict is not RunVerdict.INTERNAL
    assert processes_with("98765.4321") == []


def test_jail_dies_with_its_supervisor(tmp_path, write_stand_in):
    """If the grader is killed without clean-up, no notebook continues."""
    payload = write_stand_in("os.execvp('sleep', ['sleep', '98765.1234'])")
    code = f"""
import sys
from pathlib import Path
from autograder.records import Cell, Job
from autograder.sandbox import open_sandbox
from autograder.rubric import load
sys.path.append("tests")
from small_desk import SmallDesk
spec = load(Path("grading.yml")).run_spec
job = Job("job", "ana", "ana.ipynb", "", "en", (Cell(0, ""),))
open_sandbox("bubblewrap", spec, Path({str(tmp_path)!r}), SmallDesk(), payload=Path({str(payload)!r})).run(job)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as supervisor:
        began = eventually(lambda: len(processes_with("sleep 98765.1234")) == 1)
        supervisor.kill()
    assert began
    assert eventually(lambda: processes_with("sleep 98765.1234") == [])


def test_survivor_holding_the_pipe_does_not_hang(run_stand_in):
    """A background process that keeps every pipe open delays nothing after the main process has ended."""
    run = run_stand_in("if os.fork() == 0: time.sleep(1000)\nfinish()\nos._exit(0)")
    assert run.verdict is RunVerdict.COMPLETE
    assert run.usage.wall_seconds < MOST_SECONDS


def test_survivor_cannot_add_evidence(run_stand_in):
    """Frames that a child writes after the announced end are ignored."""
    run = run_stand_in(
        "tell(1)\nif os.fork() == 0:\n    time.sleep(0.3); tell(2); os._exit(0)\nfinish()\ntime.sleep(5)"
    )
    assert run.values == {"q01_probabilities": 1}


def test_parent_cannot_be_stopped_or_killed(run_stand_in):
    """Signals to the jail's first process, the parent, fail, so nothing changes."""
    run = run_stand_in(
        """
        for number in (signal.SIGSTOP, signal.SIGKILL, signal.SIGTERM):
            try:
                os.kill(os.getppid(), number)
            except PermissionError:
                pass
        time.sleep(0.3)
        finish()
        """
    )
    assert run.verdict is RunVerdict.COMPLETE


def test_memory_shared_by_forked_children_counts_once(run_stand_in):
    """Eight children that only read their parent's 200 MiB do not count as 1.6 GiB."""
    run = run_stand_in(
        """
        hoard = bytearray(200 * 2**20)
        children = []
        for _ in range(8):
            child = os.fork()
            if child == 0:
                time.sleep(1)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        finish()
        """
    )
    assert (run.verdict, run.detail) == (RunVerdict.COMPLETE, None)


def test_files_fill_their_own_space_alone(run_stand_in):
    """A full folder raises an error in the cell that filled it; no folder exceeds its own limit."""
    run = run_stand_in(
        """
        written = {}
        for folder in (os.environ["HOME"], "/tmp", "/dev/shm"):
            written[folder] = 0
            try:
                for number in range(100):
                    with open(f"{folder}/{number}", "wb", buffering=0) as file:
                        while file.tell() < 2**22:
                            written[folder] += file.write(bytes(2**20))
            except OSError:
                pass
        tell(max(written.values()))
        finish()
        """
    )
    assert run.verdict is RunVerdict.COMPLETE
    assert 15 * 2**20 <= run.values["q01_probabilities"] <= 16 * 2**20


def test_output_keeps_its_end(run_stand_in):
    """The last 8 KiB of output are kept, including bytes that are not UTF-8."""
    run = run_stand_in(r"os.write(1, b'a' * 20000 + b'\xff the end')" + "\nfinish()")
    assert run.output_tail.endswith("� the end")
    assert len(run.output_tail) <= 8 * 1024
    assert run.usage.output_bytes == 20009


def test_stuck_cell_is_ended_from_outside(run_stand_in, monkeypatch):
    """A cell that the payload cannot interrupt is ended after the grace period, and the detail names the cell."""
    monkeypatch.setattr("autograder.sandbox.limits.CELL_GRACE_SECONDS", 0.5)
    run = run_stand_in("time.sleep(1000)", cell_seconds=0.5)
    assert run.verdict is RunVerdict.TIMEOUT
    assert re.search(r"cell 1 ran longer than 0\.5 s", in_english(run.detail))
    assert run.usage.wall_seconds < MOST_SECONDS
