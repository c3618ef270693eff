"""Waiting for answers: a bell that any thread may ring, and a clock that stops meanwhile."""

from __future__ import annotations

import os
import threading
import time
from typing import Self


class Bell:
    """Wakes a selector from any thread; a context manager, and ringing after its end does nothing.

    A training may outlive the notebook that ordered it, so the thread that rings cannot know whether anyone listens.
    """

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._open = True
        self.descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._open = False
            os.close(self.descriptor)

    def ring(self) -> None:
        """Make the descriptor readable."""
        with self._lock:
            if self._open:
                os.eventfd_write(self.descriptor, 1)

    def clear(self) -> None:
        """Make the descriptor unreadable until the next `ring`."""
        os.eventfd_read(self.descriptor)


class NotebookClock:
    """The notebook's own time in seconds, which excludes waiting for trainings."""

    def __init__(self) -> None:
        self._stood_still = 0.0
        self._still_since: float | None = None

    def now(self) -> float:
        """Return the current time in seconds, from an arbitrary start."""
        return (time.monotonic() if self._still_since is None else self._still_since) - self._stood_still

    def stand_still(self, *, still: bool) -> None:
        """Stop or resume the clock."""
        if still and self._still_since is None:
            self._still_since = time.monotonic()
        elif not still and self._still_since is not None:
            self._stood_still += time.monotonic() - self._still_since
            self._still_since = None
