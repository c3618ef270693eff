"""Open the SQLite file of a gradebook, with atomic writes and translated errors."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import AutograderError, EnvironmentFault
from autograder.gradebook.schema import (
    create_tables,
    is_gradebook,
    is_of_former_format,
    not_a_gradebook,
    upgrade_tables,
)

_SMALLEST_DATABASE_BYTES = 512

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 256 * 2**20,  # a row; evidence is some tens of mebibytes
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}
"""Limits that protect against a hostile file."""

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
    """Create the folder of a gradebook if it is missing.

    Raises:
        EnvironmentFault: It cannot be made.
    """
    try:
        # Not readable by other users, among whom, in a container, is the students' code.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault("the folder cannot be made", str(folder), str(error.strerror)) from error


def open_database(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a gradebook, or create one; any other file is left unchanged.

    Raises:
        ConfigurationError: The file is not a gradebook, has another version, or was changed by another program.
        EnvironmentFault: It cannot be opened, created or written to.
    """
    if path.is_file() and 0 < path.stat().st_size < _SMALLEST_DATABASE_BYTES:
        # SQLite treats a file this short as empty and overwrites it.
        raise not_a_gradebook(path)
    with translated_faults(path):
        # Explicit transactions: the sqlite3 module would begin them implicitly.
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        try:
            _distrust(connection)
            if not is_gradebook(connection, path):
                with transaction(connection):
                    # The command that held the file while we waited may have created the tables.
                    if not is_gradebook(connection, path):
                        create_tables(connection)
            if is_of_former_format(connection):
                with transaction(connection):
                    if is_of_former_format(connection):
                        upgrade_tables(connection)
            # In WAL mode, a writer never waits for a reader; SQLite falls back if the file system lacks support.
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            # A saved grade survives a power failure.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _distrust(connection: sqlite3.Connection) -> None:
    """Disable everything in the file that could run by itself: the file may be hostile."""
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the block in one transaction.

    The write lock is taken at the start: a transaction that begins by reading may fail at its first write because of
    another writer, and waiting would not help.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # After some faults, such as a full disk, SQLite has already rolled back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def translated_faults(path: Path) -> Iterator[None]:
    """Translate SQLite's errors about the machine or the file into errors with the file and a remedy.

    A violated constraint is a bug and is not translated.
    """
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise _described(error, path) from error


def _described(error: sqlite3.DatabaseError, path: Path) -> AutograderError:
    # The lowest byte of an extended code is the kind of fault.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return not_a_gradebook(path)
    what, remedy = _FAULTS.get(code, (f"SQLite reports: {error}", ""))
    return EnvironmentFault(what, str(path), remedy)
