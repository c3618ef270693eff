"""Progress while notebooks run: how many are done, and a steady estimate of the remaining time."""

from __future__ import annotations

import dataclasses
import json
import threading
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
from autograder.cli.tally import State, Surroundings, Tally

_MINUTE: Final = 60
_BAR_WIDTH: Final = 20

ProgressForm = Annotated[
    Literal["auto", "bar", "json"],
    typer.Option("--progress", help="On stderr: a bar on a terminal, always a bar, or lines of JSON for a program."),
]


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
