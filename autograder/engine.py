"""Run many jobs side by side, hand each back as it ends, and let no fault of one end the batch.

At most as many jobs are begun and not yet dealt with by the caller as there are workers: a submission may weigh a
hundred megabytes, and those of a class must not lie in memory together.
"""

from __future__ import annotations

import collections
import os
import queue
import re
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.errors import EngineStopped, UsageError
from autograder.records import CellOutcome, Job, Run, RunVerdict, Usage

MOST_FAULTS = 5
"""After so many runs in a row that failed by our own fault, the engine stops."""


def default_workers() -> int:
    """Return how many notebooks to run at once: TensorFlow keeps two processors busy, so half of them."""
    return max(1, len(os.sched_getaffinity(0)) // 2)


def execute(run: Callable[[Job], Run], jobs: Sequence[Job], workers: int) -> Iterator[tuple[Job, Run]]:
    """Run the jobs, each in a thread that supervises one sandbox, and yield them in the order in which they end.

    Whatever `run` raises is our own fault: it becomes a run with the verdict INTERNAL. A run that failed by our fault
    is made once more, and so is one that somebody may have killed; the last one counts: a notebook that kills itself
    does so again. When the caller stops early, nothing more is begun and what is under way is abandoned.

    Args:
        run: Called from several threads at once.
        jobs: What to run; each is begun only when a thread is free for it.
        workers: How many run at once; 0 leaves it to `default_workers`.

    Raises:
        UsageError: `workers` is negative.
    """
    if workers < 0:
        raise UsageError(f"{workers} workers can run nothing", "workers", "ask for 1 or more, or 0 for half the cores")
    return _as_they_end(run, jobs, min(workers or default_workers(), len(jobs)))


def _as_they_end(run: Callable[[Job], Run], jobs: Sequence[Job], workers: int) -> Iterator[tuple[Job, Run]]:
    ended: queue.SimpleQueue[tuple[Job, Run]] = queue.SimpleQueue()
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    # One for each job that is begun; given back when the caller has dealt with it and asks for the next.
    places = threading.Semaphore(workers)
    stopped = threading.Event()
    for number in range(workers):
        # Daemons, which an executor's threads are not: Python waits for those before it exits, and whoever presses
        # Ctrl-C would sit there until the last notebook's time limit. A jail dies with the process that began it.
        threading.Thread(
            target=_work, args=(run, waiting, ended, places, stopped), name=f"sandbox-{number}", daemon=True
        ).start()
    faults: list[str] = []
    try:
        for _ in jobs:
            result = ended.get()
            faults = [*faults, result[1].detail] if _failed_by_us(result[1]) else []
            # The caller's alone: a name that still held it here would keep it in memory until the next one ends.
            handed_over = [result]
            del result
            yield handed_over.pop()
            if len(faults) == MOST_FAULTS:
                raise _stop(faults)
            places.release()
    finally:
        stopped.set()
        # Threads that wait for a place see the stop.
        for _ in range(workers):
            places.release()


def _work(
    run: Callable[[Job], Run],
    waiting: queue.SimpleQueue[Job],
    ended: queue.SimpleQueue[tuple[Job, Run]],
    places: threading.Semaphore,
    stopped: threading.Event,
) -> None:
    while True:
        places.acquire()
        if stopped.is_set():
            return
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            return
        ended.put((job, _run_as_needed(run, job, stopped)))


def _run_as_needed(run: Callable[[Job], Run], job: Job, stopped: threading.Event) -> Run:
    result = _attempt(run, job)
    # A fault of ours says nothing of the notebook: it does not use up the second run that a doubt calls for.
    for again in (_failed_by_us, _in_doubt):
        if again(result) and not stopped.is_set():
            result = _attempt(run, job)
    return result


def _stop(faults: Sequence[str]) -> EngineStopped:
    """Say what runs that failed by our own fault have in common, and what to do."""
    # Numbers of processes, lines or bytes make no other fault.
    alike = collections.defaultdict(list)
    for fault in faults:
        alike[re.sub(r"\d+", "", fault)].append(" ".join(fault.split()))
    if len(alike) == 1:
        reasons = f"each time {next(iter(alike.values()))[-1]}"
    else:
        reasons = "; ".join(f"{len(group)} times {group[-1]}" if group[1:] else group[0] for group in alike.values())
    return EngineStopped(
        f"stopped: the last {len(faults)} runs failed by a fault of ours, not of the notebooks: {reasons}",
        remedy="mend that (`autograder doctor` tries what this machine can do); the same command goes on from here",
    )


def _failed_by_us(result: Run) -> bool:
    return result.verdict is RunVerdict.INTERNAL


def _in_doubt(result: Run) -> bool:
    return result.doubtful


def _attempt(run: Callable[[Job], Run], job: Job) -> Run:
    try:
        return run(job)
    except BaseException as error:  # noqa: BLE001 (a thread that dies silently would leave the batch waiting for ever)
        return failed_by_us(job, error)


def failed_by_us(job: Job, error: BaseException) -> Run:
    """Return the run of a job that an exception kept us from running or from reading: no grade, and no fault of its."""
    return Run(
        job_id=job.id,
        verdict=RunVerdict.INTERNAL,
        detail=describe_fault(error),
        backend="",
        cells=tuple(CellOutcome(cell.index, "not run") for cell in job.cells),
        values={},
        trainings=(),
        evaluations=(),
        figures=(),
        versions={},
        usage=Usage(),
    )


def describe_fault(error: BaseException) -> str:
    """Say in one line what was raised, and where in our code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:500]}{place}"
