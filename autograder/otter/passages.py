"""Extract every text in a student's file: cells, outputs, metadata, tests, members of a zip."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from autograder.otter.notebooks import parse_notebook

Kind = Literal["code", "prose", "output", "metadata"]


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """One text with its place and kind."""

    where: str
    kind: Kind
    text: str


def passages_of_file(path: Path) -> tuple[Passage, ...]:
    """Return the texts of a notebook, a Python file, a zip or a text file; a binary file has none."""
    return tuple(_passages(path.name, path.read_bytes(), path))


def _passages(name: str, content: bytes, path: Path | None = None) -> Iterator[Passage]:
    if name.endswith(".zip") and path is not None:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                yield from _passages(f"{name}/{member}", archive.read(member))
        return
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    if name.endswith(".ipynb"):
        yield from _passages_of_notebook(name, text)
    else:
        yield Passage(name, "code" if name.endswith(".py") else "prose", text)


def _passages_of_notebook(name: str, text: str) -> Iterator[Passage]:
    notebook = parse_notebook(text)
    # Otter can embed tests in the metadata; search their text, not its JSON encoding.
    embedded = notebook.metadata.get("otter", {}).get("tests", {})
    for test, source in embedded.items():
        yield Passage(f"{name} test {test}", "code", str(source))
    yield Passage(f"{name} metadata", "metadata", json.dumps(notebook.metadata, ensure_ascii=False))
    for number, cell in enumerate(notebook.cells):
        where = f"{name} cell {number}"
        yield Passage(where, "code" if cell.cell_type == "code" else "prose", cell.source)
        extras = {"metadata": cell.metadata, "attachments": cell.get("attachments", {})}
        yield Passage(f"{where} metadata", "metadata", json.dumps(extras, ensure_ascii=False))
        if cell.get("outputs"):
            yield Passage(f"{where} output", "output", json.dumps(cell.outputs, ensure_ascii=False))
