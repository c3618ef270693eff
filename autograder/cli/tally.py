"""Counts what is done, running and failed of a command's submissions, with a steady estimate of the remaining time."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import Final

_LEAST_SHARE: Final = 0.02
"""A smaller share of the work allows no estimate of the rest."""
_WEIGHT: Final = 0.1
"""The weight of each new estimate, so that one slow notebook does not double it."""
_HOUR: Final = 3600


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
