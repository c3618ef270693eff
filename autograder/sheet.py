"""A CSV file that can be edited without changing any other byte: only the replaced cells differ.

Python's `csv` would rewrite quotes, line ends and the byte order mark. A platform expects the file that it exported, so
everything but the marks must stay as it was.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.errors import ConfigurationError

_MOST_BYTES = 64 * 2**20
_SEPARATORS = ",;\t"
_MARKS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_SAVE_AGAIN = "download it again from the platform, or save it as CSV in UTF-8"


@dataclasses.dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell: its value, and its start and end in the text."""

    value: str
    start: int
    end: int
    quoted: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its text and encoding. Empty rows are left out of `rows`."""

    rows: tuple[tuple[SheetCell, ...], ...]
    text: str
    encoding: str
    mark: bytes
    separator: str

    def value(self, row: int, column: int) -> str:
        """Return a cell's value, stripped; empty if the row is too short."""
        cells = self.rows[row]
        return cells[column].value.strip() if column < len(cells) else ""

    def header(self, row: int = 0) -> tuple[str, ...]:
        """Return the values of a row."""
        return tuple(cell.value.strip() for cell in self.rows[row])

    def column(self, column: int, first: int = 1) -> list[str]:
        """Return the values of a column from row `first` on."""
        return [self.value(row, column) for row in range(first, len(self.rows))]

    def replaced(self, values: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file's bytes with some cells replaced, by row and column; the cells must exist."""
        parts, done = [], 0
        for (row, column), value in sorted(values.items()):
            cell = self.rows[row][column]
            parts += [self.text[done : cell.start], self._written(value, quoted=cell.quoted)]
            done = cell.end
        return self.mark + "".join([*parts, self.text[done:]]).encode(self.encoding)

    def _written(self, value: str, *, quoted: bool) -> str:
        if quoted or re.search(rf'["\r\n{self.separator}]', value):
            return '"' + value.replace('"', '""') + '"'
        return value


def read_sheet(path: Path) -> Sheet:
    """Read a table.

    Raises:
        ConfigurationError: It cannot be read, is too large, or is not such a table.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", str(path)) from error
    if len(content) > _MOST_BYTES:
        raise ConfigurationError(f"is larger than {_MOST_BYTES // 2**20} MiB", str(path), _SAVE_AGAIN)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ConfigurationError("is a workbook of a spreadsheet program, not a CSV file", str(path), _SAVE_AGAIN)
    return parse_sheet(content, str(path))


def parse_sheet(content: bytes, source: str) -> Sheet:
    """Read a table from its bytes.

    Args:
        content: The file.
        source: Its name for messages.

    Raises:
        ConfigurationError: It is not such a table.
    """
    text, encoding, mark = _decoded(content, source)
    if "\0" in text:
        raise ConfigurationError("is not text", source, _SAVE_AGAIN)
    tables = [(separator, _parse(text, separator, source)) for separator in _SEPARATORS]
    separator, rows = max(tables, key=lambda table: _regularity(table[1]))
    if rows and rows[0][0].value.startswith("sep="):
        # Excel's `sep=` line, which names the separator.
        rows = rows[1:]
    if not rows:
        raise ConfigurationError("contains no table", source, _SAVE_AGAIN)
    return Sheet(rows, text, encoding, mark, separator)


def _decoded(content: bytes, source: str) -> tuple[str, str, bytes]:
    """Return the text, the encoding that restores its bytes, and the byte order mark before them."""
    for name, mark in _MARKS:
        if content.startswith(mark):
            encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(mark, "utf-8")
            try:
                return content[len(mark) :].decode(encoding), encoding, mark
            except UnicodeDecodeError:
                if name == "utf-16":
                    raise ConfigurationError("is broken in the middle of a character", source, _SAVE_AGAIN) from None
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), encoding, b""
        except UnicodeDecodeError:
            continue
    # Every byte is a character in this encoding, so the same bytes can be restored.
    return content.decode("latin-1"), "latin-1", b""


def _parse(text: str, separator: str, source: str) -> tuple[tuple[SheetCell, ...], ...]:
    """Split a text into rows and cells (RFC 4180), with any line ends; line ends within quotes belong to the cell."""
    cell = re.compile(rf'"((?:[^"]|"")*)"([^{separator}\r\n]*)|([^{separator}\r\n]*)')
    rows: list[tuple[SheetCell, ...]] = []
    row: list[SheetCell] = []
    at = 0
    while True:
        found = cell.match(text, at)
        if found is None:  # The second form matches anything, even nothing.
            raise ConfigurationError("contains no table", source, _SAVE_AGAIN)
        quoted = found[1] is not None
        value = found[1].replace('""', '"') + found[2] if quoted else found[3]
        row.append(SheetCell(value, found.start(), found.end(), quoted))
        at = found.end()
        if text[at : at + 1] == separator:
            at += 1
            continue
        if any(one.value for one in row):
            rows.append(tuple(row))
        row = []
        if at >= len(text):
            return tuple(rows)
        at += 2 if text.startswith("\r\n", at) else 1


def _regularity(rows: Sequence[Sequence[SheetCell]]) -> tuple[int, int]:
    """Rate how well a separator fits: the number of rows with the most common width, if that is more than one."""
    if not rows:
        return 0, 0
    [(width, count)] = Counter(map(len, rows)).most_common(1)
    return (count, width) if width > 1 else (0, 1)
