"""What a sandbox has said so far: frames come in, the state of a Run grows, answers go out.

No clock, no process and no file is touched here, so every forged frame can be tried in a test. A frame that the
honest payload would never send ends the conversation: the student's code shares its process, so a broken
order means that it wrote to the pipe itself.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any, Literal

from autograder.errors import WireError
from autograder.records import JSON, CellOutcome, Job, RunVerdict
from autograder.sandbox.interfaces import KnownTrainings
from autograder.wire import MAXIMUM_FRAME_BYTES

MAXIMUM_QUESTIONS = 10_000
"""So many questions are put to the store. What is asked beyond is unknown to it: an honest notebook may predict one
example at a time, and goes on as it would without a store."""

MAXIMUM_ANSWER_BYTES = 256 * 2**20
"""So much is answered in all, some fifty times what an honest notebook fetches; beyond, the store knows nothing."""

MAXIMUM_ELEMENTS = 2_000_000
"""So many numbers, texts and containers are heard in all. Bytes alone bound no memory: an empty list takes three of
them in a frame, and twenty times that here."""

MAXIMUM_ELEMENTS_OF_A_VALUE = 50_000
"""A value that holds more fits no answer of an assignment's: it counts as not sayable, as the payload's own limit."""

MAXIMUM_JOURNAL = 1_000
MAXIMUM_EVALUATIONS = 500
"""Of evaluations with results, and of those without (predictions): a thousand predictions shall not push out the
evaluations behind a test error. Both together are as many as evidence admits."""

MAXIMUM_FIGURES = 100
MAXIMUM_VERSIONS = 32
MAXIMUM_TEXT = 500

_CELL_ENDINGS: dict[str, Literal["ok", "error", "timeout"]] = {"ok": "ok", "error": "error", "timeout": "timeout"}

# The store makes a file name of a fingerprint, and whoever sends one is not to be trusted.
_FINGERPRINT = re.compile(r"[0-9a-f]{16,128}")


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How an execution ended, and why."""

    verdict: RunVerdict
    detail: str = ""
    doubtful: bool = False
    """See `records.Run`."""


@dataclasses.dataclass(frozen=True, slots=True)
class RunningCell:
    """The cell that the payload says it is executing, and since when."""

    index: int
    since: float


