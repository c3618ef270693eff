"""The process that notebooks are forked from: what it contains, how it ends, and that a batch survives its failure."""

import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest
from small_desk import SmallDesk

from autograder.errors import EnvironmentFault
from autograder.records import RunVerdict
from autograder.sandbox import fork_client, open_sandbox
from autograder.sandbox.fork_client import MOST_FAILURES, _ForkServer
from autograder.sandbox.jail_group import find_place

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def box(run_spec, write_stand_in, tmp_path):
    """Open a warm sandbox with notebooks that end at once."""
    opened = open_sandbox("bubblewrap", run_spec, tmp_path, SmallDesk(), payload=write_stand_in("finish()"), warm=True)
    yield opened
    opened.close()


def children(pid):
    """Return the living children of a process, including zombies."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]


def server(box):
    """Return the process of the latest fork server, which is a child of bubblewrap."""
    *_, outer = box.fork_servers.pids.values()
    [pid] = children(outer)
    return pid


def status(pid):
    """Return the kernel's status of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_it_has_no_rights_no_network_and_no_secret(box, make_job, monkeypatch):
    """It has no capabilities, runs behind a filter, cannot see this project, and has a single socket of ours."""
    assert box.run(make_job("import sklearn", "2")).verdict is RunVerdict.COMPLETE
    pid = server(box)
    told = status(pid)
    sets = ("CapInh", "CapPrm", "CapEff", "CapAmb", *(["CapBnd"] if os.geteuid() == 0 else []))
    assert {told[name] for name in sets} == {"0" * 16}
    assert (told["NoNewPrivs"], told["Seccomp"]) == ("1", "2")
    # It has one thread, even after importing scikit-learn.
    assert told["Threads"] == "1"
    targets = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    assert sorted(re.sub(r"\d+", "", target) for target in targets) == [*["/dev/null"] * 3, "socket:[]"]
    for kind in ("net", "ipc", "uts", "mnt"):
        assert Path(f"/proc/{pid}/ns/{kind}").readlink() != Path(f"/proc/self/ns/{kind}").readlink()
    root = Path(f"/proc/{pid}/root")
    for hidden in (
        ROOT / "grading.yml",
        ROOT / "autograder",
        ROOT / "tests",
        Path.home() / ".profile",
        Path("/keras/x"),
    ):
        assert not (root / hidden.relative_to("/")).exists(), hidden
    assert sorted(path.name for path in (root / "payload").iterdir()) == ["__main__.py", "autograder"]
    environment = Path(f"/proc/{pid}/environ").read_text()
    assert {"PYTHONHASHSEED=0", "HOME=/home/student"} <= set(environment.split("\0"))
    assert os.environ.get("USER", "…") not in environment


def test_nothing_but_its_own_modules_is_in_it(run_cells):
    """The only modules of this package in a child's memory are those that forked it."""
    run = run_cells(
        """
        import gc, types
        names = {one.__name__ for one in gc.get_objects() if isinstance(one, types.ModuleType)}
        q01_probabilities = " ".join(sorted(name for name in names if name.split(".")[0] == "autograder"))
        """
    )
    own = ["", ".sandbox", ".sandbox.drop_rights", ".sandbox.fork_server"]
    parts = ("joining", "preloading", "serving")
    expected = [f"autograder{name}" for name in own] + [f"autograder.sandbox.fork_server.{name}" for name in parts]
    assert set(run.values["q01_probabilities"].split()) <= set(expected)


def test_one_that_dies_is_replaced(box, make_job):
    """After the death of a fork server, the next notebook is executed by another one."""
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    before = server(box)
    os.kill(before, signal.SIGKILL)
    for _ in range(2):
        assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    assert server(box) != before
    assert box.remark == ""


def test_one_that_dies_during_a_request_is_asked_again(box, make_job, monkeypatch):
    """A fork server that is killed after it has read a request costs nothing: the next one answers the same request."""
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    killed, receive = [], fork_client._receive

    def kill_and_receive(line):
        if not killed:
            killed.append(server(box))
            os.kill(killed[0], signal.SIGKILL)
            raise ConnectionResetError("killed during the request")
        return receive(line)

    monkeypatch.setattr(fork_client, "_receive", kill_and_receive)
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    assert box.remark == ""
    assert server(box) not in killed


def test_one_that_stops_answering_costs_one_notebook_its_wait(box, make_job, monkeypatch):
    """A fork server that hangs is abandoned, and the notebook starts cold."""
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    monkeypatch.setattr("autograder.sandbox.fork_client._ANSWER_SECONDS", 0.5)
    os.kill(server(box), signal.SIGSTOP)
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE


