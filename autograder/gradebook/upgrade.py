"""Bring a gradebook of the format before up to today's.

Refusals held English sentences, and hold codes now; an objection had one answer, and decisions could not be taken back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from autograder.records import Detail, to_json

FORMER_VERSION: Final = 7
_SINCE: Final = (
    ("    fault TEXT NOT NULL,\n", "    what TEXT NOT NULL,\n    remedy TEXT NOT NULL,\n"),
    ("objection_id INTEGER NOT NULL REF", "objection_id INTEGER NOT NULL UNIQUE REF"),
    ("CREATE INDEX answers_of_objection ON answers (objection_id);\n", ""),
)
"""What today's tables say, and what those of the format before said in its place."""
_AS_KEPT: Final = "refused.as_kept"
_NEW: Final = ("refusals", "answers", "undone")


def former_schema(schema: str) -> str:
    """Return the tables of the format before."""
    for today, before in _SINCE:
        schema = schema.replace(today, before)
    return schema.partition("\nCREATE TABLE undone (")[0]


def upgrade(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    """Rewrite the tables of the format before, within the caller's transaction; kept sentences stay as they are.

    Args:
        connection: A gradebook whose tables are those of `former_schema`.
        statements: What makes today's tables.
    """
    refusals = connection.execute("SELECT id, student, source, what, remedy, account, open FROM refusals").fetchall()
    answers = connection.execute("SELECT id, objection_id, text, author FROM answers").fetchall()
    connection.execute("DROP TABLE refusals")
    connection.execute("DROP TABLE answers")
    for statement in statements:
        if any(f"TABLE {name} " in statement or f" ON {name} " in statement for name in _NEW):
            connection.execute(statement)
    connection.executemany(
        "INSERT INTO refusals (id, student, source, fault, account, open) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, student, source, to_json(Detail.of(_AS_KEPT, what=what, remedy=remedy)), account, is_open)
            for number, student, source, what, remedy, account, is_open in refusals
        ],
    )
    connection.executemany("INSERT INTO answers (id, objection_id, text, author) VALUES (?, ?, ?, ?)", answers)


def is_as_kept(fault: str) -> bool:
    """Tell whether a kept refusal comes from the format before, so that its code is not known."""
    return f'"{_AS_KEPT}"' in fault