class Conversation:
    """Take in the frames of one execution.

    Args:
        job: What is executed.
        watched: The names whose values are kept; any other is dropped.
        evidence_bytes: How much may be said in all.
        known: The store of known trainings; asked in mode `replay`, written to in mode `record`.
    """

    def __init__(self, job: Job, watched: frozenset[str], evidence_bytes: int, known: KnownTrainings) -> None:
        self._job = job
        self._watched = watched
        self._evidence_bytes = evidence_bytes
        # A frame that is still arriving may turn out to be a record, which does not count.
        self._allowance_bytes = evidence_bytes + (MAXIMUM_FRAME_BYTES if job.mode == "record" else 0)
        self._known = known
        self._waiting = deque(cell.index for cell in job.cells)
        self._ended: dict[int, CellOutcome] = {}
        self._heard_bytes = 0
        self._recorded_bytes = 0
        self._heard_elements = 0
        self._questions = 0
        self._answered_bytes = 0
        self.values: dict[str, JSON] = {}
        # The newest are kept, so that a flood cannot fill our memory.
        self.trainings: deque[JSON] = deque(maxlen=MAXIMUM_JOURNAL)
        self._evaluations: deque[tuple[int, JSON]] = deque(maxlen=MAXIMUM_EVALUATIONS)
        self._predictions: deque[tuple[int, JSON]] = deque(maxlen=MAXIMUM_EVALUATIONS)
        self._evaluations_heard = 0
        self.figures: deque[JSON] = deque(maxlen=MAXIMUM_FIGURES)
        self.versions: dict[str, str] = {}
        self._unspoken_replays = 0
        self.replayed = 0
        self.unknown = 0
        self.greeted = False
        self.running: RunningCell | None = None
        self.ending: Ending | None = None
        self._listeners: dict[str, Callable[[dict[str, Any], float], None]] = {
            "hello": self._greet,
            "cell": self._follow_cell,
            "value": self._keep_value,
            "absent": self._drop_value,
            "training": lambda message, _: self.trainings.append(self._journalled(message)),
            "evaluation": self._keep_evaluation,
            "figure": lambda message, _: self.figures.append(_without_type(message)),
            "record": self._record,
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

    @property
    def evaluations(self) -> list[JSON]:
        """The evaluations and predictions that are kept, in the order in which they came."""
        kept = sorted((*self._evaluations, *self._predictions), key=lambda numbered: numbered[0])
        return [entry for _, entry in kept]

    def hear(self, size: int) -> None:
        """Count bytes that arrived, complete frames or not."""
        self._heard_bytes += size
        if self._heard_bytes - self._recorded_bytes > self._allowance_bytes:
            self.ending = Ending(RunVerdict.LIMIT, f"more than {self._evidence_bytes:,} bytes of evidence")

    def answered(self, size: int) -> None:
        """Count the bytes of an answer that was sent."""
        self._answered_bytes += size

    def receive(self, message: dict[str, Any], now: float) -> dict[str, Any] | None:
        """Take in one message and return the answer to it, if it wants one.

        Raises:
            WireError: The honest payload would not have sent this, or not now.
        """
        kind = message["type"]
        if not self.greeted and kind != "hello":
            raise WireError(f"a {kind[:MAXIMUM_TEXT]!r} came before the greeting")
        if kind == "ask":
            return self._answer(_fingerprint(message))
        take_in = self._listeners.get(kind)
        if take_in is None:
            raise WireError(f"no such message: {kind[:MAXIMUM_TEXT]!r}")
        self._heard_elements += count_elements(message)
        if self._heard_elements > MAXIMUM_ELEMENTS:
            self.ending = Ending(RunVerdict.LIMIT, f"more than {MAXIMUM_ELEMENTS:,} elements of evidence")
            return None
        take_in(message, now)
        return None

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
        index, status = message.get("index"), _text(message, "status")
        if status == "started":
            if self.running is not None or not self._waiting or index != self._waiting[0] or isinstance(index, bool):
                raise WireError(f"a cell began out of turn: {str(index)[:MAXIMUM_TEXT]}")
            self.running = RunningCell(self._waiting.popleft(), now)
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
        name = _text(message, "name")
        if name in self._watched:
            value = _field(message, "value")
            if count_elements(value) > MAXIMUM_ELEMENTS_OF_A_VALUE:
                value = {"$unsupported": f"more than {MAXIMUM_ELEMENTS_OF_A_VALUE:,} elements"}
            self.values[name] = value

    def _drop_value(self, message: dict[str, Any], _: float) -> None:
        self.values.pop(_text(message, "name"), None)

    def _finish(self, _message: dict[str, Any], _: float) -> None:
        if self.running is not None or self._waiting:
            raise WireError("the end was announced before the last cell had ended")
        self.ending = Ending(RunVerdict.COMPLETE)

    def _answer(self, fingerprint: str) -> dict[str, Any]:
        self._questions += 1
        asked = (
            self._job.mode == "replay"
            and self._questions <= MAXIMUM_QUESTIONS
            and self._answered_bytes < MAXIMUM_ANSWER_BYTES
        )
        result = self._known.get(fingerprint) if asked else None
        if result is None:
            self.unknown += 1
        else:
            self.replayed += 1
            self._unspoken_replays += 1
        return {"type": "answer", "fingerprint": fingerprint, "known": result is not None, "result": result}

    def _keep_evaluation(self, message: dict[str, Any], _: float) -> None:
        entry = self._journalled(message)
        self._evaluations_heard += 1
        kept = self._evaluations if message.get("results") else self._predictions
        kept.append((self._evaluations_heard, entry))

    def _journalled(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return an entry of the journal. What it calls replayed, the store must have answered: we were there."""
        if message.get("replayed") is True:
            if not self._unspoken_replays:
                raise WireError(f"a {message['type']!r} was replayed that the store did not know")
            self._unspoken_replays -= 1
        return _without_type(message)

    def _record(self, message: dict[str, Any], _: float) -> None:
        # Anyone can write this frame; only a notebook that the operator trusts is run in this mode.
        if self._job.mode != "record":
            return
        fingerprint, result = _fingerprint(message), _field(message, "result")
        self._recorded_bytes += len(json.dumps(message, separators=(",", ":")))
        self._known.put(fingerprint, result)


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


def _field(message: dict[str, Any], name: str) -> Any:
    if name not in message:
        raise WireError(f"a {message['type']!r} without {name!r}")
    return message[name]


def _text(message: dict[str, Any], name: str) -> str:
    text = message.get(name)
    if not isinstance(text, str):
        raise WireError(f"a {message['type']!r} without the text {name!r}")
    return text


def _fingerprint(message: dict[str, Any]) -> str:
    fingerprint = _text(message, "fingerprint")
    if _FINGERPRINT.fullmatch(fingerprint) is None:
        raise WireError("a fingerprint is not a hexadecimal number")
    return fingerprint


def _without_type(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "type"}
