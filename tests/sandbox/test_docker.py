"""The sandbox `docker`: its isolation, and that no container is left behind. Needs a Docker engine and the image."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from autograder.child_process import python_command
from autograder.errors import EnvironmentFault
from autograder.records import RunVerdict
from autograder.report import in_english
from autograder.sandbox import docker, examine_protections, open_sandbox
from autograder.sandbox.containers import owner_label
from autograder.sandbox.docker import IMAGE, IMAGE_VARIABLE

pytestmark = pytest.mark.slow


def engine_has_the_image():
    """Return whether containers can be started here."""
    client = shutil.which("docker")
    command = [client or "docker", "image", "inspect", IMAGE]
    return client is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0


def list_containers(condition):
    """Return the names of the containers that match an engine's filter."""
    command = ["docker", "ps", "--all", "--filter", condition, "--format", "{{.Names}}"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


needs_the_image = pytest.mark.skipif(not engine_has_the_image(), reason=f"no Docker engine with {IMAGE} is here")


@pytest.fixture
def run(run_stand_in):
    """Execute a stand-in for the payload in a container, and check that no container is left."""

    def run_and_look(body, **options):
        result = run_stand_in(body, sandbox="docker", **options)
        assert list_containers(f"label={owner_label()}") == set()
        return result

    return run_and_look


@needs_the_image
def test_every_protection_holds():
    """The container's protections hold, as attempted from inside."""
    protections = examine_protections("docker")
    assert len(protections) == 10
    assert [protection for protection in protections if not protection.holds] == []


@needs_the_image
def test_frames_and_output_go_their_own_ways(run):
    """Printed output is not taken for frames, and standard input is empty."""
    result = run("print('{}' * 1000)\ntell(sys.stdin.read())\nfinish()")
    assert (result.verdict, result.values) == (RunVerdict.COMPLETE, {"q01_probabilities": ""})
    assert "{}{}" in result.output_tail


@needs_the_image
def test_a_notebook_may_write_where_it_is(run):
    """A notebook can write to its working folder, its home and its temporary folder."""
    result = run(
        """
import tempfile
folders = [".", os.path.expanduser("~"), tempfile.gettempdir(), "/dev/shm"]
for folder in folders:
    with open(f"{folder}/model.keras", "w") as file:
        file.write("x")
tell([os.path.getsize(f"{folder}/model.keras") for folder in folders])
finish()
"""
    )
    assert (result.verdict, result.values) == (RunVerdict.COMPLETE, {"q01_probabilities": [1, 1, 1, 1]})


@needs_the_image
def test_orphans_are_buried(run):
    """Orphans are reaped and stop counting against the process limit, however many there are."""
    result = run(
        """
for _ in range(100):
    os.system("true &")
time.sleep(1)
tell(len([name for name in os.listdir("/proc") if name.isdigit()]))
finish()
"""
    )
    assert (result.verdict, result.detail) == (RunVerdict.COMPLETE, None)
    assert result.values["q01_probabilities"] == 2


@needs_the_image
def test_the_clock_cannot_be_reached_from_inside(run):
    """The first process has the same user, but its memory, files and environment are closed, and no signal ends it."""
    result = run(
        """
found = []
for name in ("mem", "environ", "fd/0", "cwd/."):
    try:
        os.close(os.open("/proc/1/" + name, os.O_RDWR if name == "mem" else os.O_RDONLY))
        found.append(name)
    except OSError:
        pass
for number in (1, 2, 9, 14, 15, 17, 19):
    os.kill(1, number)
tell(found)
finish()
"""
    )
    assert (result.verdict, result.values) == (RunVerdict.COMPLETE, {"q01_probabilities": []})


@needs_the_image
def test_a_child_that_is_killed_for_memory_ends_the_run(run):
    """A notebook whose children use up the memory is over the limit, although the kernel kills only a child."""
    result = run(
        "tell(1)\nif os.fork() == 0:\n    hoard = []\n    while True: hoard.append(bytearray(2**24))\ntime.sleep(15)"
    )
    assert (result.verdict, result.values) == (RunVerdict.LIMIT, {"q01_probabilities": 1})
    assert "of memory" in in_english(result.detail)


@needs_the_image
def test_nothing_of_the_project_is_in_the_image(run):
    """The student's user can read neither the grader nor an assignment, and finds no rubric."""
    result = run(
        """
found = [entry for entry in sys.path if os.path.isdir(entry) and "autograder" in os.listdir(entry)
         and os.access(entry + "/autograder", os.R_OK | os.X_OK)]
for top in ("/autograder", "/opt", "/root", "/home", "/usr/local"):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in ("site-packages", "__pycache__")]
        found += [folder + "/" + name for name in files if name.endswith((".yml", ".ipynb", ".json.gz"))]
tell(found)
finish()
"""
    )
    assert result.values == {"q01_probabilities": []}


@needs_the_image
@pytest.mark.parametrize(
    ("body", "verdict", "detail"),
    [
        pytest.param("while True: os.fork()", RunVerdict.LIMIT, "processes and threads", id="fork bomb"),
        pytest.param("x = []\nwhile True: x.append(bytearray(2**23))", RunVerdict.LIMIT, "MiB of memory", id="memory"),
        pytest.param("os.kill(os.getpid(), 9)", RunVerdict.CRASHED, "SIGKILL", id="killed"),
        pytest.param("while True: pass", RunVerdict.TIMEOUT, "longer than 10 s", id="loop"),
        pytest.param("os._exit(3)", RunVerdict.CRASHED, "status 3", id="exit"),
    ],
)
def test_limits_end_it_and_keep_what_was_said(run, body, verdict, detail):
    """Each kind of ending has its verdict, earlier values are kept, and the container is removed."""
    result = run(f"tell(1)\ntime.sleep(0.5)\n{body}", notebook_seconds=10)
    assert (result.verdict, result.values) == (verdict, {"q01_probabilities": 1})
    assert detail in in_english(result.detail)


@needs_the_image
def test_containers_of_the_dead_are_removed_and_of_the_living_kept(run_spec, desk, write_stand_in, tmp_path):
    """The container of a killed command is removed by the next command, and no other container is."""
    asks = "from autograder.sandbox.containers import owner_label; print(owner_label(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", asks], stdin=-1, stdout=-1, text=True) as owner:
        dead = owner.stdout.readline().strip()
        owner.kill()
    elsewhere = dead.replace(dead.split("=")[1].split("/")[0], "another-boot")
    owners = {"dead": dead, "living": owner_label(), "elsewhere": elsewhere}
    names = {who: f"left-{who}-{os.getpid()}" for who in owners}
    try:
        for who, label in owners.items():
            command = ["docker", "run", "--detach", "--network=none", "--name", names[who]]
            command += ["--label", label, "--entrypoint=sleep", IMAGE, "100"]
            subprocess.run(command, capture_output=True, check=True)
        open_sandbox("docker", run_spec, tmp_path, desk, payload=write_stand_in(""))
        assert list_containers("name=left-") == {names["living"], names["elsewhere"]}
    finally:
        subprocess.run(["docker", "rm", "--force", *names.values()], capture_output=True, check=False)


