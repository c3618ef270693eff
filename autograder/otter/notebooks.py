"""Typed wrappers around nbformat for reading, writing and creating notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

_FORMAT = 4


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook file."""
    return parse_notebook(path.read_text(encoding="utf-8"))


def parse_notebook(text: str) -> NotebookNode:
    """Read a notebook from its JSON text."""
    notebook: NotebookNode = nbformat.reads(text, as_version=_FORMAT)  # type: ignore[no-untyped-call]
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook file."""
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def make_notebook(title: str, sources: Sequence[str], metadata: Mapping[str, object]) -> NotebookNode:
    """Create a notebook with one Markdown cell and code cells; equal arguments give equal notebooks."""
    cells = [v4.new_markdown_cell(title, id="title")]  # type: ignore[no-untyped-call]
    cells += [
        v4.new_code_cell(source, id=f"values-{number}")  # type: ignore[no-untyped-call]
        for number, source in enumerate(sources)
    ]
    notebook: NotebookNode = v4.new_notebook(cells=cells, metadata=dict(metadata))  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return notebook
