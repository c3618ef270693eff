"""Write a new assignment's folder: a rubric of two questions and a solved notebook per language, ready to build."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode, v4

from autograder.errors import UsageError
from autograder.otter import SEED_TAG, write_notebook
from autograder.records import spoken_language

_FILES = Path(__file__).resolve().parent
_CELL = re.compile(r"^%% (raw|markdown|code) (\S+)\n", re.MULTILINE)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def write_skeleton(folder: Path, name: str, languages: Sequence[str]) -> Path:
    """Write `folder/name/grading.yml` and one notebook per language, and return the rubric's path.

    Args:
        folder: Where assignments are kept.
        name: The assignment's name, of small letters, digits and hyphens.
        languages: BCP 47 tags. The notebook is in Portuguese for any `pt`, in English otherwise.

    Raises:
        UsageError: The name or a language is malformed, or the folder exists.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a valid assignment name", remedy="use small letters, digits and hyphens")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise UsageError(f"{language!r} is not a language tag", where="--language", remedy="write one like pt-BR")
    place = folder / name
    if place.exists():
        raise UsageError("something exists here already", where=str(place), remedy="choose another name")
    place.mkdir(parents=True)
    notebooks = {language: f"{name}.{language}.ipynb" for language in languages}
    for language, file in notebooks.items():
        write_notebook(_notebook(name, language), place / file)
    listed = "\n".join(f"    {language}: {file}" for language, file in notebooks.items())
    rubric = place / "grading.yml"
    rubric.write_text(_read("grading").format(name=name, notebooks=listed), encoding="utf-8")
    return rubric


def _notebook(name: str, language: str) -> NotebookNode:
    text = _read("notebook.pt" if spoken_language(language) == "pt-BR" else "notebook.en").format(name=name)
    _, *parts = _CELL.split(text)
    makers = {"raw": v4.new_raw_cell, "markdown": v4.new_markdown_cell, "code": v4.new_code_cell}
    cells = []
    for kind, identity, source in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        tags = {"tags": [SEED_TAG]} if identity == "seed" else {}
        cells.append(makers[kind](source.rstrip("\n"), id=identity, metadata=tags))  # type: ignore[no-untyped-call]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "autograder": {"language": language}}
    notebook: NotebookNode = v4.new_notebook(cells=cells, metadata=metadata)  # type: ignore[no-untyped-call]
    return notebook


def _read(name: str) -> str:
    return (_FILES / f"{name}.txt").read_text(encoding="utf-8")
