"""Open the SQLite file of a gradebook, make its writes all or nothing, and put its faults in words."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import AutograderError, EnvironmentFault
from autograder.gradebook.schema import create_tables, is_gradebook, no_gradebook

_SMALLEST_DATABASE_BYTES = 512

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 256 * 2**20,  # a row; evidence is some tens of mebibytes
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}
"""What a file may ask of us, whoever made it."""

_FAULTS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some room and run the command again: what was saved is kept"),
    sqlite3.SQLITE_BUSY: ("another command is writing to this gradebook", "wait until it is done, then try again"),
    sqlite3.SQLITE_LOCKED: ("another command is writing to this gradebook", "wait until it is done, then try again"),
    sqlite3.SQLITE_READONLY: ("the gradebook cannot be written to", "check who may write to the file and its folder"),
    sqlite3.SQLITE_PERM: ("the gradebook cannot be written to", "check who may write to the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("the gradebook cannot be opened", "check that it is a file in a folder you may write to"),
    sqlite3.SQLITE_IOERR: ("reading from or writing to the disk failed", "check the disk, its quota and its room"),
    sqlite3.SQLITE_TOOBIG: (
        "a record is larger than any that autograder keeps",
        "use a gradebook that autograder wrote",
    ),
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
        ConfigurationError: The file is no gradebook, one of another version, or one that somebody changed.
        EnvironmentFault: It cannot be opened, made or written to.
    """
    if path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE_BYTES:
        # SQLite takes a file this short for an empty one and writes over it.
        raise no_gradebook(path)
    with translated_faults(path):
        # Transactions are begun and ended by hand: the module's own way begins them at moments of its choosing.
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        try:
            _distrust(connection)
            if not is_gradebook(connection, path):
                with transaction(connection):
                    # Whoever held the file while we waited may have made the tables.
                    if not is_gradebook(connection, path):
                        create_tables(connection)
            # A writer never waits for a reader; where the file system cannot do it, SQLite keeps its older way.
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            # A grade is on the disk once it is said to be saved, even if the power fails.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _distrust(connection: sqlite3.Connection) -> None:
    """Let nothing in the file act on its own: it may come from a stranger."""
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")


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
        return no_gradebook(path)
    what, remedy = _FAULTS.get(code, (f"SQLite says: {error}", ""))
    return EnvironmentFault(what, str(path), remedy)
