"""The tables of a gradebook, and the check that a file has exactly these and nothing that others added."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import ConfigurationError
from autograder.gradebook.upgrade import FORMER_VERSION, former_schema, upgrade
from autograder.records import printable

APPLICATION_ID = 0x41474252
"""`AGBR` in the file's header distinguishes a gradebook from other SQLite files."""

SCHEMA_VERSION = 8
"""Raise it with every change of the records, or of the text below, with which files are compared literally."""

# Every change is an event, numbered in the order of saving, since clocks may be set back.
_SCHEMA = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    saved_at TEXT NOT NULL
) STRICT;

CREATE TABLE identities (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    student TEXT NOT NULL,
    notebook_sha256 TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_of_student ON jobs (student);

CREATE TABLE hand_ins (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    student TEXT NOT NULL,
    days_late INTEGER NOT NULL CHECK (days_late >= 0)
) STRICT;
CREATE INDEX hand_ins_of_student ON hand_ins (student, id);
CREATE INDEX hand_ins_of_job ON hand_ins (job_id, id);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    run_key TEXT NOT NULL,
    data TEXT NOT NULL,
    verdict TEXT NOT NULL,
    record TEXT NOT NULL,
    saved_at TEXT NOT NULL
) STRICT;
CREATE INDEX runs_of_job ON runs (job_id, run_key);

CREATE TABLE evidence (
    run_id INTEGER PRIMARY KEY REFERENCES runs (id),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE grades (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    student TEXT NOT NULL,
    points REAL,
    points_possible REAL NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('grading', 'regrading')),
    current INTEGER NOT NULL CHECK (current IN (0, 1)),
    record TEXT NOT NULL
) STRICT;
CREATE INDEX grades_of_student ON grades (student, id);
CREATE UNIQUE INDEX one_current_grade ON grades (job_id) WHERE current = 1;
CREATE TRIGGER grades_stay BEFORE DELETE ON grades BEGIN SELECT RAISE(ABORT, 'a grade is never deleted'); END;
CREATE TRIGGER grades_hold BEFORE UPDATE OF id, job_id, student, points, points_possible, cause, record ON grades
BEGIN SELECT RAISE(ABORT, 'a grade is never rewritten'); END;

CREATE TABLE overrides (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    student TEXT NOT NULL,
    question TEXT NOT NULL,
    item TEXT NOT NULL,
    points REAL NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    worth REAL NOT NULL
) STRICT;
CREATE INDEX overrides_of_student ON overrides (student, id);

CREATE TABLE bulks (
    id INTEGER PRIMARY KEY REFERENCES events (id)
) STRICT;

CREATE TABLE bulk_overrides (
    override_id INTEGER PRIMARY KEY REFERENCES overrides (id),
    bulk_id INTEGER NOT NULL REFERENCES bulks (id)
) STRICT;
CREATE INDEX overrides_of_bulk ON bulk_overrides (bulk_id);

CREATE TABLE undone_bulks (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    bulk_id INTEGER NOT NULL UNIQUE REFERENCES bulks (id),
    reason TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;

CREATE TABLE regradings (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE refusals (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    student TEXT NOT NULL,
    source TEXT NOT NULL,
    fault TEXT NOT NULL,
    account TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1))
) STRICT;
CREATE INDEX refusals_of_student ON refusals (student, id);

CREATE TABLE withdrawals (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    student TEXT NOT NULL,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    reason TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;
CREATE INDEX withdrawals_of_student ON withdrawals (student, id);

CREATE TABLE rosters (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE objections (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    student TEXT NOT NULL,
    question TEXT NOT NULL,
    item TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX objections_of_student ON objections (student, id);

CREATE TABLE answers (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    objection_id INTEGER NOT NULL REFERENCES objections (id),
    text TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;
CREATE INDEX answers_of_objection ON answers (objection_id);

CREATE TABLE undone (
    id INTEGER PRIMARY KEY REFERENCES events (id),
    undone_id INTEGER NOT NULL UNIQUE REFERENCES events (id),
    reason TEXT NOT NULL,
    author TEXT NOT NULL
) STRICT;
"""

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema"


def is_gradebook(connection: sqlite3.Connection, path: Path) -> bool:
    """Return True for a gradebook, of today's format or the one before, and False for an empty file; reject the rest.

    Raises:
        ConfigurationError: The file is not a gradebook, has another version, or was changed by another program.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == 0 and objects == 0:
        return False
    if application != APPLICATION_ID:
        raise not_a_gradebook(path)
    if version not in {SCHEMA_VERSION, FORMER_VERSION}:
        raise ConfigurationError(
            f"this gradebook has format {version}, and this version of autograder reads format {SCHEMA_VERSION}",
            str(path),
            "use the version that wrote it, or grade the class again into a new folder with --out",
        )
    _reject_changes(connection, path, _SCHEMA if version == SCHEMA_VERSION else former_schema(_SCHEMA))
    return True


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of a new gradebook, within the caller's transaction."""
    _execute(connection, _SCHEMA)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def is_of_former_format(connection: sqlite3.Connection) -> bool:
    """Tell whether a gradebook has the format before today's."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(version == FORMER_VERSION)


def upgrade_tables(connection: sqlite3.Connection) -> None:
    """Bring a gradebook of the format before up to today's, within the caller's transaction."""
    upgrade(connection, tuple(_statements(_SCHEMA)))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def not_a_gradebook(path: Path) -> ConfigurationError:
    """Return the error for a file of another kind."""
    return ConfigurationError(
        "this file is not a gradebook", str(path), "name another file; a new gradebook is made where there is none"
    )


def _reject_changes(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    """Compare every table, index, view and trigger with ours, since triggers run on writes and views on reads."""
    changed = sorted(set(connection.execute(_OBJECTS)) ^ _our_objects(schema), key=str)
    if changed:
        kind, name, _, _ = changed[0]
        raise ConfigurationError(
            f"this gradebook was changed by another program: its {printable(str(kind))[:20]} "
            f"{printable(str(name))[:60]!r} is not as autograder makes it",
            str(path),
            "use a copy that only autograder wrote to, or grade the class again into a new folder with --out",
        )


@functools.cache
def _our_objects(schema: str) -> frozenset[tuple[object, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        _execute(connection, schema)
        return frozenset(connection.execute(_OBJECTS))
    finally:
        connection.close()


def _execute(connection: sqlite3.Connection, script: str) -> None:
    # `executescript` would commit first, and leave half a schema if interrupted.
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
