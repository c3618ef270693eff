"""Read the outputs that a submitted file holds beside its cells, as text and pictures that a page can show safely.

Outputs are the most hostile part of a notebook: HTML, scripts and SVG are returned as their source text, shortened.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from autograder.collect.notebook import joined_text, raw_cells
from autograder.collect.reading_again import find_container, read_again
from autograder.records import SubmissionError, printable

_MOST_OUTPUTS: Final = 30
"""Per cell."""
_MOST_CHARACTERS: Final = 10_000
"""Per output."""
_MOST_PICTURE_BYTES: Final = 4 * 2**20
_SIGNATURES: Final[Mapping[str, bytes]] = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_TERMINAL: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""Colours, cursor movements and window titles, which progress bars and tracebacks hold."""
_NOTEBOOKS_KEPT: Final = 4


@dataclasses.dataclass(frozen=True, slots=True)
class CellOutput:
    """One output of a cell.

    Args:
        kind: `text`, an `error` with its traceback, the `source` of something that is not shown as what it is, or a
            `picture`.
        label: The stream, the exception or the MIME type; untrusted.
        text: What it says, shortened.
        picture: The bytes of a PNG or JPEG file.
        left_out: How many characters of the text are not in `text`; how many outputs are not shown, for `rest`.
    """

    kind: Literal["text", "error", "source", "picture", "rest"]
    label: str
    text: str = ""
    picture: bytes = b""
    left_out: int = 0


def read_cell_outputs(source: str, notebook_sha256: str) -> Mapping[int, tuple[CellOutput, ...]] | None:
    """Return the outputs of each cell by its index, as the student's own run left them.

    Args:
        source: Where the notebook was when it was graded: a file, or one in a zip.
        notebook_sha256: The digest of the notebook that was graded.

    Returns:
        None if the notebook is not there any more, or is another one.
    """
    container = find_container(source)
    return None if container is None else _read(source, notebook_sha256, container.stat().st_mtime_ns)


@functools.lru_cache(_NOTEBOOKS_KEPT)
def _read(source: str, notebook_sha256: str, _written: int) -> Mapping[int, tuple[CellOutput, ...]] | None:
    """Read a notebook once for its page and all of its pictures."""
    try:
        data = read_again(source)
        if hashlib.sha256(data).hexdigest() != notebook_sha256:
            return None
        cells = raw_cells(data, source)
    except SubmissionError:
        return None
    return {index: tuple(_outputs(cell)) for index, cell in enumerate(cells)}


def _outputs(cell: dict[str, Any]) -> Iterator[CellOutput]:
    outputs = cell.get("outputs")
    if not isinstance(outputs, list):
        return
    for output in outputs[:_MOST_OUTPUTS]:
        if isinstance(output, dict):
            yield from _output(output)
    if len(outputs) > _MOST_OUTPUTS:
        yield CellOutput("rest", "", left_out=len(outputs) - _MOST_OUTPUTS)


def _output(output: dict[str, Any]) -> Iterator[CellOutput]:
    match output.get("output_type"):
        case "stream":
            yield _shortened("text", str(output.get("name")), joined_text(output.get("text")) or "")
        case "error":
            lines = output.get("traceback")
            trace = "\n".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else ""
            yield _shortened("error", str(output.get("ename")), trace or str(output.get("evalue")))
        case "display_data" | "execute_result":
            yield from _bundle(output.get("data"))


def _bundle(data: object) -> Iterator[CellOutput]:
    """Yield the one form of a result that is safest to show: a picture, its plain text, or the source of another."""
    forms = data if isinstance(data, dict) else {}
    for label, signature in _SIGNATURES.items():
        picture = _picture(joined_text(forms.get(label)) or "")
        if picture.startswith(signature):
            yield CellOutput("picture", label, picture=picture)
            return
    plain = joined_text(forms.get("text/plain"))
    if plain is not None:
        yield _shortened("text", "text/plain", plain)
        return
    for label, form in forms.items():
        text = joined_text(form)
        yield _shortened("source", label, "" if text is None else text)


def _picture(text: str) -> bytes:
    if not text or len(text) > _MOST_PICTURE_BYTES:
        return b""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _shortened(kind: Literal["text", "error", "source"], label: str, text: str) -> CellOutput:
    start = _TERMINAL.sub("", text[: 2 * _MOST_CHARACTERS])
    # A progress bar writes its line again and again: what is left of it is what a reader of the notebook saw.
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in start.split("\n")]
    shown = printable("\n".join(lines).expandtabs(4))[:_MOST_CHARACTERS]
    return CellOutput(kind, printable(label)[:100], shown, left_out=max(0, len(text) - 2 * _MOST_CHARACTERS))
