"""A minimal desk with scripted answers and delays, which trains nothing."""

import dataclasses
import hashlib
import json
import tempfile
import threading
from collections import deque
from typing import Any, BinaryIO

from autograder.errors import WireError

MOST = 50


def digest_of(dtype: str, shape: list[int], content: bytes) -> str:
    """Return the digest of an array."""
    return hashlib.sha256(json.dumps([dtype, shape], separators=(",", ":")).encode() + b"\n" + content).hexdigest()


@dataclasses.dataclass
class SmallAnswer:
    """See `Answer`."""

    message: dict[str, Any]
    arrays: Any = ()


class SmallIncoming:
    """Writes to a file and checks the digest."""

    def __init__(self, desk: "SmallDesk", sha256: str, dtype: str, shape: tuple[int, ...]) -> None:
        self._desk, self._sha256 = desk, sha256
        self._digest = hashlib.sha256(json.dumps([dtype, list(shape)], separators=(",", ":")).encode() + b"\n")
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed at the end)

    def write(self, chunk: bytes) -> None:
        """See `Incoming`."""
        self._digest.update(chunk)
        self._file.write(chunk)

    def finish(self) -> None:
        """See `Incoming`."""
        self.drop()
        if self._digest.hexdigest() != self._sha256:
            raise WireError("an array is not the one that was announced")
        self._desk.shelf.add(self._sha256)

    def drop(self) -> None:
        """See `Incoming`."""
        self._file.close()


class SmallPending:
    """Requests what the order lists under `arrays` and answers after `seconds`, or at once without them."""

    def __init__(self, desk: "SmallDesk", number: int, description: dict[str, Any]) -> None:
        self._desk, self._number, self._description = desk, number, description
        self.wanted = tuple(sha for sha in description.get("arrays", ()) if sha not in desk.shelf)
        self.answer: SmallAnswer | None = None

    def supply(self, sha256: str, dtype: str, shape: tuple[int, ...]) -> SmallIncoming:
        """See `Pending`."""
        return SmallIncoming(self._desk, sha256, dtype, shape)

    def start(self, wake: Any) -> None:
        """See `Pending`."""
        seconds = self._description.get("seconds")
        if seconds is None:
            self._finish(wake)
        else:
            timer = threading.Timer(seconds, self._finish, [wake])
            timer.daemon = True
            timer.start()

    def abandon(self) -> None:
        """See `Pending`."""
        self._desk.abandoned += 1

    def _finish(self, wake: Any) -> None:
        message = {"type": "answer", "number": self._number, "status": "done", "result": self._description}
        self.answer = SmallAnswer(message, self._desk.arrays)
        wake()


class SmallCounter:
    """Records the names of orders and reported calls."""

    def __init__(self, desk: "SmallDesk") -> None:
        self._desk = desk
        self.trainings: deque[Any] = deque(maxlen=MOST)
        self.evaluations: deque[Any] = deque(maxlen=MOST)
        self.loops: deque[Any] = deque(maxlen=MOST)
        self.faults: deque[str] = deque(maxlen=MOST)
        self.replayed = self.unknown = 0
        self.training_seconds = self.training_cpu_seconds = 0.0
        self._cell = -1

    def place(self, number: int, description: dict[str, Any]) -> SmallPending:
        """See `Counter`."""
        if description.get("broken"):
            raise WireError("no such order")
        self.unknown += 1
        self.trainings.append({"number": number, "cell": self._cell})
        return SmallPending(self._desk, number, description)

    def report_call(self, description: dict[str, Any], summaries: dict[str, Any], result: dict[str, Any]) -> None:
        """See `Counter`."""
        self.evaluations.append({"description": description, "summaries": summaries, "result": result})

    def loop(self, kind: str, steps: int) -> None:
        """See `Counter`."""
        self.loops.append({"cell": self._cell, "kind": kind, "steps": steps})

    def cell(self, index: int) -> None:
        """See `Counter`."""
        self._cell = index


@dataclasses.dataclass
class SmallDesk:
    """See `Desk`. `arrays` go with every answer."""

    arrays: Any = ()
    shelf: set[str] = dataclasses.field(default_factory=set)
    abandoned: int = 0

    def open(self, _job: Any) -> SmallCounter:
        """See `Desk`."""
        return SmallCounter(self)
