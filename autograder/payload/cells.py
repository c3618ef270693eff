"""Runs the text of a cell in IPython, under a soft time limit, and says how it ended."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from .environment import is_installer_command

ERROR_CHARACTERS = 500
_SECONDS_BETWEEN_INTERRUPTS = 1.0


class CellTimeoutError(BaseException):
    """The cell has used up its time. Not an `Exception`, so that `except Exception` does not swallow it."""


@dataclass(frozen=True)
class Outcome:
    """How a cell ended: `ok`, `error` or `timeout`."""

    status: str
    seconds: float
    error: str


class QuietShell(InteractiveShell):
    """IPython without a kernel, in which installing packages does nothing."""

    def system(self, cmd: str) -> None:
        """Run a line that began with `!`, unless it would install something: there is no network."""
        if not is_installer_command(cmd):
            super().system(cmd)  # type: ignore[no-untyped-call]

    def ask_exit(self) -> None:
        """End the cell that called `exit()`, as `sys.exit()` does; there is no kernel to leave."""
        raise SystemExit


class CellRunner:
    """Runs cells one after the other in one namespace.

    Args:
        cell_seconds: After so long a cell is interrupted.
    """

    def __init__(self, cell_seconds: float) -> None:
        self._cell_seconds = cell_seconds
        self._shell: Any = _make_shell()
        self._interrupting = False
        self._interrupted = ""
        signal.signal(signal.SIGALRM, self._interrupt)

    @property
    def namespace(self) -> dict[str, Any]:
        """The variables of the notebook."""
        namespace: dict[str, Any] = self._shell.user_ns
        return namespace

    def run(self, source: str) -> Outcome:
        """Run one cell. Whatever it raises is its outcome, never ours."""
        self._interrupted = ""
        started = time.monotonic()
        error: BaseException | None = None
        try:
            try:
                self._start_clock()
                result = self._shell.run_cell(source, store_history=False)
                error = result.error_before_exec or result.error_in_exec
            finally:
                self._stop_clock()
        except BaseException as raised:  # noqa: BLE001 (IPython lets some of a cell's exceptions through)
            error = raised
        seconds = time.monotonic() - started
        if self._interrupted:
            return Outcome("timeout", seconds, self._interrupted)
        if error is not None:
            return Outcome("error", seconds, describe(error))
        return Outcome("ok", seconds, "")

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock of the running cell: what the trusted side takes is no time of the notebook's."""
        left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, left, interval)

    def end(self, reason: str) -> None:
        """End the running cell as a time-out does.

        Raises:
            CellTimeoutError: Always.
        """
        self._interrupted = reason
        raise CellTimeoutError(reason)

    def _start_clock(self) -> None:
        self._interrupting = True
        # Again and again: a bare `except:` may have swallowed the first one.
        signal.setitimer(signal.ITIMER_REAL, self._cell_seconds, _SECONDS_BETWEEN_INTERRUPTS)

    def _stop_clock(self) -> None:
        self._interrupting = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._interrupting:
            self.end(f"interrupted after {self._cell_seconds:g} seconds")


def describe(error: BaseException) -> str:
    """Return an exception's name and message on one short line."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 (a student's class may fail to print itself)
        text = f"{type(error).__name__}"
    return text.encode("utf-8", "replace").decode()[:ERROR_CHARACTERS]


def _make_shell() -> QuietShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    # Text that the notebook prints is wanted as it is; IPython's own cache of outputs would only hold memory.
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.xmode = "Plain"
    shell = QuietShell.instance(config=config)
    for name in ("matplotlib", "pip", "conda", "mamba", "micromamba", "uv"):
        shell.register_magic_function(_do_nothing, "line", name)  # type: ignore[arg-type]
    return shell


def _do_nothing(line: str) -> None:
    """Stand in for a magic that has no meaning here: the backend is set, and nothing can be installed."""
