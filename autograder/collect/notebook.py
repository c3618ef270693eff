"""Read one notebook file: bytes that anybody may have written → a Job, or a clear reason why not.

Only the code cells' places and texts enter the Job. Kernel, ids, tags and settings stay behind, since a
submission does not configure us; the one tag that is read marks where parameters may be set.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Any

from autograder.collect.claim import find_claim, find_language
from autograder.collect.diagnosis import decode, refuse_broken, refuse_other_json
from autograder.collect.naming import readable
from autograder.errors import SubmissionError
from autograder.records import JSON, Cell, Job, shell_word

MAXIMUM_BYTES = 64 * 2**20
MAXIMUM_CODE_BYTES = 4 * 2**20
"""As JSON, so that a job fits a frame on the wire with room to spare."""
_MAXIMUM_VALUES = 5_000_000
"""A notebook of `{},{},…` would take 24 times its size in memory; this bounds it before it is parsed."""
_FORMAT = 4
_KNOWN_FORMATS = range(1, 6)
_PARAMETERS_TAG = "parameters"
_SAVE_AGAIN = "open it in Jupyter, save it and hand it in again"


def read_notebook(path: Path, student: str) -> Job:
    """Read a notebook.

    Args:
        path: The file.
        student: Whose it is.

    Raises:
        SubmissionError: It cannot be read, or is no notebook of format 4; says what to do about it.
    """
    return parse_notebook(read_file(path), readable(path), student)


def read_asked_form(path: Path) -> JSON:
    """Return what a notebook says of the form that its answers are due in, None if it says nothing.

    Raises:
        SubmissionError: See `read_notebook`.
    """
    metadata = _parsed(readable(path), read_file(path)).get("metadata")
    ours = metadata.get("autograder") if isinstance(metadata, dict) else None
    return ours.get("variables") if isinstance(ours, dict) else None


def parse_notebook(data: bytes, source: str, student: str) -> Job:
    """Make a job of a notebook's bytes.

    Args:
        data: What the file holds, at most `MAXIMUM_BYTES`.
        source: How to name the file to people.
        student: Whose it is.

    Raises:
        SubmissionError: See `read_notebook`.
    """
    notebook = _parsed(source, data)
    cells = _cells(source, notebook)
    code = tuple(
        Cell(index, _text(source, index, cell)) for index, cell in enumerate(cells) if cell.get("cell_type") == "code"
    )
    size = len(json.dumps([cell.source for cell in code]))
    if size > MAXIMUM_CODE_BYTES:
        raise SubmissionError(
            f"its code takes {size:,} bytes, over {MAXIMUM_CODE_BYTES:,}", source, "keep data out of the code"
        )
    prose = [_joined(cell.get("source")) or "" for cell in cells if cell.get("cell_type") == "markdown"]
    claimed = find_claim(cells)
    digest = hashlib.sha256(data).hexdigest()
    return Job(
        id=hashlib.sha256(f"{student}\0{digest}".encode()).hexdigest()[:16],
        student=student,
        source=source,
        notebook_sha256=digest,
        language=find_language(claimed, notebook.get("metadata"), prose),
        cells=code,
        claimed=claimed,
        parameters_cell=next((cell.index for cell in code if _takes_parameters(cells[cell.index])), None),
    )


def mentions_any(job: Job, names: Collection[str]) -> bool:
    """Tell whether a notebook's code has any of these names, as a word of its own, in whatever role.

    Python reads other forms of the same letters as one name (NFKC), so they count here as well.
    """
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    return any(words.search(unicodedata.normalize("NFKC", cell.source)) for cell in job.cells)


def read_file(path: Path) -> bytes:
    """Return what a file holds, unless it is too large to be a notebook.

    Raises:
        SubmissionError: It is, or cannot be read.
    """
    try:
        if not path.is_file():
            # A pipe or a device would be waited on for ever.
            raise SubmissionError("is not a file", readable(path), "give a notebook")
        with path.open("rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise SubmissionError(f"cannot be read: {error.strerror}", readable(path), "look at its permissions") from error
    if len(data) > MAXIMUM_BYTES:
        raise SubmissionError(
            f"is larger than {MAXIMUM_BYTES // 2**20} MiB", readable(path), "clear its outputs and save it again"
        )
    return data


def _parsed(source: str, data: bytes) -> dict[str, Any]:
    text = decode(data, source)
    if sum(map(text.count, "[{,")) > _MAXIMUM_VALUES:
        raise SubmissionError("holds too many values", source, "clear its outputs and save it again")
    try:
        # Twice the same key and NaN are tolerated: neither touches the code, and some tools write such outputs.
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        refuse_broken(text, error, source)
    except ValueError as error:
        raise SubmissionError("is not a notebook: it holds an absurd number", source, _SAVE_AGAIN) from error
    except RecursionError as error:
        raise SubmissionError("is nested too deep", source, _SAVE_AGAIN) from error
    if not isinstance(notebook, dict):
        refuse_other_json(notebook, source)
    return notebook


def _cells(source: str, notebook: dict[str, Any]) -> list[dict[str, Any]]:
    version = notebook.get("nbformat")
    if version is None and "cells" not in notebook and "worksheets" not in notebook:
        refuse_other_json(notebook, source)
    if isinstance(version, bool) or version != _FORMAT:
        raise SubmissionError(*_wrong_format(source, version))
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError("has no list of cells", source, _SAVE_AGAIN)
    return cells


def _wrong_format(source: str, version: JSON) -> tuple[str, str, str]:
    """Return what is wrong with a notebook's format, where, and what mends it."""
    if version is None:
        remedy = f'in a text editor, write "nbformat": {_FORMAT}, "nbformat_minor": 5, behind its first brace'
        return "does not say its notebook format (nbformat is missing)", source, remedy
    if isinstance(version, bool) or not isinstance(version, int):
        remedy = f'in a text editor, write "nbformat": {_FORMAT} in place of it'
        return f"is of notebook format unknown, and {_FORMAT} is read", source, remedy
    what = f"is of notebook format {version if version in _KNOWN_FORMATS else 'unknown'}, and {_FORMAT} is read"
    if 0 < version < _FORMAT:
        name = source.rpartition("/")[2]
        name = f"./{name}" if name.startswith("-") else name
        return what, source, f"jupyter nbconvert --to notebook --nbformat {_FORMAT} {shell_word(name)}"
    return what, source, f"save it in the notebook format {_FORMAT}"


def _text(source: str, index: int, cell: dict[str, Any]) -> str:
    text = _joined(cell.get("source"))
    if text is None:
        raise SubmissionError(f"has no text in cell {index}", source, _SAVE_AGAIN)
    return text


def _joined(source: JSON) -> str | None:
    """Return a cell's text, which notebooks hold as one string or as a list of lines."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    # JSON may spell half a surrogate pair; Python could neither compile nor store it.
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else None


def _takes_parameters(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and _PARAMETERS_TAG in tags