@needs_the_image
def test_a_container_ends_by_itself(run_spec, make_job, desk, write_stand_in, tmp_path, monkeypatch):
    """The in-container timeout fires although the notebook tries to stop and kill it, without a supervisor outside."""
    limits = run_spec.limits
    monkeypatch.setattr(docker, "STARTUP_SECONDS", 5 - limits.notebook_seconds - limits.training_seconds)
    monkeypatch.setattr(docker, "_GRACE_SECONDS", 0)
    body = """
for number in (signal.SIGSTOP, signal.SIGKILL):
    os.kill(1, number)
tell(1)
while True: time.sleep(1)
"""
    sandbox = open_sandbox("docker", run_spec, tmp_path, desk, payload=write_stand_in(body))
    began = time.monotonic()
    run = sandbox.run(make_job())
    assert (run.verdict, run.values) == (RunVerdict.CRASHED, {"q01_probabilities": 1})
    assert time.monotonic() - began < run_spec.limits.notebook_seconds


def test_the_clock_inside_allows_what_our_limits_do(run_spec, desk, tmp_path):
    """The timeout allows for a slow start and the longest run and trainings, so it never fires before our limits."""
    sandbox = docker.Docker(run_spec, desk, "docker", docker._options(run_spec.limits, tmp_path, tmp_path, None), IMAGE)
    seconds = 180 + run_spec.limits.notebook_seconds + run_spec.limits.training_seconds + 60
    assert sandbox._lifetime_seconds() == seconds
    command = sandbox._command("name", "script", ["python"], seconds)
    assert command[command.index(docker._TIMEOUT) + 1] == f"{seconds:.0f}"


def test_the_clock_strikes_and_tells_how_its_child_ended():
    """A command that continues is ended at the timeout; otherwise its exit status is returned as by a shell."""

    def ended(seconds, script):
        command = [*python_command("-S", "-c", docker._TIMEOUT), seconds, "/bin/sh", "-c", script]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert ended("1", "sleep 5") == 137
    assert ended("20", "sleep 0.3; exit 7") == 7
    assert ended("20", "kill -SEGV $$") == 139


@needs_the_image
def test_a_trainer_hears_and_answers(start_trainer):
    """A trainer runs in its own container, which is removed when it is closed."""
    trainer = start_trainer("docker")
    assert trainer.receive(60)["type"] == "hello"
    trainer.send_array("0" * 64, "|u1", (3,), b"abc")
    trainer.send_message({"type": "do", "what": "send('told', heard=len(pieces))"})
    assert trainer.receive(20)["heard"] == 1
    trainer.send_message({"type": "do", "what": "sys.exit('enough')"})
    with pytest.raises(EnvironmentFault, match=r"status: 1\): enough"):
        trainer.receive(20)


@needs_the_image
def test_a_missing_image_is_said(run_spec, desk, tmp_path, monkeypatch):
    """Without the image there is a one-line error that says how to build it."""
    monkeypatch.setenv(IMAGE_VARIABLE, "no-such-image:0")
    with pytest.raises(EnvironmentFault, match=r"no-such-image:0: the image is not there \(make image"):
        open_sandbox("docker", run_spec, tmp_path, desk)


def test_an_engine_that_does_not_answer_is_said(run_spec, desk, tmp_path, monkeypatch):
    """With a client but no engine, the sandbox does not open."""
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="no Docker engine answers"):
        open_sandbox("docker", run_spec, tmp_path, desk)
