"""Runs the text of a cell in IPython under a soft time limit, and reports how it ended."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from traitlets.config import Config

from .cell_names import bound_names
from .shell import QuietShell
from .stand_ins import MissingModules

ERROR_CHARACTERS = 500
MOST_REMARKS = 20
MOST_NAMES = 50
_SECONDS_BETWEEN_INTERRUPTS = 1.0


class CellTimeoutError(BaseException):
    """The cell has used up its time. Not an `Exception`, so that `except Exception` does not swallow it."""


@dataclass(frozen=True)
class CellResult:
    """How a cell ended: `ok`, `error` or `timeout`."""

    status: str
    seconds: float
    error: str = ""
    detail: dict[str, Any] | None = None
    """What ended it if not an error: a code with its fields, as in `autograder.records`."""
    remarks: list[dict[str, Any]] = field(default_factory=list)
    """What was left out or replaced because it does not work here, each as a code with its fields."""
    unassigned: list[str] = field(default_factory=list)
    """The names that the cell would have bound, had it not ended early."""
    lacks_cell: int | None = None
    """The earlier cell that would have bound the name that this one did not find."""


class CellRunner:
    """Runs cells one after another in one namespace.

    Args:
        cell_seconds: The time after which a cell is interrupted, in seconds.
        watched: The variables that hold answers.
    """

    def __init__(self, cell_seconds: float, watched: Collection[str]) -> None:
        self._cell_seconds = cell_seconds
        self._remarks: list[dict[str, Any]] = []
        self._lost: dict[str, int] = {}
        self._shell = _make_shell()
        self._shell.report = self.remark
        self._shell.watched = watched
        self._missing = MissingModules(self.namespace, lambda module: self.remark("environment.module", module=module))
        self._missing.install()
        self._interrupting = False
        self._interrupted: dict[str, Any] = {}
        signal.signal(signal.SIGALRM, self._interrupt)

    @property
    def namespace(self) -> dict[str, Any]:
        """The variables of the notebook."""
        namespace: dict[str, Any] = self._shell.user_ns
        return namespace

    def run(self, source: str, index: int) -> CellResult:
        """Run the cell at an index. An exception of the cell becomes its result and is never raised here."""
        self._interrupted = {}
        self._remarks = []
        started = time.monotonic()
        error: BaseException | None = None
        try:
            try:
                self._start_clock()
                result = self._shell.run_cell(source, store_history=False)  # type: ignore[no-untyped-call]
                error = result.error_before_exec or result.error_in_exec
            finally:
                self._stop_clock()
        except BaseException as raised:  # noqa: BLE001 (IPython lets some of a cell's exceptions through)
            error = raised
        seconds = time.monotonic() - started
        self._missing.forget()
        if not self._interrupted and error is None:
            return CellResult("ok", seconds, remarks=self._remarks)
        lacking = error.name if type(error) is NameError else None
        lacks_cell = self._lost.get(lacking) if type(lacking) is str else None
        if isinstance(error, SyntaxError):
            # Nothing of the cell has run, and later cells need what it imports.
            self._shell.make_imports(self._shell.statements(source), f"<cell {index}>")
        unassigned = self._lose_names(source, index)
        if self._interrupted:
            return CellResult("timeout", seconds, "", self._interrupted, self._remarks, unassigned, lacks_cell)
        return CellResult("error", seconds, describe(error), None, self._remarks, unassigned, lacks_cell)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock of the running cell while the trusted side works."""
        left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, left, interval)

    def end(self, code: str, **fields: float) -> None:
        """End the running cell as a time-out does, with a code and its fields as the reason.

        Raises:
            CellTimeoutError: Always.
        """
        self._interrupted = {"code": code, "fields": fields}
        raise CellTimeoutError(code)

    def remark(self, code: str, **fields: str) -> None:
        """Note what does not work here as in the notebook's own environment, once for a cell."""
        remark = {"code": code, "fields": {name: _encodable(text) for name, text in fields.items()}}
        if remark not in self._remarks and len(self._remarks) < MOST_REMARKS:
            self._remarks.append(remark)

    def _lose_names(self, source: str, index: int) -> list[str]:
        """Return the names that a failed cell left unbound, and remember whose they are."""
        bound = set(bound_names(self._shell.statements(source)))
        lost = sorted(name for name in bound if name not in self.namespace)[:MOST_NAMES]
        self._lost |= dict.fromkeys(lost, index)
        return list(map(_encodable, lost))

    def _start_clock(self) -> None:
        self._interrupting = True
        # Repeated, since a bare `except:` may swallow the first interruption.
        signal.setitimer(signal.ITIMER_REAL, self._cell_seconds, _SECONDS_BETWEEN_INTERRUPTS)

    def _stop_clock(self) -> None:
        self._interrupting = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._interrupting:
            self.end("cell.interrupted", seconds=float(self._cell_seconds))


def describe(error: BaseException) -> str:
    """Return an exception's name and message on one short line."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 (a student's `__str__` may raise)
        text = f"{type(error).__name__}"
    return _encodable(text)


def _encodable(text: str) -> str:
    return text[:ERROR_CHARACTERS].encode("utf-8", "replace").decode()


def _make_shell() -> QuietShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    # Printed text must stay as it is; IPython's cache of outputs would only keep memory in use.
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.xmode = "Plain"
    shell: QuietShell = QuietShell.instance(config=config)
    return shell
