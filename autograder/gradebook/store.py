"""Read and write a gradebook's file: transactions, numbered events, and validated records."""

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
        path: The file, created if missing.
        busy_seconds: How long to wait for another command's write.
        now: The clock, in UTC.

    Raises:
        ConfigurationError: The file is not a gradebook of this version.
        EnvironmentFault: The file cannot be opened or written to. Every method may raise it.
    """

    def __init__(self, path: Path, busy_seconds: float, now: Callable[[], dt.datetime]) -> None:
        self._path = path
        self._now = now
        self._connection = open_database(path, busy_seconds)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Run the block in one transaction, durable at the end."""
        with translated_faults(self._path), transaction(self._connection):
            yield

    def write(self, statement: str, *values: object) -> int:
        """Execute a statement that writes; return the id of the inserted row."""
        return self._connection.execute(statement, [plain_text(value) for value in values]).lastrowid or 0

    def new_event(self) -> int:
        """Create an event with the current time and return its number."""
        return self.write("INSERT INTO events (saved_at) VALUES (?)", self.now())

    def now(self) -> str:
        """Return the current time as stored: UTC, in seconds."""
        return self._now().isoformat(timespec="seconds")

    # Queries are read completely before returning: the caller may save while iterating, and SQLite does not define
    # which rows an open query then sees.
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
        """Parse a record.

        Raises:
            ConfigurationError: The text is not such a record.
        """
        try:
            return from_json(kind, text)
        except pydantic.ValidationError as error:
            raise self.invalid(f"a record that is not a valid {kind.__name__} of this version") from error

    def check(self, *, sound: bool, what: str) -> None:
        """Reject a row whose columns contradict its record or hold impossible values.

        Raises:
            ConfigurationError: It is not `sound`.
        """
        if not sound:
            raise self.invalid(what)

    def check_name(self, student: str) -> str:
        """Return a student's name after validation.

        Raises:
            ConfigurationError: It contains control characters, which collected names never do.
        """
        plain = all(unicodedata.category(character) != "Cc" for character in student)
        self.check(sound=plain, what="a student's name with control characters")
        return student

    def invalid(self, what: str) -> ConfigurationError:
        """Return the error for a row that this version did not write."""
        return ConfigurationError(
            f"the gradebook holds {what}",
            str(self._path),
            "use a copy that only this version wrote to, or grade the class again into a new folder with --out",
        )


def plain_text(value: object) -> object:
    """Convert a text as `records.to_json` does, so that names that are not UTF-8 are stored consistently."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
