"""The text of each option in the master notebook, because a letter alone does not say what was chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from autograder.records import JSON

OptionTexts = Mapping[str, Mapping[str, str]]
"""Option texts by question and letter, in Markdown."""

_BEGIN: Final = re.compile(r"^#\s*BEGIN QUESTION\s*$.*?^name:\s*(\w+)", re.MULTILINE | re.DOTALL)
_END: Final = re.compile(r"^#\s*END QUESTION\s*$", re.MULTILINE)
_OPTION: Final = re.compile(r"^[-*]\s+\*\*\(([a-z])\)\*\*\s+(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
"""A list item that is an option: `- **(a)** …`, with indented continuation lines."""


def read_option_texts(notebook: Path) -> OptionTexts:
    """Return the options of a master notebook's questions; empty if it is missing or unreadable.

    Pages then show the letter only: grading alone does not need the master notebook.
    """
    try:
        document = json.loads(notebook.read_text(encoding="utf-8"))
        cells = [(cell["cell_type"], _source(cell)) for cell in document["cells"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    found: dict[str, dict[str, str]] = {}
    question = ""
    for kind, source in cells:
        if kind == "raw" and (begun := _BEGIN.search(source)):
            question = begun[1]
        elif kind == "raw" and _END.search(source):
            question = ""
        elif kind == "markdown" and question:
            options = {letter: " ".join(text.split()) for letter, text in _OPTION.findall(source)}
            found.setdefault(question, {}).update(options)
    return found


def _source(cell: JSON) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
