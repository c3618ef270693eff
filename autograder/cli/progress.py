"""Progress while notebooks run: how many are done, and a steady estimate of the remaining time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from autograder.cli.app import stderr

_LEAST_SHARE: Final = 0.02
"""A smaller share of the work allows no estimate of the rest."""
_WEIGHT: Final = 0.1
"""The weight of each new estimate, so that one slow notebook does not double it."""
_MINUTE: Final = 60


class TimeLeft:
    """The remaining time in seconds: it counts down, and new estimates change it gently.

    Args:
        now: The clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begun = self._last = now()
        self._left: float | None = None

    def update(self, share: float) -> float | None:
        """Take the share of the work that is done, and return the remaining time; None if unknown."""
        now = self._now()
        passed, self._last = now - self._last, now
        if share < _LEAST_SHARE:
            return None
        guess = (now - self._begun) * (1 - share) / share
        if self._left is None:
            self._left = guess
        else:
            counted_down = self._left - passed
            self._left = max(0.0, counted_down + _WEIGHT * (guess - counted_down))
        return self._left


class SubmissionProgress:
    """Counts submissions; the bar also advances within one, by its cells."""

    def __init__(self, progress: Progress, what: str, count: int) -> None:
        self._progress = progress
        self._count = count
        self._task = progress.add_task(what, total=max(1, count), done=f"0 of {count}", left="")
        self._shares: dict[str, float] = {}
        self._time = TimeLeft()
        self._lock = threading.Lock()

    def observe(self, job_id: str, done: int, total: int) -> None:
        """Note how many of a notebook's cells are done, from any thread."""
        self._take(job_id, done / total if total else 1.0)

    def finish(self, job_id: str) -> None:
        """Note that a submission is done, whether or not it was executed."""
        self._take(job_id, 1.0)

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(escape(line), highlight=False, soft_wrap=True)

    def _take(self, job_id: str, share: float) -> None:
        with self._lock:
            self._shares[job_id] = max(share, self._shares.get(job_id, 0.0))
            whole = sum(share >= 1 for share in self._shares.values())
            completed = sum(self._shares.values())
            left = self._time.update(completed / max(1, self._count))
            self._progress.update(
                self._task, completed=completed, done=f"{whole} of {self._count}", left=_time_left(left)
            )


def _time_left(seconds: float | None) -> str:
    """Format an estimate as precisely as it is known: in minutes, then in parts of a minute.

    >>> _time_left(200), _time_left(42), _time_left(None)
    ('about 4 min left', 'under a minute left', '')
    """
    if seconds is None:
        return ""
    return f"about {-(-int(seconds) // _MINUTE)} min left" if seconds >= _MINUTE else "under a minute left"


@contextmanager
def submission_progress(what: str, count: int) -> Iterator[SubmissionProgress]:
    """Show a progress bar on stderr with the remaining time."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=stderr, transient=True) as progress:
        yield SubmissionProgress(progress, what, count)


@contextmanager
def download_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Provide a function that shows a progress bar per file on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(*columns, console=stderr, transient=True)
    tasks: dict[str, TaskID] = {}

    def observe(name: str, done: int, total: int) -> None:
        if name not in tasks:
            progress.start()
            tasks[name] = progress.add_task(f"fetching {name}")
        progress.update(tasks[name], completed=done, total=total or None)

    try:
        yield observe
    finally:
        if tasks:
            progress.stop()