def test_where_none_starts_any_more_notebooks_start_cold(box, make_job, monkeypatch):
    """If forking fails, every notebook is still executed, and after some failures the remark explains the delay."""

    def refuse(_):
        raise EnvironmentFault("no more forks")

    os.kill(server(box), signal.SIGKILL)
    monkeypatch.setattr(_ForkServer, "_start", refuse)
    for _ in range(MOST_FAILURES + 1):
        assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    assert box.fork_servers.given_up
    assert box.remark == f"{MOST_FAILURES} notebooks started cold: no more forks"


def test_where_it_cannot_be_tried_the_sandbox_is_cold(run_spec, write_stand_in, tmp_path, make_job, monkeypatch):
    """If this machine does not allow joining a jail, notebooks start cold, and opening the sandbox says so."""
    monkeypatch.setattr("autograder.sandbox.warm_start._FIRST_PROCESS", "raise SystemExit('no such machine')")
    payload = write_stand_in("finish()")
    opened = open_sandbox("bubblewrap", run_spec, tmp_path, SmallDesk(), payload=payload, warm=True)
    assert "no such machine" in opened.remark
    assert opened.run(make_job()).verdict is RunVerdict.COMPLETE


def test_a_notebook_has_nothing_in_memory_that_it_does_not_import(box, make_job):
    """Each set of modules has its own fork server, so that a notebook's measured memory is little more than its own."""
    small, large = box.run(make_job()), box.run(make_job("import sklearn"))
    assert small.usage.peak_memory_bytes < 64 * 2**20 < large.usage.peak_memory_bytes
    assert box.run(make_job()).usage.peak_memory_bytes < 64 * 2**20


def test_notebooks_side_by_side_are_forked_from_one(box, make_job):
    """Concurrent requests from several threads each get their own notebook's run."""
    runs = []
    threads = [threading.Thread(target=lambda: runs.append(box.run(make_job()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.verdict for run in runs] == [RunVerdict.COMPLETE] * 6
    # It has no children left, not even zombies.
    assert children(server(box)) == []


def test_nothing_is_left_of_it(box, make_job):
    """After closing, fork server and bubblewrap are gone, and the last notebook left no process behind."""
    assert box.run(make_job()).verdict is RunVerdict.COMPLETE
    outer, inner = set(box.fork_servers.pids.values()), server(box)
    ours = set(children(os.getpid()))
    box.close()
    assert outer <= ours
    assert set(children(os.getpid())) == ours - outer
    assert not Path(f"/proc/{inner}").exists()
    box.close()


def is_running(pid):
    """Return whether a process exists and is not a zombie, as an orphan may wait for its reaper."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_it_ends_with_its_operator(run_spec, write_stand_in, tmp_path):
    """If the operator is killed without clean-up, the fork server reads end of file and exits."""
    read, write = os.pipe()
    operator = os.fork()
    if operator == 0:
        box = open_sandbox("bubblewrap", run_spec, tmp_path, SmallDesk(), payload=write_stand_in("finish()"), warm=True)
        os.write(write, str(server(box)).encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(write)
    os.waitpid(operator, 0)
    pid = os.read(read, 100).decode()
    os.close(read)
    deadline = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pid
    assert not is_running(pid)


def test_a_forked_notebook_is_in_its_jails_control_group(run_spec, write_stand_in, tmp_path, make_job):
    """The group contains bubblewrap, the jail's first process and the notebook; the fork server is in no group."""
    place = find_place(run_spec.limits)
    if place is None:
        pytest.skip("no control group can be made here: jails are watched alone")
    payload = write_stand_in("finish()\ntime.sleep(60)")
    opened = open_sandbox("bubblewrap", run_spec, tmp_path, SmallDesk(), payload=payload, warm=True)
    members = []

    def look(*_):
        folders = {path for top in (place.memory, place.pids) for path in top.glob(f"autograder-*-{os.getpid()}-*")}
        members.extend((folder / "cgroup.procs").read_text().split() for folder in folders)

    try:
        assert opened.run(make_job(), look).verdict is RunVerdict.COMPLETE
        outside = str(server(opened))
    finally:
        opened.close()
    # The process between the fork server and the notebook may not have ended yet.
    assert {len(pids) for pids in members} <= {3, 4}
    assert members
    assert all(outside not in pids for pids in members)
