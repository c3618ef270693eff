"""Students' objections and their answers; both are kept for good."""

from __future__ import annotations

import dataclasses

from autograder.errors import UsageError
from autograder.gradebook.entries import Objection
from autograder.gradebook.store import Store

_QUERY = (
    "SELECT job_id, student, question, item, objections.text, objections.id, coalesce(answers.text, ''),"
    " coalesce(author, ''), objections.id IN (SELECT undone_id FROM undone) FROM objections LEFT JOIN answers"
    " ON objection_id = objections.id AND answers.id NOT IN (SELECT undone_id FROM undone)"
)


class Objections:
    """The objections of a gradebook; what writes is called within a transaction of its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[Objection, ...]:
        """Return every objection, oldest first, with its answer."""
        rows = self._store.rows(f"{_QUERY} ORDER BY objections.id")
        found = tuple(dataclasses.replace(Objection(*row), withdrawn=bool(withdrawn)) for *row, withdrawn in rows)
        for one in found:
            self._store.check_name(one.student)
        return found

    def add(self, objection: Objection) -> int:
        """Keep an objection and return its number; an identical one that is still open is not added again."""
        for known in self.all():
            if known.standing == "open" and (known.job_id, known.place, known.text) == (
                objection.job_id,
                objection.place,
                objection.text,
            ):
                return known.number
        number = self._store.new_event()
        self._store.write(
            "INSERT INTO objections (id, job_id, student, question, item, text) VALUES (?, ?, ?, ?, ?, ?)",
            *(number, objection.job_id, objection.student, objection.question, objection.item, objection.text),
        )
        return number

    def answer(self, number: int, text: str, author: str) -> Objection:
        """Keep the answer to an objection, and return the objection with it.

        Raises:
            UsageError: There is no such objection, or it was answered or withdrawn before.
        """
        known = {one.number: one for one in self.all()}
        objection = known.get(number)
        if objection is None:
            open_ones = ", ".join(str(one.number) for one in known.values() if one.standing == "open") or "none"
            raise UsageError(f"there is no objection {number}", remedy=f"waiting for an answer: {open_ones}")
        if objection.withdrawn:
            raise UsageError(f"objection {number} was withdrawn")
        if objection.answer:
            raise UsageError(f"objection {number} was answered by {objection.author}: {objection.answer}")
        self._store.write(
            "INSERT INTO answers (id, objection_id, text, author) VALUES (?, ?, ?, ?)",
            *(self._store.new_event(), number, text, author),
        )
        return next(one for one in self.all() if one.number == number)
