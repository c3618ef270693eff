"""The protocol state of one execution: takes in frames, updates the state of a Run, returns questions for the sandbox.

This module uses no clock, process or file, so tests can try any forged frame. A frame that the honest payload would
never send ends the conversation: student code runs in the payload's process, so a malformed frame means that it wrote
to the pipe itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from autograder.errors import WireError
from autograder.records import JSON, CellOutcome, Detail, Job, RunVerdict, admit_detail, shown
from autograder.sandbox.ending import Ending, RunningCell
from autograder.sandbox.message_fields import MAXIMUM_TEXT, checked_field, field
from autograder.sandbox.order_frames import Ordering

MAXIMUM_ELEMENTS = 2_000_000
"""The most JSON elements (numbers, texts, containers) accepted in total. A byte limit alone does not bound memory: an
empty list takes three bytes in a frame and twenty times that in Python."""

MAXIMUM_ELEMENTS_OF_A_VALUE = 50_000
"""A larger value fits no answer of an assignment; it is kept as unsupported, like one over the payload's own limit."""

MAXIMUM_FIGURES = 100
MAXIMUM_VERSIONS = 32

_CELL_ENDINGS: dict[str, Literal["ok", "error", "timeout"]] = {"ok": "ok", "error": "error", "timeout": "timeout"}

_CELL_DETAILS = frozenset({"cell.interrupted", "cell.trainings"})
_REMARKS = frozenset({"environment.backend", "environment.module", "environment.magic", "environment.statement"})
MAXIMUM_REMARKS = 20
MAXIMUM_NAMES = 50
_TOO_MANY_ELEMENTS = {"code": "unsupported.elements", "fields": {"count": MAXIMUM_ELEMENTS_OF_A_VALUE}}

Question = dict[str, Any]
"""A message to the sandbox."""


