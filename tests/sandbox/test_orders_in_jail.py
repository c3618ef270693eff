"""Orders of real processes in real jails: awaited, answered or forged, without affecting other notebooks."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_desk import MOST

from autograder.records import RunVerdict
from autograder.report import in_english

pytestmark = pytest.mark.slow


def test_array_goes_once(run_stand_in):
    """An array that was sent for one order is not requested for the next."""
    run = run_stand_in(
        """
        content = bytes(range(256)) * 50_000
        heard = []
        for number in (1, 2):
            order(number, arrays=[digest(content)])
            heard.append(receive()["type"])
            if number == 1:
                supply(content)
                heard.append(receive()["type"])
        tell(heard)
        finish()
        """
    )
    assert (run.verdict, run.values) == (RunVerdict.COMPLETE, {"q01_probabilities": ["wanted", "answer", "answer"]})


def test_clock_stands_still_while_a_notebook_waits(run_stand_in, monkeypatch):
    """Waiting for an answer may exceed the limits of cell and notebook, and does not count as their time."""
    monkeypatch.setattr("autograder.sandbox.limits.CELL_GRACE_SECONDS", 0.3)
    run = run_stand_in("order(seconds=3)\nreceive()\nfinish()", cell_seconds=0.5, notebook_seconds=1)
    assert (run.verdict, run.detail) == (RunVerdict.COMPLETE, None)
    assert run.cells[0].seconds < 1
    assert run.usage.wall_seconds > 3


def test_clock_goes_on_after_the_answer(run_stand_in, monkeypatch):
    """A notebook that has its answer is limited like any other."""
    monkeypatch.setattr("autograder.sandbox.limits.CELL_GRACE_SECONDS", 0.3)
    run = run_stand_in("order(seconds=1)\nreceive()\ntime.sleep(100)", cell_seconds=0.5)
    assert run.verdict is RunVerdict.TIMEOUT
    assert 0.5 < run.cells[0].seconds < 2


def test_clock_does_not_wait_for_who_fetches_no_answer(run_stand_in, desk):
    """An answer that is not read neither stops the clock nor fills our memory."""
    desk.arrays = (("0" * 64, "|u1", (2**22,), bytes(2**22)) for _ in range(10_000))
    run = run_stand_in("order()\ntime.sleep(100)", notebook_seconds=1)
    assert run.verdict is RunVerdict.TIMEOUT
    assert len(list(desk.arrays)) > 9_990


def test_waiting_notebook_is_watched_all_the_same(run_stand_in, desk):
    """While a notebook waits, its memory is watched, and earlier values are kept."""
    run = run_stand_in("tell(1)\norder(seconds=60)\nfull = b'x' * 2**30\ntime.sleep(100)", memory_mebibytes=256)
    assert (run.verdict, run.values) == (RunVerdict.LIMIT, {"q01_probabilities": 1})
    assert (run.usage.wall_seconds < 20, desk.abandoned) == (True, 1)


@pytest.mark.parametrize("seconds", [0.2, 60])
def test_notebook_that_dies_while_it_waits(run_stand_in, desk, seconds):
    """A death while waiting is reported like any other, with or without an answer, and the desk stays usable."""
    run = run_stand_in(f"tell(1)\norder(seconds={seconds})\ntime.sleep(0.1)\nos.kill(os.getpid(), 11)")
    assert (run.verdict, run.values) == (RunVerdict.CRASHED, {"q01_probabilities": 1})
    assert desk.abandoned == 1
    time.sleep(0.2)
    assert run_stand_in("order()\nreceive()\nfinish()").verdict is RunVerdict.COMPLETE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("supply(b'abc')", "not requested", id="unasked"),
        pytest.param("piece(b'abc')", "without its announcement", id="unannounced"),
        pytest.param(
            "raw2 = struct.pack('>I', 1 << 31 | 2**23)\nos.write(OUT, raw2)", "over 4,194,304", id="huge-piece"
        ),
        pytest.param("os.write(OUT, struct.pack('>I', 1 << 31))", "empty", id="empty-pieces"),
        pytest.param("order(arrays=[digest(b'abc')])\nannounce(b'abc')\npiece(b'abcd')", "longer", id="too-long"),
        pytest.param("order(arrays=[digest(b'abc')])\nannounce(b'abc')\npiece(b'abd')", "not the one", id="digest"),
        pytest.param("order(arrays=[digest(b'a')])\nwhile True: piece(b'a' * 2**20)", "announcement", id="flood"),
        pytest.param("order(seconds=60)\norder(2)", "before the answer", id="two-orders"),
        pytest.param("for number in range(1, 100): order(number, seconds=60)", "before the answer", id="orders-flood"),
        pytest.param("order(3)", "out of turn", id="number"),
        pytest.param("send('loop', kind='apply_gradients', steps=-1)", "no such loop", id="loop"),
    ],
)
def test_forged_orders_end_the_notebook(run_stand_in, body, reason):
    """A notebook that writes to the pipe itself is ended, and keeps its earlier values."""
    run = run_stand_in(f"tell(1)\n{body}\ntime.sleep(100)")
    assert (run.verdict, run.values) == (RunVerdict.CRASHED, {"q01_probabilities": 1})
    assert "the notebook broke the protocol" in in_english(run.detail)
    assert reason in in_english(run.detail)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("order(arrays=[digest(b'abc')])\nannounce(b'abc')", id="announced"),
        pytest.param("order(arrays=[digest(b'abc')])\nannounce(b'abc')\npiece(b'a')", id="begun"),
        pytest.param("os.write(OUT, struct.pack('>I', 1 << 31 | 2**20) + b'abc')", id="half-a-piece"),
        pytest.param("os.write(OUT, struct.pack('>I', 100) + b'{')", id="half-a-message"),
    ],
)
def test_half_an_order_and_then_death(run_stand_in, body):
    """Incomplete frames are discarded with the notebook."""
    run = run_stand_in(f"tell(1)\n{body}\nos._exit(3)")
    assert (run.verdict, run.values) == (RunVerdict.CRASHED, {"q01_probabilities": 1})
    assert "status 3" in in_english(run.detail)


def test_orders_in_json_are_evidence_and_bounded(run_stand_in):
    """Huge descriptions are limited like any other flood of JSON."""
    run = run_stand_in("while True: order(text='x' * 2**20); receive()")
    assert (run.verdict, in_english(run.detail)) == (RunVerdict.LIMIT, "more than 2,097,152 bytes of evidence")


def test_flood_of_reported_calls_keeps_the_newest(run_stand_in):
    """Reported calls count as evidence, and a flood of them leaves a journal of bounded size."""
    run = run_stand_in(
        """
        for number in range(1000):
            send("reported", description={"number": number}, summaries={}, result={})
        finish()
        """
    )
    numbers = [entry["description"]["number"] for entry in run.evaluations]
    assert (run.verdict, numbers) == (RunVerdict.COMPLETE, list(range(1000 - MOST, 1000)))


def test_arrays_beyond_the_limit_refuse_the_order_alone(run_stand_in):
    """After a refused order the notebook continues, and an order that fits into the remaining limit is answered."""
    run = run_stand_in(
        """
        heard = []
        for number, size in enumerate((2**20, 3 * 2**20, 2**19), 1):
            content = bytes([number]) * size
            order(number, arrays=[digest(content)])
            receive()
            supply(content)
            answer = receive()
            heard.append([answer["status"], answer.get("reason")])
        tell(heard)
        finish()
        """,
        order_mebibytes=2,
        evidence_mebibytes=1,
    )
    assert run.values == {"q01_probabilities": [["done", None], ["refused", "limit"], ["done", None]]}


def test_ctrl_c_ends_a_notebook_that_waits(write_stand_in):
    """Ctrl-C does not wait for a training."""
    payload = write_stand_in("order(seconds=600)\nprint('ordered', flush=True)\nreceive()")
    script = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parents[1])]!r}
from pathlib import Path
import conftest
from autograder.records import Cell, Job
from autograder.sandbox import open_sandbox
job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, ""), Cell(1, "")))
class Desk(conftest.SmallDesk):
    def open(self, job):
        counter = super().open(job)
        place = counter.place
        counter.place = lambda *order: (print("ordered", flush=True), place(*order))[1]
        return counter
payload = Path({str(payload)!r})
open_sandbox("bubblewrap", conftest.make_run_spec(), payload.parent, Desk(), payload=payload).run(job)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ordered\n"
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    assert time.monotonic() - began < 60


_FILLS_ITS_ROOM = """
content = os.urandom(2**20) * 60
order(arrays=[digest(content)])
receive()
supply(content)
receive()
finish()
"""

_MEASURE = """
import resource, sys, threading
sys.path[:0] = {paths!r}
from pathlib import Path
import conftest
from autograder.records import Cell, Job
from autograder.sandbox import open_sandbox
job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", (Cell(0, ""), Cell(1, "")))
desk = conftest.SmallDesk()
spec = conftest.make_run_spec(order_mebibytes=64, notebook_seconds=120)
box = open_sandbox("bubblewrap", spec, Path({place!r}), desk, payload=Path({payload!r}))
runs = []
threads = [threading.Thread(target=lambda: runs.append(box.run(job))) for _ in range(int(sys.argv[1]))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print({{run.verdict.value for run in runs}} == {{"COMPLETE"}}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_of_the_controller_does_not_grow_with_the_notebooks(tmp_path, write_stand_in):
    """Three notebooks that fill their array limits take at most 1.3 times the memory of one."""
    payload = write_stand_in(_FILLS_ITS_ROOM)
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    script = _MEASURE.format(paths=paths, place=str(tmp_path), payload=str(payload))
    peaks = []
    for number in ("1", "3"):
        said = subprocess.run([sys.executable, "-c", script, number], capture_output=True, text=True, check=True).stdout
        complete, peak = said.split()
        assert complete == "True"
        peaks.append(int(peak))
    assert peaks[1] <= 1.3 * peaks[0]
