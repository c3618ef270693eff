"""The engine: order of completion, limits, faults and interruption."""

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

import autograder
from autograder.engine import default_workers, execute
from autograder.errors import EngineStopped, EnvironmentFault, UsageError
from autograder.records import Cell, CellOutcome, Job, Run, RunVerdict, Usage
from autograder.report import in_english


def make_job(name):
    """Return a job of two cells."""
    return Job(name, name, f"{name}.ipynb", "0" * 64, "en", (Cell(1, "x = 1"), Cell(3, "y = 2")))


def make_run(job):
    """Return a run without problems."""
    return Run(job.id, RunVerdict.COMPLETE, None, "stand-in", (), {}, (), (), (), {}, Usage())


JOBS = [make_job(name) for name in ("ana", "bia", "caio", "davi")]


def test_every_job_comes_back_once_with_its_own_run():
    """No job is lost, repeated or given another's run."""
    results = list(execute(make_run, JOBS, workers=2))
    assert sorted(job.id for job, _ in results) == ["ana", "bia", "caio", "davi"]
    assert all(run.job_id == job.id for job, run in results)


def test_results_come_in_the_order_in_which_they_end():
    """A quick notebook does not wait for a slow one that started before it."""
    others_have_ended = threading.Event()

    def run(job):
        if job.id == "ana":
            assert others_have_ended.wait(20)
        return make_run(job)

    order = []
    for job, _ in execute(run, JOBS, workers=2):
        order.append(job.id)
        if len(order) == 3:
            others_have_ended.set()
    assert order == ["bia", "caio", "davi", "ana"]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_no_more_than_the_asked_number_run_at_once(workers):
    """Neither more nor fewer than allowed run at once."""
    lock = threading.Lock()
    running, seen = set(), []

    def run(job):
        with lock:
            running.add(job.id)
            seen.append(len(running))
        time.sleep(0.05)
        with lock:
            running.remove(job.id)
        return make_run(job)

    list(execute(run, JOBS, workers))
    assert max(seen) == workers


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        pytest.param(EnvironmentFault("bwrap is missing"), "EnvironmentFault: bwrap is missing", id="ours"),
        pytest.param(ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero", id="bug"),
        pytest.param(SystemExit(3), "SystemExit: 3", id="exit"),
    ],
)
def test_a_fault_of_ours_is_an_internal_run_and_the_batch_goes_on(error, detail):
    """An exception makes that job's run INTERNAL, with what went wrong and where."""

    def run(job):
        if job.id == "bia":
            raise error
        return make_run(job)

    runs = {job.id: run for job, run in execute(run, JOBS, workers=2)}
    assert runs["bia"].verdict is RunVerdict.INTERNAL
    assert in_english(runs["bia"].detail).startswith(detail)
    assert "test_engine.py, line" in in_english(runs["bia"].detail)
    assert runs["bia"].cells == (CellOutcome(1, "not run"), CellOutcome(3, "not run"))
    assert {runs[name].verdict for name in ("ana", "caio", "davi")} == {RunVerdict.COMPLETE}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(RunVerdict.CRASHED, RunVerdict.COMPLETE, RunVerdict.COMPLETE, id="killed by somebody else"),
        pytest.param(RunVerdict.CRASHED, RunVerdict.CRASHED, RunVerdict.CRASHED, id="kills itself"),
        pytest.param(RunVerdict.INTERNAL, RunVerdict.COMPLETE, RunVerdict.COMPLETE, id="our fault, once"),
        pytest.param(RunVerdict.INTERNAL, RunVerdict.INTERNAL, RunVerdict.INTERNAL, id="our fault, again"),
    ],
)
def test_a_run_in_doubt_is_made_once_more_and_the_second_one_counts(first, second, expected):
    """We cannot see who sent a signal, so a notebook counts as crashed only if it dies again."""
    verdicts = iter([first, second, RunVerdict.COMPLETE])

    def run(job):
        verdict = next(verdicts)
        return dataclasses.replace(make_run(job), verdict=verdict, doubtful=verdict is RunVerdict.CRASHED)

    [(_, result)] = execute(run, JOBS[:1], workers=1)
    assert result.verdict is expected
    assert next(verdicts) is RunVerdict.COMPLETE


def test_a_fault_of_ours_does_not_use_up_the_second_run_of_a_doubt():
    """If first the jail and then the notebook was killed, the notebook has died only once."""
    verdicts = iter([RunVerdict.INTERNAL, RunVerdict.CRASHED, RunVerdict.COMPLETE])

    def run(job):
        verdict = next(verdicts)
        return dataclasses.replace(make_run(job), verdict=verdict, doubtful=verdict is RunVerdict.CRASHED)

    [(_, result)] = execute(run, JOBS[:1], workers=1)
    assert result.verdict is RunVerdict.COMPLETE


def test_a_run_without_doubt_is_made_once():
    """A notebook that crashed by itself is not run for another forty minutes."""
    begun = []

    def run(job):
        begun.append(job.id)
        return dataclasses.replace(make_run(job), verdict=RunVerdict.CRASHED)

    assert next(execute(run, JOBS[:1], workers=1))[1].verdict is RunVerdict.CRASHED
    assert begun == ["ana"]


