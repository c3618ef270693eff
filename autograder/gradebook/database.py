"""Open the SQLite file of a gradebook, make its writes all or nothing, and put its faults in words."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import AutograderError, ConfigurationError, EnvironmentFault

APPLICATION_ID = 0x41474252
"""`AGBR` in the header of the file: what tells a gradebook from any other SQLite file."""

SCHEMA_VERSION = 2

_SMALLEST_DATABASE_BYTES = 512

_SCHEMA = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    student TEXT NOT NULL,
    notebook_sha256 TEXT NOT NULL,
    turn INTEGER NOT NULL UNIQUE,
    record TEXT NOT NULL,
    saved_at TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_of_student ON jobs (student, turn);

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
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    student TEXT NOT NULL,
    points REAL,
    points_possible REAL NOT NULL,
    current INTEGER NOT NULL CHECK (current IN (0, 1)),
    record TEXT NOT NULL,
    saved_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_current_grade ON grades (student) WHERE current = 1;
CREATE TRIGGER grades_stay BEFORE DELETE ON grades BEGIN SELECT RAISE(ABORT, 'a grade is never deleted'); END;
CREATE TRIGGER grades_hold BEFORE UPDATE OF job_id, student, points, points_possible, record, saved_at ON grades
BEGIN SELECT RAISE(ABORT, 'a grade is never rewritten'); END;

CREATE TABLE overrides (
    id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    student TEXT NOT NULL,
    question TEXT NOT NULL,
    item TEXT NOT NULL,
    points REAL NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    saved_at TEXT NOT NULL
) STRICT;

CREATE TABLE refusals (
    student TEXT NOT NULL,
    source TEXT NOT NULL,
    what TEXT NOT NULL,
    remedy TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    saved_at TEXT NOT NULL,
    PRIMARY KEY (student, source, what)
) STRICT;
"""

_FAULTS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some room and run the command again: what was saved is kept"),
    sqlite3.SQLITE_BUSY: ("another command is writing to this gradebook", "wait until it is done, then try again"),
    sqlite3.SQLITE_LOCKED: ("another command is writing to this gradebook", "wait until it is done, then try again"),
    sqlite3.SQLITE_READONLY: ("the gradebook cannot be written to", "check who may write to the file and its folder"),
    sqlite3.SQLITE_PERM: ("the gradebook cannot be written to", "check who may write to the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("the gradebook cannot be opened", "check that it is a file in a folder you may write to"),
    sqlite3.SQLITE_IOERR: ("reading from or writing to the disk failed", "check the disk, its quota and its room"),
    sqlite3.SQLITE_CORRUPT: ("the gradebook is damaged", "put back a copy of it, or move it away and grade again"),
}


def make_folder(folder: Path) -> None:
    """Make the folder of a gradebook where it is missing.

    Raises:
        EnvironmentFault: It cannot be made.
    """
    try:
        # What a class was given is not for everybody on a machine: in a container, students' code is somebody as well.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault("the folder cannot be made", str(folder), str(error.strerror)) from error


def open_database(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a gradebook, or make one where there is none; a file of another kind is left as it is.

    Raises:
        ConfigurationError: The file is no gradebook, or one of another version.
        EnvironmentFault: It cannot be opened, made or written to.
    """
    if path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE_BYTES:
        # SQLite takes a file this short for an empty one and writes over it.
        raise _no_gradebook(path)
    with translated_faults(path):
        # Transactions are begun and ended by hand: the module's own way begins them at moments of its choosing.
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        try:
            if not _recognise(connection, path):
                with transaction(connection):
                    # Whoever held the file while we waited may have made the tables.
                    if not _recognise(connection, path):
                        _create(connection)
            # A writer never waits for a reader; where the file system cannot do it, SQLite keeps its older way.
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            # A grade is on the disk once it is said to be saved, even if the power fails.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make what is written inside all or nothing.

    The right to write is taken at the start: a transaction that begins by reading can find at its first write that
    another came first, and no waiting helps then.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back after some faults, a full disk among them.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def translated_faults(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the machine or the file into an error that names the file and the remedy.

    A broken rule of the schema is a bug of ours and stays what it is.
    """
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise _described(error, path) from error


def _described(error: sqlite3.DatabaseError, path: Path) -> AutograderError:
    # Extended codes keep the kind of the fault in their lowest byte.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return _no_gradebook(path)
    what, remedy = _FAULTS.get(code, (f"SQLite says: {error}", ""))
    return EnvironmentFault(what, str(path), remedy)


def _recognise(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell a gradebook (True) from an empty file (False); anything else is refused."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == 0 and objects == 0:
        return False
    if application != APPLICATION_ID:
        raise _no_gradebook(path)
    if version != SCHEMA_VERSION:
        raise ConfigurationError(
            f"this gradebook has format {version}, and this version of autograder reads format {SCHEMA_VERSION}",
            str(path),
            "use the version that wrote it, or grade into a new gradebook",
        )
    return True


def _create(connection: sqlite3.Connection) -> None:
    # `executescript` would commit first and leave half a schema behind when it is interrupted.
    for statement in _statements(_SCHEMA):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _no_gradebook(path: Path) -> ConfigurationError:
    return ConfigurationError(
        "this file is not a gradebook", str(path), "name another file; a new gradebook is made where there is none"
    )
