"""A class on a real Dask cluster on this machine: workers that die, differ or lie, and what travels."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import psutil
import pytest
from courses import make_course, notebook
from distributed import Security

from autograder.gradebook import Gradebook

pytestmark = pytest.mark.slow

SECRET = 0.7315926535
"""A number that the key alone holds."""
MARKER = "a_marker_in_the_code"
CLASS = {
    student: (f"import time; time.sleep({seconds}); {MARKER} = 1", f'q01_answer = "{letter}"', f"q01_loss = {loss}")
    for student, seconds, letter, loss in (
        ("ana", 2, "b", SECRET - 0.001),
        ("bia", 2, "c", 0.5),
        ("caio", 1, "b", 0.1),
        ("davi", 1, "a", SECRET + 0.001),
        ("eva", 1, "b", 0.2),
    )
}
OTHER_VERSIONS = """
import autograder.remote.conditions as conditions
installed = conditions.installed_versions()
conditions.installed_versions = lambda: installed | {"keras": "2.0.0"}
"""
DIES_OF_POISON = """
import os
import autograder.cluster.unit_functions as functions
honest = functions.execute_text
functions.execute_text = lambda sha256, text: os._exit(1) if "poison" in text else honest(sha256, text)
"""
LIES = """
import json, time
from pathlib import Path
import autograder.cluster.unit_functions as functions
honest = functions.execute_text
def lie(sha256, text):
    result = json.loads(honest(sha256, text))
    while not Path("go").exists():
        time.sleep(0.1)
    result["run"]["values"] = {"q01_answer": "b", "points": 100}
    return json.dumps(result)
functions.execute_text = lie
"""
ROLES = ("CLIENT", "SCHEDULER", "WORKER")
COMMAND = "import sys; from autograder.cli import main; main()"


class Cluster:
    """A scheduler, and the real commands beside it, with certificates from Dask's configuration or in plain text."""

    def __init__(self, folder, *, encrypted):
        self.folder = folder
        self.environment = os.environ | (certificates(folder) if encrypted else {})
        self._left = contextlib.ExitStack()
        self.processes = []
        where, protocol = folder / "scheduler.json", "tls" if encrypted else "tcp"
        words = (
            "-m",
            "distributed.cli.dask_scheduler",
            "--host",
            f"{protocol}://127.0.0.1:0",
            "--no-dashboard",
            "--no-jupyter",
        )
        self._start("scheduler", *words, "--scheduler-file", str(where))
        wait_until(where.exists)
        self.address = json.loads(where.read_text())["address"]

    def _start(self, name, *words):
        file = self._left.enter_context((self.folder / f"{name}.txt").open("w"))
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=self.folder,
            env=self.environment,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def worker(self, name, before=""):
        """Start a worker, after some lines of Python in its process."""
        code = f"{before}\n{COMMAND}"
        options = ("--workers", "1", "--trainings", str(self.folder / "kept"))
        return self._start(name, "-c", code, "worker", self.address, *options)

    def grade(self, out, address=""):
        """Start to grade the class on the cluster."""
        options = ("--cluster", address or self.address, "--progress", "json")
        return start_grading(self.folder, out, *options, environment=self.environment)

    def close(self):
        """End what was started."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self._left.close()


def certificates(folder):
    """Make an authority with one certificate, and return the variables that name it in Dask's configuration."""
    made = Security.temporary()
    (folder / "ca.pem").write_text(made.tls_ca_file)
    (folder / "me.pem").write_text(made.tls_client_cert)
    (folder / "me.key").write_text(made.tls_client_key)
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    named = {
        f"{prefix}{role}__{what}": f"me.{end}" for role in ROLES for what, end in (("CERT", "pem"), ("KEY", "key"))
    }
    named[f"{prefix}CA_FILE"] = "ca.pem"
    return {name: str(folder / file) for name, file in named.items()}


def start_grading(folder, out, *options, environment=None):
    """Start the command; its lines are read as they come."""
    words = ("-m", "autograder", "grade", "class", "--data", "practice", "--out", out, *options)
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(holds, seconds=120):
    """Wait until something holds."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("it never held")


def read_until(process, found):
    """Read a command's lines until one is as wanted; return all of them."""
    lines = []
    for line in process.stderr:
        lines.append(line.rstrip("\n"))
        if found(lines[-1]):
            return lines
    raise AssertionError(lines)


def running(count):
    """Return what recognises a line that tells of so many running notebooks."""
    return lambda line: line.startswith("{") and json.loads(line).get("running") == count


def finish(process, lines=(), code=0):
    """Read a command's lines until it ends with that code; return all of them."""
    with process:
        said = [*lines, *(line.rstrip("\n") for line in process.stderr)]
    assert process.returncode == code, said
    return said


def grades(folder, out):
    """Return everything of each student's grade, and how many runs were saved for each."""
    with Gradebook.in_folder(folder / out) as book:
        given = {one.student: one for one in book.current_grades()}
        histories = {student: len(list(book.grade_history(student))) for student in given}
    return given, histories


@pytest.fixture
def place(tmp_path):
    """A course with a class of five, whose key holds a number that is nowhere else."""
    make_course(tmp_path)
    rubric = (tmp_path / "grading.yml").read_text().replace("expected: 0.5,", f"expected: {SECRET},")
    (tmp_path / "grading.yml").write_text(rubric.replace("memory_mebibytes: 1024", "memory_mebibytes: 1023"))
    for student, cells in CLASS.items():
        (tmp_path / "class" / student).mkdir()
        (tmp_path / "class" / student / "tiny.ipynb").write_text(notebook(*cells))
    return tmp_path


