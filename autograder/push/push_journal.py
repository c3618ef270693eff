"""The journal of uploads: one line per step, on the disk before the step is taken.

A push may be interrupted at any moment. The journal tells the next one which uploads arrived for certain and which are
uncertain. It contains no token, no name and nothing of a notebook.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from pathlib import Path
from typing import Literal

from autograder.errors import EnvironmentFault
from autograder.export import rounded
from autograder.records import JSON

Step = Literal["begun", "done", "refused"]


class PushJournal:
    """The journal of one destination.

    Args:
        folder: Where it is kept.
        destination: The name of the destination; each has a journal of its own.

    Raises:
        EnvironmentFault: It cannot be read; so may every method that writes.
    """

    def __init__(self, folder: Path, destination: str) -> None:
        self.destination = destination
        self._path = folder / f"push-{hashlib.sha256(destination.encode()).hexdigest()[:12]}.jsonl"
        self._begun: dict[str, str] = {}
        self._tried: dict[str, set[float]] = {}
        self._last: dict[str, tuple[str, float]] = {}
        try:
            text = self._path.read_text(encoding="utf-8") if self._path.is_file() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault("the journal of pushes cannot be read", str(self._path)) from error
        # After a crash the last line may be incomplete; its step was not taken.
        self._torn = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            self._take(line)

    def last(self, user: str) -> float | None:
        """Return the points of the last upload to a user that is known to have arrived."""
        found = self._last.get(user)
        return None if found is None else found[1]

    def begun(self, key: str) -> str:
        """Return when an upload was begun that is neither done nor refused; empty if there is none."""
        return self._begun.get(key, "")

    def tried(self, user: str, points: float) -> bool:
        """Tell whether these points, as platforms show them, were ever sent to a user: they may have arrived."""
        return rounded(points) in {rounded(sent) for sent in self._tried.get(user, ())}

    def key(self, user: str, points: float, possible: float, page: bytes) -> str:
        """Return the idempotency key of an upload: the same until it has arrived, then a new one for the next."""
        before = self._last.get(user, ("", 0.0))[0]
        parts = (self.destination, user, repr(points), repr(possible), hashlib.sha256(page).hexdigest(), before)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def write(self, step: Step, key: str, user: str, points: float, moment: str) -> None:
        """Keep a step, on the disk when the call returns."""
        entry = {"step": step, "key": key, "user": user, "points": points, "moment": moment}
        line = json.dumps(entry) + "\n"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write((("\n" if self._torn else "") + line).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            what = f"the journal of pushes cannot be written: {error.strerror}"
            raise EnvironmentFault(what, str(self._path), "check the disk's room and who may write there") from error
        self._torn = False
        self._take(line)

    @staticmethod
    def now() -> str:
        """Return this moment in UTC, with fractions of a second."""
        return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")

    def _take(self, line: str) -> None:
        try:
            entry: JSON = json.loads(line)
            step, key, user, points = entry["step"], entry["key"], entry["user"], float(entry["points"])
            moment = str(entry["moment"])
        except (ValueError, KeyError, TypeError):
            return
        self._tried.setdefault(user, set()).add(points)
        if step == "begun":
            self._begun[key] = moment
        else:
            self._begun.pop(key, None)
        if step == "done":
            self._last[user] = (key, points)
