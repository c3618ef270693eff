"""The control group of a jail: the kernel enforces its limits, and nothing is left of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.records import RunVerdict
from autograder.report import in_english
from autograder.sandbox import open_sandbox
from autograder.sandbox.jail_group import find_place
from autograder.sandbox.processes import machine_oom_kills

# Fills memory in one call, faster than polling.
FILL = """
import mmap
def fill(mebibytes):
    return mmap.mmap(-1, mebibytes * 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE)
"""


@pytest.fixture
def place(run_spec):
    """Return the place where groups can be created."""
    found = find_place(run_spec.limits)
    if found is None:
        pytest.skip("no control group can be made here: jails are watched alone")
    return found


def groups(place):
    """List the existing groups, one per controller."""
    return {path for folder in (place.memory, place.pids) for path in folder.glob(f"autograder-*-{os.getpid()}-*")}


def numbers(folders, *names):
    """Return the numbers in the files of these names, in any group."""
    return [int((folder / name).read_text()) for name in names for folder in folders if (folder / name).exists()]


def test_a_jail_is_in_a_group_of_its_own_while_it_lasts(place, write_stand_in, make_job, run_spec, desk, tmp_path):
    """The memory limit exceeds the documented one by an eighth; the group contains only the jail, and ends with it."""
    box = open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=write_stand_in("finish()\ntime.sleep(60)"))
    limits, processes = [], []

    def look(*_):
        folders = groups(place)
        limits.append(numbers(folders, "memory.max", "memory.limit_in_bytes", "pids.max"))
        processes.extend(len((folder / "cgroup.procs").read_text().split()) for folder in folders)

    run = box.run(make_job(), look)
    assert run.verdict is RunVerdict.COMPLETE, run.detail
    assert limits[0] == [576 * 2**20, 192]
    # bubblewrap outside and inside, and the notebook.
    assert set(processes) == {3}
    assert groups(place) == set()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("block = fill(1024)", id="the notebook itself"),
        pytest.param("if os.fork() == 0: fill(1024)\nos.wait()\ntime.sleep(9)", id="a child that it outlives"),
    ],
)
def test_whoever_fills_memory_at_one_stroke_is_stopped_at_the_limit(place, run_stand_in, body):
    """The kernel stops it; the verdict is a memory limit, and earlier values are kept."""
    run = run_stand_in(f"{FILL}\ntell(1)\n{body}\nfinish()", memory_mebibytes=256)
    assert (run.verdict, in_english(run.detail)) == (RunVerdict.LIMIT, "more than 256 MiB of memory")
    assert run.values == {"q01_probabilities": 1}
    # 288 MiB charged by the kernel, and Python's own files.
    assert run.usage.peak_memory_bytes < 320 * 2**20
    assert groups(place) == set()


def alive(pid):
    """Return whether a process is running and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_killed_command_left_is_ended(place, run_spec):
    """The next command removes the groups of a dead command, and leaves those of running commands alone."""
    script = (
        "import os, subprocess\n"
        "from autograder.sandbox.jail_group import GroupPlace, find_place\n"
        "from autograder.rubric.run_spec import Limits\n"
        f"limits = Limits.model_validate({run_spec.limits.model_dump()!r})\n"
        "command = find_place(limits).make(limits).command\n"
        "sleep = [*command, '/bin/sh', '-c', 'echo >&2; exec sleep 1000']\n"
        "left = subprocess.Popen(sleep, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)\n"
        "left.stderr.read(1)\n"
        "print(os.getpid(), left.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    pid, process = died.stdout.split()
    left = [folder for top in (place.memory, place.pids) for folder in top.glob(f"autograder-*-{pid}-*")]
    assert left
    assert alive(process)
    ours = place.make(run_spec.limits)
    assert find_place(run_spec.limits) == place
    assert not any(folder.exists() for folder in left)
    assert not alive(process)
    assert groups(place)
    ours.close()
    assert groups(place) == set()


@pytest.mark.slow
def test_where_no_group_can_be_made_a_jail_is_watched(run_stand_in, monkeypatch):
    """Without a group, overuse gets the same verdict, only later; the doctor says so and how to get groups."""
    monkeypatch.setattr("autograder.sandbox.jail_group._upwards", lambda _: iter(()))
    run = run_stand_in(
        "tell(1)\nblocks = []\nwhile True: blocks.append(bytearray(2**23))", memory_mebibytes=256, notebook_seconds=60
    )
    assert (run.verdict, in_english(run.detail)) == (RunVerdict.LIMIT, "more than 256 MiB of memory")
    from autograder.sandbox import examine_protections  # noqa: PLC0415 (under the changed name)

    lacking = [protection for protection in examine_protections() if not protection.holds]
    assert [(one.name, one.promised) for one in lacking] == [("limits by the kernel", False)]
    assert "systemd-run --user --scope" in lacking[0].remedy


@pytest.mark.slow
def test_a_neighbour_that_the_kernel_stops_changes_no_verdict(
    place, write_stand_in, make_job, run_spec, desk, tmp_path
):
    """A kill in another group while a notebook runs does not excuse this notebook's own death."""
    payload = write_stand_in(
        "send('cell', index=0, status='ok', seconds=0.0, error='')\ntime.sleep(3)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    box = open_sandbox("bubblewrap", run_spec, tmp_path, desk, payload=payload)
    killed = []

    def fill_a_neighbour(*_):
        before = machine_oom_kills()
        neighbour = place.make(run_spec.limits)
        subprocess.run([*neighbour.command, sys.executable, "-c", f"{FILL}\nfill(1024)"], check=False)
        neighbour.close()
        killed.append(machine_oom_kills() - before)

    run = box.run(make_job(), fill_a_neighbour)
    assert killed
    assert min(killed) > 0
    assert (run.verdict, run.doubtful) == (RunVerdict.CRASHED, True)
