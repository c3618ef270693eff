"""Parse an untrusted notebook file to a Job, or explain why that is impossible.

Only the code cells' positions and sources enter the Job. Kernel, ids, tags and settings are ignored, so that a
submission cannot configure the grader; the one tag that is read marks where parameters may be set.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Any

from autograder.collect.diagnosis import decode, refuse_broken, refuse_other_json
from autograder.collect.naming import readable
from autograder.collect.saved_evidence import find_language, find_saved_evidence
from autograder.errors import SubmissionError
from autograder.records import JSON, Cell, Job, shell_word

MAXIMUM_BYTES = 64 * 2**20
MAXIMUM_CODE_BYTES = 4 * 2**20
"""The limit of the code as JSON, so that a job fits a frame of the wire."""
_MAXIMUM_VALUES = 5_000_000
"""A notebook of `{},{},…` would take 24 times its size in memory; this limit applies before parsing."""
_FORMAT = 4
_KNOWN_FORMATS = range(1, 6)
_PARAMETERS_TAG = "parameters"
_SAVE_AGAIN = "open it in Jupyter, save it and hand it in again"


def read_notebook(path: Path, student: str) -> Job:
    """Read a notebook.

    Args:
        path: The file.
        student: The student's name.

    Raises:
        SubmissionError: It cannot be read, or is not a notebook of format 4; the message names the remedy.
    """
    return parse_notebook(read_file(path), readable(path), student)


def read_asked_form(path: Path) -> JSON:
    """Return the expected form of the answers from a notebook's metadata, None if it has none.

    Raises:
        SubmissionError: See `read_notebook`.
    """
    metadata = _parsed(readable(path), read_file(path)).get("metadata")
    ours = metadata.get("autograder") if isinstance(metadata, dict) else None
    return ours.get("questions") if isinstance(ours, dict) else None


def parse_notebook(data: bytes, source: str, student: str) -> Job:
    """Parse a notebook's bytes to a job.

    Args:
        data: The file's content, at most `MAXIMUM_BYTES`.
        source: The file's name for messages.
        student: The student's name.

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
            f"its code takes {size:,} bytes, over {MAXIMUM_CODE_BYTES:,}",
            source,
            "keep data out of the code",
            code="code_too_large",
        )
    prose = [joined_text(cell.get("source")) or "" for cell in cells if cell.get("cell_type") == "markdown"]
    saved = find_saved_evidence(cells)
    digest = hashlib.sha256(data).hexdigest()
    return Job(
        id=hashlib.sha256(f"{student}\0{digest}".encode()).hexdigest()[:16],
        student=student,
        source=source,
        notebook_sha256=digest,
        language=find_language(saved, notebook.get("metadata"), prose),
        cells=code,
        claimed=saved,
        parameters_cell=next((cell.index for cell in code if _takes_parameters(cells[cell.index])), None),
    )


def raw_cells(data: bytes, source: str) -> list[dict[str, Any]]:
    """Return the cells of a notebook's bytes as its file has them, unchecked.

    Raises:
        SubmissionError: See `read_notebook`.
    """
    return _cells(source, _parsed(source, data))


def mentions_any(job: Job, names: Collection[str]) -> bool:
    """Return whether a notebook's code contains any of these names as a whole word, in whatever role.

    The code is NFKC-normalised first, as Python does with identifiers.
    """
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    return any(words.search(unicodedata.normalize("NFKC", cell.source)) for cell in job.cells)


def read_file(path: Path) -> bytes:
    """Return a file's content, unless it is too large for a notebook.

    Raises:
        SubmissionError: It is too large, or cannot be read.
    """
    try:
        if not path.is_file():
            # Reading a pipe or a device could block forever.
            raise SubmissionError("is not a file", readable(path), "give a notebook")
        with path.open("rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise SubmissionError(f"cannot be read: {error.strerror}", readable(path), "look at its permissions") from error
    if len(data) > MAXIMUM_BYTES:
        raise SubmissionError(
            f"is larger than {MAXIMUM_BYTES // 2**20} MiB",
            readable(path),
            "clear its outputs and save it again",
            code="too_large",
        )
    return data


def _parsed(source: str, data: bytes) -> dict[str, Any]:
    text = decode(data, source)
    if sum(map(text.count, "[{,")) > _MAXIMUM_VALUES:
        raise SubmissionError("holds too many values", source, "clear its outputs and save it again")
    try:
        # Duplicate keys and NaN are tolerated: neither affects the code, and some tools write them in outputs.
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        refuse_broken(text, error, source)
    except ValueError as error:
        raise SubmissionError(
            "is not a notebook: it holds an absurd number", source, _SAVE_AGAIN, "not_notebook"
        ) from error
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
        what, remedy = _wrong_format(source, version)
        code = "no_format" if version is None else "other_format"
        raise SubmissionError(what, source, remedy, code)
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError("has no list of cells", source, _SAVE_AGAIN)
    return cells


def _wrong_format(source: str, version: JSON) -> tuple[str, str]:
    """Return what is wrong with a notebook's format, and the remedy."""
    if version is None:
        remedy = f'in a text editor, write "nbformat": {_FORMAT}, "nbformat_minor": 5, after its first brace'
        return "does not say its notebook format (nbformat is missing)", remedy
    if isinstance(version, bool) or not isinstance(version, int):
        remedy = f'in a text editor, write "nbformat": {_FORMAT} in place of it'
        return f"is of notebook format unknown, and {_FORMAT} is read", remedy
    what = f"is of notebook format {version if version in _KNOWN_FORMATS else 'unknown'}, and {_FORMAT} is read"
    if 0 < version < _FORMAT:
        name = source.rpartition("/")[2]
        name = f"./{name}" if name.startswith("-") else name
        return what, f"jupyter nbconvert --to notebook --nbformat {_FORMAT} {shell_word(name)}"
    return what, f"save it in the notebook format {_FORMAT}"


def _text(source: str, index: int, cell: dict[str, Any]) -> str:
    text = joined_text(cell.get("source"))
    if text is None:
        raise SubmissionError(f"has no text in cell {index}", source, _SAVE_AGAIN)
    return text


def joined_text(source: JSON) -> str | None:
    """Return a cell's text, which notebooks store as a string or a list of lines."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    # JSON may contain lone surrogates, which Python can neither compile nor store.
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else None


def _takes_parameters(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and _PARAMETERS_TAG in tags
