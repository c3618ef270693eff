"""Stable pseudonyms of students, derived with a secret key in the results folder."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import os
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import EnvironmentFault
from autograder.report import cell_text

KEY_FILE = "pseudonyms.key"
_KEY_BYTES = 32
_LETTERS = 8


class Pseudonyms:
    """The pseudonyms of one class. They cannot be resolved without its key.

    Args:
        folder: The folder of results, where the key is stored; created if missing.

    Raises:
        EnvironmentFault: The key cannot be read or created.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / KEY_FILE
        try:
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            except FileExistsError:
                self._key = path.read_bytes()
            else:
                self._key = os.urandom(_KEY_BYTES)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(self._key)
        except OSError as error:
            raise EnvironmentFault(f"cannot be read or created: {error.strerror}", str(path)) from error
        if len(self._key) != _KEY_BYTES:
            raise EnvironmentFault("is not a key of this program", str(path), "move it away: a new one will be created")

    def of(self, student: str) -> str:
        """Return a student's pseudonym: `P-` and eight letters and digits."""
        digest = hmac.digest(self._key, student.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"P-{base64.b32encode(digest).decode()[:_LETTERS]}"

    def table(self, students: Iterable[str]) -> bytes:
        """Return the table of pseudonyms and students, for the instructor only: UTF-8 with a byte order mark."""
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(["pseudonym", "student"])
        writer.writerows(sorted((self.of(student), cell_text(student)) for student in set(students)))
        return ("\ufeff" + table.getvalue()).encode()
