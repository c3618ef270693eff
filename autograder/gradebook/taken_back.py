"""A single decision, objection or answer that a person takes back; it stays in the history."""

from __future__ import annotations

from autograder.errors import UsageError
from autograder.gradebook.store import Store

_KINDS = {
    "override": (
        "SELECT student, question, item FROM overrides WHERE id = ?"
        " AND id NOT IN (SELECT override_id FROM bulk_overrides)"
    ),
    "objection": "SELECT student, question, item FROM objections WHERE id = ?",
    "answer": (
        "SELECT student, question, item FROM answers JOIN objections ON objections.id = objection_id"
        " WHERE answers.id = ?"
    ),
}


class TakenBack:
    """What was taken back in a gradebook; what writes is called within a transaction of its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take_back(self, number: int, reason: str, author: str) -> tuple[str, str]:
        """Take back what an event kept, and return its student and its item; what it replaced counts again.

        Raises:
            UsageError: The event is none that can be taken back, or it was before.
        """
        found = [row for query in _KINDS.values() if (row := self._store.row(query, number)) is not None]
        if not found:
            raise UsageError(
                f"event {number} is no decision, objection or answer that can be taken back by itself",
                remedy="`autograder history STUDENT` shows numbers; a bulk has `bulk-override --undo`",
            )
        if number in self._store.column("SELECT undone_id FROM undone"):
            raise UsageError(f"event {number} was taken back before")
        self._store.write(
            "INSERT INTO undone (id, undone_id, reason, author) VALUES (?, ?, ?, ?)",
            *(self._store.new_event(), number, reason, author),
        )
        student, question, item = found[0]
        return self._store.check_name(student), f"{question}.{item}"
