"""A trainer in a real jail: it answers, is confined like a notebook, and its end is reported in one line."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_desk import digest_of

from autograder.errors import EnvironmentFault, WireError

pytestmark = pytest.mark.slow

SANDBOXES = pytest.mark.parametrize("sandbox", ["bubblewrap", "none"])


@SANDBOXES
def test_trainer_hears_and_answers(start_trainer, sandbox):
    """Messages and arrays of many chunks pass in both directions, for as long as the trainer is needed."""
    trainer = start_trainer(sandbox)
    assert trainer.receive(20) == {"type": "hello", "versions": {"python": "3.11"}}
    content = bytes(range(256)) * 40_000
    sha = digest_of("|u1", [len(content)], content)
    for _ in range(2):
        trainer.send_array(sha, "|u1", (len(content),), content)
        trainer.send_message({"type": "train", "number": 1})
        assert b"".join(trainer.receive(20) for _ in range(3)) == content
        assert trainer.receive(20) == {"type": "train", "number": 1}


@SANDBOXES
def test_trainer_has_a_notebooks_place(start_trainer, run_stand_in, sandbox):
    """Environment and limits are a notebook's, except for its own folder and user."""
    facts = (
        "import resource\n"
        "found = {name: value for name, value in os.environ.items() if '/' not in value and 'AUTOGRADER' not in name}\n"
        "limits = [resource.getrlimit(number) for number in range(16)]\n"
    )
    notebook = run_stand_in(f"{facts}tell([found, limits])\nfinish()", sandbox=sandbox).values["q01_probabilities"]
    trainer = start_trainer(sandbox)
    trainer.receive(20)
    trainer.send_message({"type": "do", "what": f"{facts}send('told', told=[found, limits])"})
    assert trainer.receive(20)["told"] == notebook


def test_trainer_is_confined(start_trainer):
    """It has no network, no rights, and none of our folders."""
    trainer = start_trainer()
    trainer.receive(20)
    what = f"""
import socket
try:
    socket.create_connection(("1.1.1.1", 53), 1)
    network = True
except OSError:
    network = False
send("told", network=network, uid=os.getuid(), seen=os.path.exists({str(Path(__file__))!r}))
"""
    trainer.send_message({"type": "do", "what": what})
    assert trainer.receive(20) == {"type": "told", "network": False, "uid": 1000, "seen": False}


@SANDBOXES
@pytest.mark.parametrize(
    ("what", "seconds", "reason"),
    [
        pytest.param("os.kill(os.getpid(), 11)", 20, r"ended\.signal \(signal: SIGSEGV\)", id="crash"),
        pytest.param("sys.exit('no memory left')", 20, r"status: 1\): no memory left", id="exit"),
        pytest.param("time.sleep(100)", 1, "sent nothing for 1 s", id="hang"),
        pytest.param("full = b'x' * 2**30; time.sleep(100)", 20, r"limit\.memory \(mebibytes: 512\)", id="memory"),
    ],
)
def test_end_of_a_trainer_is_told_in_one_line(start_trainer, sandbox, what, seconds, reason):
    """However it ends, the error says so, and nothing of it is left."""
    trainer = start_trainer(sandbox)
    trainer.receive(20)
    trainer.send_message({"type": "do", "what": what})
    with pytest.raises(EnvironmentFault, match=reason) as caught:
        trainer.receive(seconds)
    assert "\n" not in str(caught.value)
    with pytest.raises(EnvironmentFault, match="the trainer has ended"):
        trainer.send_message({"type": "more"})
    trainer.close()


def test_garbage_from_a_trainer_is_refused(start_trainer):
    """A trainer is distrusted like a notebook, because hostile data reach it."""
    trainer = start_trainer()
    trainer.receive(20)
    trainer.send_message({"type": "do", "what": "raw(b'[]')"})
    with pytest.raises(WireError, match="type"):
        trainer.receive(20)
    with pytest.raises(EnvironmentFault, match="ended"):
        trainer.receive(20)


def test_trainer_that_fetches_nothing_is_ended(start_trainer, monkeypatch):
    """Sending has a time limit too."""
    monkeypatch.setattr("autograder.sandbox.trainer._SENDING_SECONDS", 0.5)
    trainer = start_trainer(body="time.sleep(100)")
    with pytest.raises(EnvironmentFault, match="read nothing"):
        trainer.send_array("0" * 64, "|u1", (2**22,), bytes(2**22))


def test_trainer_may_be_closed_while_somebody_listens(start_trainer):
    """A thread that waits for the trainer is told at once that it has ended."""
    trainer = start_trainer()
    trainer.receive(20)
    threading.Timer(0.3, trainer.close).start()
    began = time.monotonic()
    with pytest.raises(EnvironmentFault, match="the trainer has ended"):
        trainer.receive(300)
    assert time.monotonic() - began < 60


def test_trainer_outlives_the_thread_that_started_it(start_trainer):
    """The kernel ties a jail to the thread that started it, which must not be a notebook's."""
    started = []
    thread = threading.Thread(target=lambda: started.append(start_trainer()))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert started[0].receive(20)["type"] == "hello"


@SANDBOXES
def test_trainer_dies_with_us(tmp_path, sandbox):
    """A killed command leaves no trainer behind."""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    script = f"""
import os, sys, time
sys.path[:0] = {paths!r}
from pathlib import Path
import conftest
from autograder.sandbox import open_sandbox
(payload := Path({str(tmp_path)!r}, "payload")).mkdir()
(payload / "__main__.py").write_text(conftest.TOOLS + conftest.ECHO)
box = open_sandbox({sandbox!r}, conftest.make_run_spec(), payload, conftest.SmallDesk(), payload=payload)
trainer = box.start_trainer()
trainer.receive(20)
parents = {{}}
for path in Path("/proc").iterdir():
    try:
        parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        continue
found = {{os.getpid()}}
for _ in range(9):
    found |= {{pid for pid, parent in parents.items() if parent in found}}
found.remove(os.getpid())
print(*found, flush=True)
time.sleep(100)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        pids = process.stdout.readline().split()
        process.kill()
    assert pids
    deadline = time.monotonic() + 10
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(pid):
    """Return whether a process exists and is not a zombie."""
    try:
        return "State:\tZ" not in Path("/proc", pid, "status").read_text(encoding="utf-8")
    except OSError:
        return False