@pytest.fixture
def cluster(place, request):
    """A scheduler without workers; its connections are encrypted unless a test listens."""
    cluster = Cluster(place, encrypted=not hasattr(request, "param"))
    yield cluster
    cluster.close()


@pytest.fixture
def expected(place):
    """Return the grades that this machine alone gives."""
    process = start_grading(place, "here", "--workers", "2")
    finish(process)
    return grades(place, "here")


def test_a_worker_killed_midway_changes_no_grade(cluster, expected):
    """Its notebook is executed elsewhere, another worker that comes is used, all end, and nothing of it is left."""
    first, _ = cluster.worker("first"), cluster.worker("second")
    process = cluster.grade("grades")
    lines = read_until(process, running(2))
    below = psutil.Process(first.pid).children(recursive=True)
    assert below
    os.killpg(first.pid, signal.SIGKILL)
    assert first.wait(30) == -signal.SIGKILL
    lines += read_until(process, lambda line: "is gone: what it had is executed elsewhere" in line)
    third = cluster.worker("third")
    lines += read_until(process, running(2))
    lines = finish(process, lines)
    # A worker that a busy machine kept from answering is announced again when it is back.
    assert sum(" executes 1 at a time" in line for line in lines) >= 3
    assert grades(cluster.folder, "grades") == expected
    assert expected[1] == dict.fromkeys(CLASS, 1)
    _, alive = psutil.wait_procs(below, 30)
    assert alive == []
    third.send_signal(signal.SIGTERM)
    assert third.wait(60) == 130
    wait_until(lambda: "stopped. What was running here" in (cluster.folder / "third.txt").read_text())


def test_a_notebook_that_takes_machines_with_it_is_stopped(cluster, expected):
    """After three it has no grade, by a fault of ours; the others are graded by the machine that is left."""
    (cluster.folder / "class" / "zoe").mkdir()
    (cluster.folder / "class" / "zoe" / "tiny.ipynb").write_text(notebook("poison = 1", 'q01_answer = "b"'))
    workers = [cluster.worker(f"worker {number}", DIES_OF_POISON) for number in range(4)]
    lines = finish(cluster.grade("grades"), code=1)
    assert any("3 machines were lost while they executed it" in line for line in lines)
    wait_until(lambda: sum(worker.poll() is None for worker in workers) == 1)
    given, _ = grades(cluster.folder, "grades")
    assert given.pop("zoe").points is None
    assert given == expected[0]


def test_machines_that_differ_or_lie_are_left_out(cluster, expected):
    """Each in one line; the grades are the honest machine's."""
    cluster.worker("other", OTHER_VERSIONS)
    cluster.worker("liar", LIES)
    process = cluster.grade("grades")
    lines = read_until(process, running(1))
    cluster.worker("honest")
    lines += read_until(process, lambda line: " executes 1 at a time" in line)
    (cluster.folder / "go").touch()
    lines = finish(process, lines)
    left_out = [line for line in lines if "is left out" in line]
    assert len(left_out) == 2, lines
    assert any(re.search(r"it has keras 2\.0\.0 instead of [\d.]+$", line) for line in left_out)
    assert any("it answered with something that is not a result where another" in line for line in left_out)
    assert grades(cluster.folder, "grades") == expected


def test_nobody_joins_without_a_certificate_of_the_authority(cluster, tmp_path):
    """Neither a worker nor a controller: each says in one line that the certificates do not fit."""
    strange = tmp_path / "strange"
    strange.mkdir()
    environment = cluster.environment | certificates(strange)
    for words in (("worker", cluster.address), ("grade", "class", "--data", "practice", "--cluster", cluster.address)):
        command = [sys.executable, "-m", "autograder", *words]
        done = subprocess.run(command, cwd=cluster.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        [line] = done.stderr.splitlines()
        assert "CERTIFICATE_VERIFY_FAILED" in line
        assert line.endswith("(start `dask scheduler`, with certificates of the same authority)")


@pytest.mark.parametrize("cluster", ["plain"], indirect=True)
def test_nothing_of_key_and_students_travels(cluster, expected):
    """All that the controller sends and gets is read on its way: the code is in it, nothing else of the class is."""
    cluster.worker("only")
    with Listener(cluster.address) as listener:
        finish(cluster.grade("grades", listener.address))
    travelled = b"".join(listener.heard)
    assert MARKER.encode() in travelled
    assert b'"run_spec"' in travelled
    assert b'"job_sha256"' in travelled
    with Gradebook.in_folder(cluster.folder / "grades") as book:
        identity = book.identity()
    for secret in (
        str(SECRET),
        "davi",
        "tiny.ipynb",
        "absolute",
        "choice",
        identity.rubric_sha256,
        identity.baseline_sha256,
    ):
        assert secret.encode() not in travelled, secret
    assert grades(cluster.folder, "grades") == expected


def test_a_cluster_of_its_own_leaves_nothing_behind(place, expected):
    """Two workers with certificates for this command alone; after Ctrl-C too, no process of it is left."""
    process = start_grading(place, "grades", "--cluster", "local", "--workers", "2", "--progress", "json")
    lines = read_until(process, running(2))
    below = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    lines = finish(process, lines, 130)
    _, alive = psutil.wait_procs(below, 30)
    assert alive == []
    finish(start_grading(place, "grades", "--cluster", "local", "--workers", "2"))
    assert grades(place, "grades")[0] == expected[0]
    assert all("tls://127.0.0.1" in line for line in lines if " executes 1 at a time" in line)


class Listener:
    """Stands between the controller and its scheduler, and keeps every byte."""

    def __init__(self, address):
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        self._target = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self.heard = []

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                ours, _ = self._server.accept()
                theirs = socket.create_connection(self._target)
                for ends in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while some := source.recv(2**16):
                self.heard.append(some)
                target.sendall(some)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.close()
