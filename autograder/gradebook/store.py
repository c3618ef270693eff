"""Read and write a gradebook's file: transactions, numbered events, and records that are checked when they are read."""

from __future__ import annotations

import contextlib
import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pydantic

from autograder.errors import ConfigurationError
from autograder.gradebook.database import open_database, transaction, translated_faults
from autograder.records import from_json

Record = TypeVar("Record")


class Store:
    """The open file of one gradebook; use it from one thread.

    Args:
        path: The file; it is made where it is missing.
        busy_seconds: How long to wait for another command's write.
        now: The clock, in UTC.

    Raises:
        ConfigurationError: The file is no gradebook of this version.
        EnvironmentFault: The file cannot be opened or written to; so may every method.
    """

    def __init__(self, path: Path, busy_seconds: float, now: Callable[[], dt.datetime]) -> None:
        self._path = path
        self._now = now
        self._connection = open_database(path, busy_seconds)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Make what is written inside all or nothing, on the disk at the end."""
        with translated_faults(self._path), transaction(self._connection):
            yield

    def write(self, statement: str, *values: object) -> int:
        """Execute a statement that writes; return the number of the row that it added."""
        return self._connection.execute(statement, [plain_text(value) for value in values]).lastrowid or 0

    def new_event(self) -> int:
        """Number something that happens now."""
        return self.write("INSERT INTO events (saved_at) VALUES (?)", self.now())

    def now(self) -> str:
        """Say the time as it is kept: UTC, to the second."""
        return self._now().isoformat(timespec="seconds")

    # Queries are read to their end before anything is returned: the caller may save while it walks, and SQLite does
    # not say which rows an open query sees then.
    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return every row of a query."""
        with translated_faults(self._path):
            return self._connection.execute(query, [plain_text(value) for value in values]).fetchall()

    def row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a query, if it has any."""
        rows = self.rows(query, *values)
        return rows[0] if rows else None

    def column(self, query: str, *values: object) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self.rows(query, *values)]

    def read(self, kind: type[Record], text: str) -> Record:
        """Read a record back.

        Raises:
            ConfigurationError: The text does not hold such a record.
        """
        try:
            return from_json(kind, text)
        except pydantic.ValidationError as error:
            raise self.nonsense(f"a record that is no {kind.__name__} of this version") from error

    def check(self, *, sound: bool, what: str) -> None:
        """Refuse a row whose columns do not agree with its record, or hold what was never written.

        Raises:
            ConfigurationError: It is not `sound`.
        """
        if not sound:
            raise self.nonsense(what)

    def check_name(self, student: str) -> str:
        """Return a student's name as it was read.

        Raises:
            ConfigurationError: It holds control characters, which no name has when it is collected.
        """
        plain = all(unicodedata.category(character) != "Cc" for character in student)
        self.check(sound=plain, what="a student's name with control characters")
        return student

    def nonsense(self, what: str) -> ConfigurationError:
        """Return what is said of a row that this version did not write."""
        return ConfigurationError(
            f"the gradebook holds {what}",
            str(self._path),
            "use a copy that only this version wrote to, or grade the class again into a new folder with --out",
        )


def plain_text(value: object) -> object:
    """Say a name as `records.to_json` does: a file name that is not UTF-8 has no other form in the database."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
