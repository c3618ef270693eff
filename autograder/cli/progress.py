"""Progress while notebooks run: how many are done, and a steady estimate of the remaining time."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Final, Literal, Protocol

import typer
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

from autograder.cli.app import PlainConsole, stderr

_LEAST_SHARE: Final = 0.02
"""A smaller share of the work allows no estimate of the rest."""
_WEIGHT: Final = 0.1
"""The weight of each new estimate, so that one slow notebook does not double it."""
_MINUTE: Final = 60
_HOUR: Final = 3600
_BAR_WIDTH: Final = 20

ProgressForm = Annotated[
    Literal["auto", "bar", "json"],
    typer.Option("--progress", help="On stderr: a bar on a terminal, always a bar, or lines of JSON for a program."),
]


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


@dataclasses.dataclass(frozen=True, slots=True)
class Surroundings:
    """What goes on beside the notebooks: orders that are being trained here, and machines that execute."""

    orders_in_flight: int = 0
    machines: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """How far a command is. `per_hour` counts what was executed; times are in seconds, None while unknown."""

    total: int
    done: int
    running: int
    failed: int
    per_hour: float | None
    seconds_left: float | None
    orders_in_flight: int
    machines: int


class Tally:
    """Counts submissions as they start, advance by their cells, and end. Call it from any thread.

    Args:
        count: How many there are.
        surroundings: Tells what goes on beside them.
        now: The clock, in seconds.
    """

    def __init__(
        self, count: int, surroundings: Callable[[], Surroundings], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._count = count
        self._surroundings = surroundings
        self._now = now
        self._begun = now()
        self._time = TimeLeft(now)
        self._shares: dict[str, float] = {}
        self._ended: set[str] = set()
        self._failed = 0
        self._executed = 0
        self._lock = threading.Lock()

    def observe(self, job_id: str, done: int, total: int) -> None:
        """Note how many of a notebook's cells are done."""
        with self._lock:
            # One that is executed again, or elsewhere, does not go back.
            self._shares[job_id] = max(done / total if total else 0.0, self._shares.get(job_id, 0.0))

    def finish(self, job_id: str, *, failed: bool, executed: bool) -> None:
        """Note that a submission is done, whether or not it was executed."""
        with self._lock:
            self._shares[job_id] = 1.0
            self._ended.add(job_id)
            self._failed += failed
            self._executed += executed

    @property
    def completed(self) -> float:
        """The number of submissions, parts of them included, that are done."""
        with self._lock:
            return sum(self._shares.values())

    def state(self) -> State:
        """Return how far the command is."""
        around = self._surroundings()
        with self._lock:
            seconds = self._now() - self._begun
            return State(
                total=self._count,
                done=len(self._ended),
                running=len(self._shares.keys() - self._ended),
                failed=self._failed,
                per_hour=round(self._executed * _HOUR / seconds, 1) if self._executed and seconds else None,
                seconds_left=self._time.update(sum(self._shares.values()) / max(1, self._count)),
                orders_in_flight=around.orders_in_flight,
                machines=around.machines,
            )


class SubmissionProgress(Protocol):
    """Shows how far a command is."""

    def observe(self, job_id: str, done: int, total: int) -> None:
        """See `Tally`."""
        ...

    def finish(self, job_id: str, *, failed: bool = False, executed: bool = True) -> None:
        """See `Tally`."""
        ...

    def say(self, line: str) -> None:
        """Print a line."""
        ...


class BarProgress:
    """A bar that advances within a submission too, and what else there is to count behind it."""

    def __init__(self, progress: Progress, what: str, count: int, tally: Tally) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=max(1, count), done=f"0 of {count}", left="", beside="")
        self._tally = tally

    def observe(self, job_id: str, done: int, total: int) -> None:
        """See `SubmissionProgress`."""
        self._tally.observe(job_id, done, total)
        self._update()

    def finish(self, job_id: str, *, failed: bool = False, executed: bool = True) -> None:
        """See `SubmissionProgress`."""
        self._tally.finish(job_id, failed=failed, executed=executed)
        self._update()

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(escape(line), highlight=False, soft_wrap=True)

    def _update(self) -> None:
        state = self._tally.state()
        self._progress.update(
            self._task,
            completed=self._tally.completed,
            done=f"{state.done} of {state.total}",
            left=_time_left(state.seconds_left),
            beside=beside(state),
        )


class JsonProgress:
    """One line of JSON on stderr for each event, for a program to read."""

    def __init__(self, what: str, tally: Tally) -> None:
        self._what = what
        self._tally = tally
        self._last = (-1, -1)
        self._lock = threading.Lock()
        self._update()

    def observe(self, job_id: str, done: int, total: int) -> None:
        """See `SubmissionProgress`; cells alone are no event."""
        self._tally.observe(job_id, done, total)
        self._update()

    def finish(self, job_id: str, *, failed: bool = False, executed: bool = True) -> None:
        """See `SubmissionProgress`."""
        self._tally.finish(job_id, failed=failed, executed=executed)
        self._update()

    def say(self, line: str) -> None:
        """Print a line as an event."""
        _print_event({"event": "line", "text": line})

    def _update(self) -> None:
        with self._lock:
            state = self._tally.state()
            if (state.done, state.running) != self._last:
                self._last = (state.done, state.running)
                _print_event({"event": "progress", "what": self._what, **dataclasses.asdict(state)})


def _print_event(event: Mapping[str, object]) -> None:
    stderr.print(json.dumps(event), highlight=False, markup=False, soft_wrap=True)


def beside(state: State) -> str:
    """Return what is worth saying behind the bar.

    >>> beside(State(6, 3, 2, 1, 640.0, None, 0, 2))
    '2 running, 1 failed, 640/h, 2 machines'
    """
    said = [
        f"{state.running} running" if state.running else "",
        f"{state.failed} failed" if state.failed else "",
        f"{state.orders_in_flight} trainings" if state.orders_in_flight else "",
        f"{state.per_hour:.0f}/h" if state.per_hour else "",
        f"{state.machines} machines" if state.machines > 1 else "",
    ]
    return ", ".join(filter(None, said))


def _time_left(seconds: float | None) -> str:
    """Format an estimate as precisely as it is known: in minutes, then in parts of a minute.

    >>> _time_left(200), _time_left(42), _time_left(None)
    ('about 4 min left', 'under a minute left', '')
    """
    if seconds is None:
        return ""
    return f"about {-(-int(seconds) // _MINUTE)} min left" if seconds >= _MINUTE else "under a minute left"


@contextmanager
def submission_progress(
    what: str, count: int, form: ProgressForm = "auto", surroundings: Callable[[], Surroundings] = Surroundings
) -> Iterator[SubmissionProgress]:
    """Show progress on stderr, with the remaining time.

    Args:
        what: What is counted.
        count: How many there are.
        form: `auto` draws a bar on a terminal and nothing elsewhere, `bar` draws it everywhere, `json` prints lines.
        surroundings: Tells what goes on beside them.
    """
    tally = Tally(count, surroundings)
    if form == "json":
        yield JsonProgress(what, tally)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(_BAR_WIDTH),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[beside]}"),
    )
    console = PlainConsole(stderr=True, force_terminal=True) if form == "bar" else stderr
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarProgress(progress, what, count, tally)


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
