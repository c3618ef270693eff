"""Writes pages and tables after changes, in a thread of its own, since those of a large class take longer than a click.

Changes that come while it writes are written together afterwards. As long as anything is left to write, this process
holds the lock of the folder, so that no other command can write older pages over newer ones.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.errors import AutograderError
from autograder.gradebook import Hold


class ResultsWriter:
    """The folder's lock, which requests and the writing thread share, and what is left to write.

    Args:
        folder: The folder of results.
        write: Writes its pages and tables from the gradebook as it stands; called without any lock of this class.
    """

    def __init__(self, folder: Path, write: Callable[[], None]) -> None:
        self._folder = folder
        self._write = write
        self._lock = threading.Lock()
        self._hold: Hold | None = None
        self._users = 0
        self._asked = False
        self._thread: threading.Thread | None = None
        self.fault: AutograderError | None = None
        """Why the last writing failed; None if it did not."""

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Hold the folder's lock.

        Raises:
            EnvironmentFault: Another command holds it.
        """
        self._take()
        try:
            yield
        finally:
            self._give_back()

    def ask(self) -> None:
        """Have everything written, now or after what is being written; call it while `holding`."""
        with self._lock:
            self._asked = True
            if self._thread is None:
                # The thread's own share of the lock: there is no moment at which another command could come between.
                self._users += 1
                self._thread = threading.Thread(target=self._run, name="results")
                self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until everything is written; return whether it is."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        while self._is_asked():
            try:
                self._write()
                self.fault = None
            except AutograderError as error:
                self.fault = error
            except Exception as error:  # noqa: BLE001 (a fault of ours is told on every page)
                self.fault = AutograderError(f"{type(error).__name__}: {error}", "autograder")

    def _is_asked(self) -> bool:
        """Tell the thread whether there is anything to write; if not, it ends."""
        with self._lock:
            asked, self._asked = self._asked, False
            if not asked:
                self._thread = None
                self._leave()
            return asked

    def _take(self) -> None:
        with self._lock:
            if self._hold is None:
                self._hold = Hold(self._folder)
            self._users += 1

    def _give_back(self) -> None:
        with self._lock:
            self._leave()

    def _leave(self) -> None:
        self._users -= 1
        if not self._users and self._hold is not None:
            self._hold.let_go()
            self._hold = None
