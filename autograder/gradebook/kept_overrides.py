"""Points that people gave by hand: one by one, or in bulk and then undone as one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from autograder.errors import UsageError
from autograder.gradebook.entries import Override
from autograder.gradebook.store import Store


class Overrides:
    """The overrides of a gradebook; methods that write must be called within a transaction of its store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, override: Override) -> int:
        """Save a decision on a known job, and return its number; earlier ones are kept."""
        return self._store.write(
            "INSERT INTO overrides (id, job_id, student, question, item, points, reason, author, worth)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._store.new_event(),
            *dataclasses.astuple(override),
        )

    def add_bulk(self, overrides: Sequence[Override]) -> int:
        """Save decisions that can be undone together, and return the number of the bulk."""
        bulk = self._store.write("INSERT INTO bulks (id) VALUES (?)", self._store.new_event())
        for override in overrides:
            number = self.add(override)
            self._store.write("INSERT INTO bulk_overrides (override_id, bulk_id) VALUES (?, ?)", number, bulk)
        return bulk

    def undo_bulk(self, bulk: int, reason: str, author: str) -> tuple[str, ...]:
        """Take back all decisions of a bulk, and return whose they were; what they replaced counts again.

        Raises:
            UsageError: There is no such bulk, or it was undone before.
        """
        known = self._store.column("SELECT id FROM bulks ORDER BY id")
        undone = self._store.column("SELECT bulk_id FROM undone_bulks")
        if bulk not in known:
            there = ", ".join(str(one) for one in known if one not in undone) or "none"
            raise UsageError(f"there is no bulk override {bulk}", remedy=f"those that can be undone: {there}")
        if bulk in undone:
            raise UsageError(f"bulk override {bulk} was undone before")
        self._store.write(
            "INSERT INTO undone_bulks (id, bulk_id, reason, author) VALUES (?, ?, ?, ?)",
            *(self._store.new_event(), bulk, reason, author),
        )
        return tuple(
            self._store.column(
                "SELECT DISTINCT student FROM overrides JOIN bulk_overrides ON override_id = overrides.id"
                " WHERE bulk_id = ? ORDER BY overrides.id",
                bulk,
            )
        )

    def all(self) -> dict[str, list[Override]]:
        """Return the decisions that were not undone by student, oldest first."""
        rows = self._store.rows(
            "SELECT job_id, student, question, item, points, reason, author, worth FROM overrides"
            " LEFT JOIN bulk_overrides ON override_id = overrides.id"
            " WHERE (bulk_id IS NULL OR bulk_id NOT IN (SELECT bulk_id FROM undone_bulks))"
            " AND overrides.id NOT IN (SELECT undone_id FROM undone) ORDER BY overrides.id"
        )
        found: dict[str, list[Override]] = {}
        for row in rows:
            one = Override(*row)
            self._store.check(sound=0 <= one.points < float("inf"), what="points given by hand that are no points")
            found.setdefault(one.student, []).append(one)
        return found
