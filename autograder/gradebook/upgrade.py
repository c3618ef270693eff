"""Bring a gradebook of the format before up to today's: refusals held English sentences, and hold codes now."""

from __future__ import annotations

import sqlite3
from typing import Final

from autograder.records import Detail, to_json

FORMER_VERSION: Final = 7
_FORMER_REFUSALS: Final = ("    fault TEXT NOT NULL,\n", "    what TEXT NOT NULL,\n    remedy TEXT NOT NULL,\n")
_AS_KEPT: Final = "refused.as_kept"


def former_schema(schema: str) -> str:
    """Return the tables of the format before."""
    return schema.replace(*_FORMER_REFUSALS)


def upgrade_refusals(connection: sqlite3.Connection, statements: list[str]) -> None:
    """Rewrite the refusals of the format before, within the caller's transaction; their sentences stay as they are.

    Args:
        connection: A gradebook whose tables are those of `former_schema`.
        statements: What makes today's table of refusals.
    """
    kept = connection.execute("SELECT id, student, source, what, remedy, account, open FROM refusals").fetchall()
    connection.execute("DROP TABLE refusals")
    for statement in statements:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO refusals (id, student, source, fault, account, open) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, student, source, to_json(Detail.of(_AS_KEPT, what=what, remedy=remedy)), account, is_open)
            for number, student, source, what, remedy, account, is_open in kept
        ],
    )


def is_as_kept(fault: str) -> bool:
    """Tell whether a kept refusal comes from the format before, so that its code is not known."""
    return f'"{_AS_KEPT}"' in fault
