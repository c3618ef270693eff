"""Run many jobs in parallel, return each as it ends, and let no single failure end the batch.

At most as many jobs as there are workers are started and not yet consumed by the caller: a submission may take a
hundred megabytes, and those of a class must not be in memory together.
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
from autograder.records import CellOutcome, Detail, Job, Run, RunVerdict, Usage

MOST_FAULTS = 5
"""The engine stops after this many runs in a row that failed because of the grader."""


def default_workers(*, known: bool = False) -> int:
    """Return how many notebooks to run at once.

    Args:
        known: Most trainings are known, so that a notebook keeps one processor busy; one that trains keeps two.
    """
    processors = len(os.sched_getaffinity(0))
    return processors if known else max(1, processors // 2)


def execute(
    run: Callable[[Job], Run], jobs: Sequence[Job], workers: int, say: Callable[[Detail], str] = str
) -> Iterator[tuple[Job, Run]]:
    """Run the jobs, each in a thread that supervises one sandbox, and yield them in the order in which they end.

    An exception from `run` is the grader's fault: it becomes a run with the verdict INTERNAL. Such a run is repeated
    once, and so is one that may have been killed from outside; the last run counts, since a notebook that kills itself
    does so again. If the caller stops early, no more jobs are started and running ones are abandoned.

    Args:
        run: Called from several threads at once.
        jobs: What to run; each is begun only when a thread is free for it.
        workers: How many run at once; 0 leaves it to `default_workers`.
        say: Describes why a run ended, for the error that stops the engine.

    Raises:
        UsageError: `workers` is negative.
    """
    if workers < 0:
        raise UsageError(f"{workers} workers can run nothing", "workers", "ask for 1 or more, or 0 for half the cores")
    return _as_they_end(run, jobs, min(workers or default_workers(), len(jobs)), say)


def _as_they_end(
    run: Callable[[Job], Run], jobs: Sequence[Job], workers: int, say: Callable[[Detail], str]
) -> Iterator[tuple[Job, Run]]:
    ended: queue.SimpleQueue[tuple[Job, Run]] = queue.SimpleQueue()
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    # One permit per started job, released when the caller asks for the next one.
    places = threading.Semaphore(workers)
    stopped = threading.Event()
    for number in range(workers):
        # Daemon threads, unlike an executor's, for which Python waits at exit: after Ctrl-C that could take until the
        # last notebook's time limit. A jail dies with the process that started it.
        threading.Thread(
            target=_work, args=(run, waiting, ended, places, stopped), name=f"sandbox-{number}", daemon=True
        ).start()
    faults: list[Detail] = []
    try:
        for _ in jobs:
            result = ended.get()
            faults = [*faults, fault] if (fault := _fault_of_ours(result[1])) is not None else []
            # Keep no reference here, which would hold the run in memory until the next one ends.
            handed_over = [result]
            del result
            yield handed_over.pop()
            if len(faults) == MOST_FAULTS:
                raise _stop([say(fault) for fault in faults])
            places.release()
    finally:
        stopped.set()
        # Let waiting threads notice the stop.
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
    # A grader fault does not use up the repetition for a run that may have been killed from outside.
    for again in (_failed_by_us, _in_doubt):
        if again(result) and not stopped.is_set():
            result = _attempt(run, job)
    return result


def _stop(faults: Sequence[str]) -> EngineStopped:
    """Summarise what runs that failed because of the grader have in common, and what to do."""
    # Faults that differ only in numbers (processes, lines, bytes) are the same.
    alike = collections.defaultdict(list)
    for fault in faults:
        alike[re.sub(r"\d+", "", fault)].append(" ".join(fault.split()))
    if len(alike) == 1:
        reasons = f"each time {next(iter(alike.values()))[-1]}"
    else:
        reasons = "; ".join(f"{len(group)} times {group[-1]}" if group[1:] else group[0] for group in alike.values())
    return EngineStopped(
        f"stopped: the last {len(faults)} runs failed by a fault of ours, not of the notebooks: {reasons}",
        remedy="fix that (`autograder doctor` tests what this machine can do); the same command goes on from here",
    )


def _fault_of_ours(result: Run) -> Detail | None:
    return result.detail if _failed_by_us(result) else None


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
    """Return the INTERNAL run of a job whose execution or examination raised: no grade, and never a zero."""
    return Run(
        job_id=job.id,
        verdict=RunVerdict.INTERNAL,
        detail=Detail.of("error", error=describe_fault(error)),
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
    """Describe an exception in one line, with its place in our code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:500]}{place}"
