"""What a sandbox has said so far: frames come in, the state of a Run grows, questions go out.

No clock, no process and no file is touched here, so every forged frame can be tried in a test. A frame that the
honest payload would never send ends the conversation: the student's code shares its process, so a broken
message means that it wrote to the pipe itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from autograder.errors import WireError
from autograder.records import JSON, CellOutcome, Job, RunVerdict
from autograder.sandbox.ending import Ending, RunningCell
from autograder.sandbox.fields import MAXIMUM_TEXT, checked_field, field
from autograder.sandbox.ordering import Ordering

MAXIMUM_ELEMENTS = 2_000_000
"""So many numbers, texts and containers are heard in all. Bytes alone bound no memory: an empty list takes three of
them in a frame, and twenty times that here."""

MAXIMUM_ELEMENTS_OF_A_VALUE = 50_000
"""A value that holds more fits no answer of an assignment's: it counts as not sayable, as the payload's own limit."""

MAXIMUM_FIGURES = 100
MAXIMUM_VERSIONS = 32

_CELL_ENDINGS: dict[str, Literal["ok", "error", "timeout"]] = {"ok": "ok", "error": "error", "timeout": "timeout"}

Question = dict[str, Any]
"""A message that goes to the sandbox."""


class Conversation:
    """Take in the frames of one execution.

    Args:
        job: What is executed.
        watched: The names whose values are kept; any other is dropped.
        evidence_bytes: How much may be said in all.
        ordering: Takes in the orders, and what is said of calls that were none.
    """

    def __init__(self, job: Job, watched: frozenset[str], evidence_bytes: int, ordering: Ordering) -> None:
        self._job = job
        self._watched = watched
        self._evidence_bytes = evidence_bytes
        self._ordering = ordering
        self._waiting = deque(cell.index for cell in job.cells)
        self._ended: dict[int, CellOutcome] = {}
        self._heard_bytes = 0
        self._heard_elements = 0
        self.values: dict[str, JSON] = {}
        # The newest are kept, so that a flood cannot fill our memory.
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
            "claim": lambda message, _: ordering.claim(message),
            "loop": lambda message, _: ordering.loop(message),
            "done": self._finish,
        }

    @property
    def student_code_ran(self) -> bool:
        """Whether a cell began. Until then whatever goes wrong is our own fault."""
        return self.running is not None or bool(self._ended)

    @property
    def cells_ended(self) -> int:
        """How many cells have ended."""
        return len(self._ended)

    def hear(self, size: int) -> None:
        """Count bytes that arrived, complete frames or not. What an order's arrays hold is no evidence."""
        self._heard_bytes += size
        evidence_bytes = self._heard_bytes - self._ordering.array_bytes_heard
        if evidence_bytes > self._evidence_bytes + self._ordering.allowance_bytes:
            self.ending = Ending(RunVerdict.LIMIT, f"more than {self._evidence_bytes:,} bytes of evidence")

    def receive(self, message: dict[str, Any] | bytes, now: float) -> Question | None:
        """Take in one message, or a piece of an array, and return what is to be asked because of it.

        Raises:
            WireError: The honest payload would not have sent this, or not now.
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
        self._heard_elements += count_elements(message)
        if self._heard_elements > MAXIMUM_ELEMENTS:
            self.ending = Ending(RunVerdict.LIMIT, f"more than {MAXIMUM_ELEMENTS:,} elements of evidence")
            return None
        return take_in(message, now)

    def outcomes(self, ending: Ending, now: float) -> tuple[CellOutcome, ...]:
        """Return one outcome a cell of the job: the running one was killed, those after it did not run."""
        outcomes = []
        for cell in self._job.cells:
            outcome = self._ended.get(cell.index)
            if outcome is None and self.running is not None and self.running.index == cell.index:
                status: Literal["timeout", "killed"] = "timeout" if ending.verdict is RunVerdict.TIMEOUT else "killed"
                outcome = CellOutcome(cell.index, status, round(now - self.running.since, 3), ending.detail)
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
        # The seconds are ours: the frame's own number could say anything.
        seconds = round(now - self.running.since, 3)
        error = message.get("error", "")
        error = error[:MAXIMUM_TEXT] if isinstance(error, str) else ""
        self._ended[self.running.index] = CellOutcome(self.running.index, _CELL_ENDINGS[status], seconds, error)
        self.running = None

    def _keep_value(self, message: dict[str, Any], _: float) -> None:
        name = checked_field(message, "name", str)
        if name in self._watched:
            value = field(message, "value")
            if count_elements(value) > MAXIMUM_ELEMENTS_OF_A_VALUE:
                value = {"$unsupported": f"more than {MAXIMUM_ELEMENTS_OF_A_VALUE:,} elements"}
            self.values[name] = value

    def _drop_value(self, message: dict[str, Any], _: float) -> None:
        self.values.pop(checked_field(message, "name", str), None)

    def _finish(self, _message: dict[str, Any], _: float) -> None:
        if self.running is not None or self._waiting:
            raise WireError("the end was announced before the last cell had ended")
        self.ending = Ending(RunVerdict.COMPLETE)


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