class Conversation:
    """Processes the frames of one execution.

    Args:
        job: The job being executed.
        watched: Names of the variables whose values are kept; others are dropped.
        evidence_bytes: The most bytes of frames accepted, order arrays excluded.
        ordering: Handles orders, their arrays, and reported calls.
    """

    def __init__(self, job: Job, watched: frozenset[str], evidence_bytes: int, ordering: Ordering) -> None:
        self._job = job
        self._watched = watched
        self._evidence_bytes = evidence_bytes
        self._ordering = ordering
        self._waiting = deque(cell.index for cell in job.cells)
        self._ended: dict[int, CellOutcome] = {}
        self._received_bytes = 0
        self._received_elements = 0
        self.values: dict[str, JSON] = {}
        # Only the newest figures are kept, so that a flood of them cannot fill our memory.
        self.figures: deque[JSON] = deque(maxlen=MAXIMUM_FIGURES)
        self.versions: dict[str, str] = {}
        self.greeted = False
        self.running: RunningCell | None = None
        self.ending: Ending | None = None
        self._listeners: dict[str, Callable[[dict[str, Any], float], Question | None]] = {
            "hello": self._greet,
            "cell": self._follow_cell,
            "value": self._keep_value,
            "absent": self._drop_value,
            "figure": lambda message, _: self.figures.append(_without_type(message)),
            "order": lambda message, _: ordering.place(message),
            "array": lambda message, _: ordering.announce(message),
            "reported": lambda message, _: ordering.report_call(message),
            "loop": lambda message, _: ordering.loop(message),
            "done": self._finish,
        }

    @property
    def student_code_ran(self) -> bool:
        """Whether a cell has started; a failure before that is not the student's."""
        return self.running is not None or bool(self._ended)

    @property
    def cells_ended(self) -> int:
        """The number of cells that have ended."""
        return len(self._ended)

    def count_received(self, size: int) -> None:
        """Count received bytes, complete frames or not. The contents of order arrays are not evidence."""
        self._received_bytes += size
        evidence_bytes = self._received_bytes - self._ordering.array_bytes_received
        if evidence_bytes > self._evidence_bytes + self._ordering.allowance_bytes:
            self.ending = Ending(RunVerdict.LIMIT, Detail.of("limit.evidence_bytes", bytes=self._evidence_bytes))

    def receive(self, message: dict[str, Any] | bytes, now: float) -> Question | None:
        """Process one message or one chunk of an array, and return the question that follows from it, if any.

        Raises:
            WireError: The honest payload would not have sent this message, or not at this point.
        """
        if isinstance(message, bytes):
            self._ordering.take_chunk(message)
            return None
        kind = message["type"]
        if not self.greeted and kind != "hello":
            raise WireError(f"a {kind[:MAXIMUM_TEXT]!r} came before the greeting")
        if self._ordering.pending and kind != "array":
            raise WireError(f"a {kind[:MAXIMUM_TEXT]!r} came before the answer to an order")
        take_in = self._listeners.get(kind)
        if take_in is None:
            raise WireError(f"no such message: {kind[:MAXIMUM_TEXT]!r}")
        self._received_elements += count_elements(message)
        if self._received_elements > MAXIMUM_ELEMENTS:
            self.ending = Ending(RunVerdict.LIMIT, Detail.of("limit.evidence_elements", count=MAXIMUM_ELEMENTS))
            return None
        return take_in(message, now)

    def outcomes(self, ending: Ending, now: float) -> tuple[CellOutcome, ...]:
        """Return one outcome per cell of the job; the running cell was killed, later ones did not run."""
        outcomes = []
        for cell in self._job.cells:
            outcome = self._ended.get(cell.index)
            if outcome is None and self.running is not None and self.running.index == cell.index:
                status: Literal["timeout", "killed"] = "timeout" if ending.verdict is RunVerdict.TIMEOUT else "killed"
                seconds = round(now - self.running.since, 3)
                outcome = CellOutcome(cell.index, status, seconds, detail=ending.detail)
            outcomes.append(outcome or CellOutcome(cell.index, "not run"))
        return tuple(outcomes)

    def _greet(self, message: dict[str, Any], _: float) -> None:
        versions = message.get("versions")
        if self.greeted or not isinstance(versions, dict):
            raise WireError("the greeting came twice, or without versions")
        self.greeted = True
        for name, version in list(versions.items())[:MAXIMUM_VERSIONS]:
            if isinstance(version, str):
                self.versions[name[:MAXIMUM_TEXT]] = version[:MAXIMUM_TEXT]

    def _follow_cell(self, message: dict[str, Any], now: float) -> None:
        index, status = message.get("index"), checked_field(message, "status", str)
        if status == "started":
            if self.running is not None or not self._waiting or index != self._waiting[0] or isinstance(index, bool):
                raise WireError(f"a cell began out of turn: {str(index)[:MAXIMUM_TEXT]}")
            self.running = RunningCell(self._waiting.popleft(), now)
            self._ordering.follow_cell(self.running.index)
            return
        if self.running is None or index != self.running.index or status not in _CELL_ENDINGS:
            raise WireError(f"a cell ended that was not running: {str(index)[:MAXIMUM_TEXT]}")
        # Measured here: the frame's own number cannot be trusted.
        seconds = round(now - self.running.since, 3)
        error = message.get("error", "")
        error = error[:MAXIMUM_TEXT] if isinstance(error, str) else ""
        detail = admit_detail(message.get("detail"), _CELL_DETAILS)
        lacks_cell = message.get("lacks_cell")
        self._ended[self.running.index] = CellOutcome(
            self.running.index,
            _CELL_ENDINGS[status],
            seconds,
            error,
            detail,
            remarks=_remarks(message.get("remarks")),
            unassigned=_names(message.get("unassigned")),
            lacks_cell=lacks_cell if type(lacks_cell) is int and lacks_cell in self._ended else None,
        )
        self.running = None

    def _keep_value(self, message: dict[str, Any], _: float) -> None:
        name = checked_field(message, "name", str)
        if name in self._watched:
            value = field(message, "value")
            if count_elements(value) > MAXIMUM_ELEMENTS_OF_A_VALUE:
                value = {"$unsupported": _TOO_MANY_ELEMENTS}
            self.values[name] = value

    def _drop_value(self, message: dict[str, Any], _: float) -> None:
        self.values.pop(checked_field(message, "name", str), None)

    def _finish(self, _message: dict[str, Any], _: float) -> None:
        if self.running is not None or self._waiting:
            raise WireError("the end was announced before the last cell had ended")
        self.ending = Ending(RunVerdict.COMPLETE)


def _remarks(given: JSON) -> tuple[Detail, ...]:
    """Return the remarks of a cell that are valid; others only inform, and are dropped."""
    remarks = given[:MAXIMUM_REMARKS] if isinstance(given, list) else []
    admitted = (admit_detail(remark, _REMARKS) for remark in remarks)
    return tuple(remark for remark in admitted if remark is not None)


def _names(given: JSON) -> tuple[str, ...]:
    names = given[:MAXIMUM_NAMES] if isinstance(given, list) else []
    return tuple(shown(name) for name in names if isinstance(name, str))


def count_elements(value: JSON) -> int:
    """Return how many numbers, texts and containers a JSON value holds, itself included."""
    count, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        count += 1
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return count


def _without_type(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "type"}
