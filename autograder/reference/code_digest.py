"""A digest of a notebook's code that ignores comments, blank lines and layout."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import Final

_LAYOUT: Final = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER})
_MARKS: Final = {tokenize.NEWLINE: "\n", tokenize.INDENT: "\t", tokenize.DEDENT: "\b"}
_SHELL_LINE: Final = re.compile(r"^\s*[%!?]", re.MULTILINE)
"""An IPython line, which is not Python."""

_NO_PYTHON: Final = frozenset("$?!`")
"""Versions of Python differ in whether these are tokens or errors."""

_CHECK_CALL: Final = re.compile(r"grader \. (?:check|check_all|export) \( [^()]* \)")
"""A cell that only lets Otter check or export answers; it computes nothing."""

# Since Python 3.12, an f-string is several tokens; its source is the same in every version.
_F_STRING_START: Final[int] = getattr(tokenize, "FSTRING_START", -1)
_F_STRING_END: Final[int] = getattr(tokenize, "FSTRING_END", -1)


def digest_of_code(sources: Iterable[str]) -> str:
    """Return the SHA-256 of code cells, independent of comments, layout and the version of Python."""
    cells = [cell for source in sources if (cell := _significant(source)) and not only_checks(source)]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def only_checks(source: str) -> bool:
    """Return whether a cell only lets Otter check or export answers."""
    return _CHECK_CALL.fullmatch(_significant(source)) is not None


@functools.lru_cache(maxsize=4096)
def _significant(source: str) -> str:
    """Return a cell's tokens separated by spaces; if the cell is not plain Python, its non-blank lines."""
    if not _SHELL_LINE.search(source):
        try:
            return " ".join(_tokens(source)).strip()
        except (tokenize.TokenError, SyntaxError):
            pass
    return "\n".join(line.rstrip() for line in source.splitlines() if line.strip())


def _tokens(source: str) -> Iterator[str]:
    lines = source.splitlines(keepends=True)
    start: tuple[int, int] | None = None
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.ERRORTOKEN or (depth == 0 and token.string in _NO_PYTHON):
            raise SyntaxError(token.string)
        if token.type == _F_STRING_START:
            start = start or token.start
            depth += 1
        elif token.type == _F_STRING_END:
            depth -= 1
            if start is not None and depth == 0:
                yield _between(lines, start, token.end)
                start = None
        elif depth == 0 and token.type not in _LAYOUT:
            yield _MARKS.get(token.type, token.string)


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the text between two positions, each a line (from 1) and a column (from 0)."""
    (first, left), (last, right) = start, end
    if first == last:
        return lines[first - 1][left:right]
    return "".join([lines[first - 1][left:], *lines[first : last - 1], lines[last - 1][:right]])