def test_closing_begins_nothing_more():
    """If the caller stops early, jobs that had not started are left alone."""
    begun = []
    gate = threading.Event()

    def run(job):
        begun.append(job.id)
        if job.id != "ana":
            gate.wait(20)
        return make_run(job)

    results = execute(run, JOBS, workers=1)
    assert next(results)[0].id == "ana"
    results.close()
    gate.set()
    for thread in threading.enumerate():
        if thread.name.startswith("sandbox-"):
            thread.join(20)
    assert "davi" not in begun
    assert len(begun) <= 2


def test_a_slow_caller_holds_the_threads_back():
    """Results do not accumulate in memory while the caller is busy with the first."""
    begun = []

    def run(job):
        begun.append(job.id)
        return make_run(job)

    results = execute(run, [make_job(str(number)) for number in range(50)], workers=1)
    next(results)
    time.sleep(0.3)
    assert len(begun) <= 4
    results.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_no_more_is_begun_than_the_caller_has_dealt_with(workers):
    """One submission's memory is freed before the next is started: there are never more than the workers' own."""
    begun, dealt_with = [], 0

    def run(job):
        begun.append(job.id)
        return make_run(job)

    for _ in execute(run, [make_job(str(number)) for number in range(12)], workers):
        time.sleep(0.02)
        assert len(begun) <= dealt_with + workers
        dealt_with += 1
    assert dealt_with == 12


def faulty(*names):
    """Return a function that runs jobs and fails for some of them because of the grader."""

    def run(job):
        if job.id in names:
            raise EnvironmentFault("no room", job.id if len(names) > 5 else "", "make some")
        return make_run(job)

    return run


def test_five_faults_of_ours_in_a_row_end_the_batch_and_say_what_they_have_in_common():
    """Each of the five is returned, no more jobs are started, and the error says why and what to do."""
    jobs, seen = [make_job(str(number)) for number in range(20)], []

    def go_through():
        for job, _ in execute(faulty("3", "4", "5", "6", "7"), jobs, 1, in_english):
            seen.append(job.id)

    with pytest.raises(EngineStopped, match=r"the last 5 runs failed by a fault of ours, .*: each time") as error:
        go_through()
    assert seen == ["0", "1", "2", "3", "4", "5", "6", "7"]
    assert "EnvironmentFault: no room (make some) (test_engine.py, line" in str(error.value)
    assert "the same command goes on from here" in str(error.value)


def test_different_faults_are_all_named():
    """Without a common cause, all are listed."""
    names = list("abcdef")
    with pytest.raises(EngineStopped, match=r"a: no room .*; .*e: no room"):
        list(execute(faulty(*names), [make_job(name) for name in names], 1, in_english))


def test_faults_that_differ_by_a_number_alone_are_one():
    """Faults that differ only in process, line or size count as equal."""
    names = [str(number) for number in range(6)]
    with pytest.raises(EngineStopped, match=r"each time EnvironmentFault: 4: no room"):
        list(execute(faulty(*names), [make_job(name) for name in names], 1, in_english))


def test_faults_that_are_not_in_a_row_end_nothing():
    """A success in between shows that the machine works."""
    names = [str(number) for number in range(20)]
    bad = {name for name in names if int(name) % 5}
    runs = [run for _, run in execute(faulty(*bad), [make_job(name) for name in names], workers=1)]
    assert sum(run.verdict is RunVerdict.INTERNAL for run in runs) == 16


def test_nothing_to_run_yields_nothing():
    """An empty batch ends at once."""
    assert list(execute(make_run, [], workers=3)) == []


def test_a_negative_number_of_workers_is_refused_before_anything_runs():
    """The error comes at the call, not at the first result."""
    with pytest.raises(UsageError, match="-1 workers can run nothing"):
        execute(make_run, JOBS, workers=-1)


def test_no_number_of_workers_means_as_many_as_suit_the_machine():
    """0 means the default and runs everything."""
    assert len(list(execute(make_run, JOBS, workers=0))) == len(JOBS)


def test_there_is_always_a_worker():
    """A machine with one processor grades too, and at most half of the processors are used."""
    processors = len(os.sched_getaffinity(0))
    assert 1 <= default_workers() <= max(1, processors // 2)
    assert default_workers(known=True) == processors


def test_an_interrupt_ends_the_command_without_waiting_for_what_runs():
    """Ctrl-C during a long notebook ends the process quickly, not after the notebook's time limit."""
    script = """
        import time
        from autograder.engine import execute
        from autograder.records import Cell, Job
        def run(job):
            print("begun", flush=True)
            time.sleep(300)
        list(execute(run, [Job("a", "a", "a", "0", "en", ())], 1))
    """
    # "-c" finds the package in the working folder, whether or not it is installed.
    folder = Path(autograder.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout.readline() == b"begun\n"
        time.sleep(0.5)  # now the command waits for the notebook
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == -signal.SIGINT
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
