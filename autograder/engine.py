"""Run many jobs side by side, hand each back as it ends, and let no fault of one end the batch."""

from __future__ import annotations

import os
import queue
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.errors import UsageError
from autograder.records import CellOutcome, Job, Run, RunVerdict, Usage


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
    # A caller that is slow to take results holds the threads back, instead of letting runs of megabytes pile up.
    ended: queue.Queue[tuple[Job, Run]] = queue.Queue(maxsize=max(1, workers))
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    stopped = threading.Event()
    for number in range(workers):
        # Daemons, which an executor's threads are not: Python waits for those before it exits, and whoever presses
        # Ctrl-C would sit there until the last notebook's time limit. A jail dies with the process that began it.
        threading.Thread(
            target=_work, args=(run, waiting, ended, stopped), name=f"sandbox-{number}", daemon=True
        ).start()
    try:
        for _ in jobs:
            yield ended.get()
    finally:
        stopped.set()
        # A thread that waits to hand over its result sees the stop once there is room.
        while not ended.empty():
            ended.get_nowait()


def _work(
    run: Callable[[Job], Run],
    waiting: queue.SimpleQueue[Job],
    ended: queue.Queue[tuple[Job, Run]],
    stopped: threading.Event,
) -> None:
    while not stopped.is_set():
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            return
        result = _attempt(run, job)
        # A fault of ours says nothing of the notebook: it does not use up the second run that a doubt calls for.
        for again in (_failed_by_us, _in_doubt):
            if again(result) and not stopped.is_set():
                result = _attempt(run, job)
        ended.put((job, result))


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
