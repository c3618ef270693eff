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
from autograder.records import JSON, Cell, Detail, Job, SubmissionError, shell_word

MAXIMUM_BYTES = 64 * 2**20
MAXIMUM_CODE_BYTES = 4 * 2**20
"""The limit of the code as JSON, so that a job fits a frame of the wire."""
_MAXIMUM_VALUES = 5_000_000
"""A notebook of `{},{},…` would take 24 times its size in memory; this limit applies before parsing."""
_FORMAT = 4
_KNOWN_FORMATS = range(1, 6)
_PARAMETERS_TAG = "parameters"


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
        raise SubmissionError(Detail.of("refused.code_too_large", bytes=size, most=MAXIMUM_CODE_BYTES), source)
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
            raise SubmissionError(Detail("refused.not_a_file"), readable(path))
        with path.open("rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise SubmissionError(
            Detail.of("refused.unreadable_file", error=str(error.strerror)), readable(path)
        ) from error
    if len(data) > MAXIMUM_BYTES:
        raise SubmissionError(Detail.of("refused.too_large", mebibytes=MAXIMUM_BYTES // 2**20), readable(path))
    return data


def _parsed(source: str, data: bytes) -> dict[str, Any]:
    text = decode(data, source)
    if sum(map(text.count, "[{,")) > _MAXIMUM_VALUES:
        raise SubmissionError(Detail("refused.too_many_values"), source)
    try:
        # Duplicate keys and NaN are tolerated: neither affects the code, and some tools write them in outputs.
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        refuse_broken(text, error, source)
    except ValueError as error:
        raise SubmissionError(Detail("refused.absurd_number"), source) from error
    except RecursionError as error:
        raise SubmissionError(Detail("refused.nested_too_deep"), source) from error
    if not isinstance(notebook, dict):
        refuse_other_json(notebook, source)
    return notebook


def _cells(source: str, notebook: dict[str, Any]) -> list[dict[str, Any]]:
    version = notebook.get("nbformat")
    if version is None and "cells" not in notebook and "worksheets" not in notebook:
        refuse_other_json(notebook, source)
    if isinstance(version, bool) or version != _FORMAT:
        raise SubmissionError(_wrong_format(source, version), source)
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionError(Detail("refused.no_cells"), source)
    return cells


def _wrong_format(source: str, version: JSON) -> Detail:
    """Return what is wrong with a notebook's format."""
    if version is None:
        return Detail("refused.no_format")
    if isinstance(version, bool) or not isinstance(version, int) or version not in _KNOWN_FORMATS:
        return Detail("refused.unknown_format")
    if version < _FORMAT:
        name = source.rpartition("/")[2]
        name = f"./{name}" if name.startswith("-") else name
        return Detail.of("refused.old_format", format=str(version), name=shell_word(name))
    return Detail.of("refused.other_format", format=str(version))


def _text(source: str, index: int, cell: dict[str, Any]) -> str:
    text = joined_text(cell.get("source"))
    if text is None:
        raise SubmissionError(Detail.of("refused.no_text", cell=index), source)
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
