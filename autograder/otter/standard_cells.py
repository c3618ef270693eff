"""The cells that every student's notebook needs besides its questions, added if the author wrote none.

The first cell prepares `grader.check`; the last one shows what is missing and saves the values that the student saw.
Two more use the students' own check, where its file is beside the notebook: one observes trainings, one reports.
The author writes only the seed, which belongs to the exercise.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from nbformat import NotebookNode, v4

from autograder.otter.notebooks import read_notebook, write_notebook
from autograder.records import Language, spoken_language

SEED_TAG = "parameters"
"""The tag of the cell after which a reference run sets its own seed."""

_CHECKS_MARK = "otter.Notebook("
_WATCH_MARK = "own_check.watch("
_REPORT_MARK = "own_check.report("
_SUMMARY_MARK = "application/vnd.autograder.evidence+json"
_ID = "autograder-"
"""What the ids of standard cells begin with."""
_CELLS = Path(__file__).resolve().parent / "cells"
_WIDTH = 120
NO_LETTERS: Mapping[str, str] = MappingProxyType({})

_ENGLISH = {
    "comment": "Prepares the checks (grader.check). Without Otter or the folder tests, the notebook still works.",
    "stand_in": "Stands in for Otter where it is not available.",
    "unavailable": "no check available here; just go on.",
    "not_loaded": "Otter could not be loaded:",
    "no_tests": "The folder tests is not beside the notebook: the checks are off.",
    "watch": "Observes the trainings for the check before handing in (own_check); they stay as they are.",
    "report": "Checks the form of the answers, and the trainings against what the statement asks for.",
    "no_own_check": "The folder own_check is not beside the notebook: the check before handing in is off.",
    "plain": "Return `value` as JSON writes it; None in place of what JSON cannot hold.",
    "claim": "Return the variable in plain form; None if it is missing or cannot be kept.",
    "is_letter": "Return whether a choice is one of its letters; any other variable is not looked at.",
    "question": "Question",
    "letter": "Letter",
    "missing": "Missing",
    "answered": "Answered",
    "text": """\
## Before you hand in

The cell below shows what has been answered and what is missing, and keeps in its output a copy of the values that
**you** saw. Grading executes the notebook again; the copy is only a record and does not replace that.

Restart the kernel, run everything, look at the table, **save** and hand in the file. Do not change this cell.""",
}
_PORTUGUESE = {
    "comment": "Prepara as verificações (grader.check). Sem o Otter ou a pasta tests, o notebook funciona.",
    "stand_in": "Substitui o Otter quando ele não está disponível.",
    "unavailable": "verificação indisponível aqui; siga em frente.",
    "not_loaded": "Não foi possível carregar o Otter:",
    "no_tests": "A pasta tests não está ao lado do notebook: as verificações ficam desligadas.",
    "watch": "Observa os treinamentos para a verificação antes da entrega (own_check), sem mudar nada neles.",
    "report": "Verifica o formato das respostas e compara os treinamentos com o que o enunciado pede.",
    "no_own_check": "A pasta own_check não está ao lado do notebook: a verificação antes da entrega fica desligada.",
    "plain": "Devolve `value` como o JSON o escreve; None no lugar do que não cabe em JSON.",
    "claim": "Devolve a variável em forma simples; None se falta ou não pode ser guardada.",
    "is_letter": "Devolve se uma escolha é uma das letras dela; as outras variáveis não são vistas.",
    "question": "Questão",
    "letter": "Letra",
    "missing": "Falta",
    "answered": "Respondidas",
    "text": """\
## Antes de entregar

A célula abaixo mostra o que já foi respondido e o que falta, e guarda na própria saída uma cópia dos valores que
**você** viu. A correção executa o notebook de novo; a cópia é só um registro e não substitui a execução.

Reinicie o kernel, rode tudo, confira a tabela, **salve** e envie o arquivo. Não apague nem mude esta célula.""",
}
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType({"pt-BR": _PORTUGUESE, "en": _ENGLISH})


def add_standard_cells(
    path: Path, language: str, variables: Iterable[str], letters: Mapping[str, str] = NO_LETTERS
) -> None:
    """Add the missing standard cells and the language to a master notebook; existing ones are kept.

    Args:
        path: The notebook, changed in place.
        language: Its BCP 47 tag; the cells are in Portuguese for any `pt`, in English otherwise.
        variables: The variables asked for, in the rubric's order.
        letters: The letters from which each choice is made, in one word, by variable.
    """
    notebook = read_notebook(path)
    notebook.metadata.setdefault("autograder", {}).setdefault("language", language)
    words = _WORDS[spoken_language(language)]
    if not has_checks(notebook):
        notebook.cells.insert(_before_first_code(notebook), _code("checks", **words))
    if not has_summary(notebook, variables := tuple(variables)):
        text = v4.new_markdown_cell(words["text"], id=f"{_ID}summary-text")  # type: ignore[no-untyped-call]
        expected = textwrap.wrap(" ".join(variables), _WIDTH - 20)
        lines = '"""' + "\n    ".join(expected) + '"""'
        summary = _code(
            "summary", **words, language=language, expected=f"EXPECTED = {lines}.split()", letters=repr(dict(letters))
        )
        notebook.cells += [text, summary]
    _add_own_check(notebook, words)
    write_notebook(notebook, path)


def _add_own_check(notebook: NotebookNode, words: Mapping[str, str]) -> None:
    """Add the cells that use the students' own check: after the first code cell, and before the summary."""
    if not _has(notebook, _WATCH_MARK):
        notebook.cells.insert(_first_code(notebook) + 1, _code("watch", **words))
    if not _has(notebook, _REPORT_MARK):
        place = next(place for place, cell in enumerate(notebook.cells) if _SUMMARY_MARK in cell.source)
        # The summary and the text above it stay together.
        place -= notebook.cells[place - 1].cell_type == "markdown"
        notebook.cells.insert(place, _code("report", **words))


def missing_cells(notebook: NotebookNode, variables: Iterable[str], *, seeded: bool) -> list[str]:
    """Return the names of the standard cells missing from a student's notebook.

    Args:
        notebook: The student's notebook.
        variables: The variables asked for.
        seeded: Whether any number is compared with reference runs, so that the notebook must set a seed.
    """
    found = {
        "the cell that prepares grader.check": has_checks(notebook),
        "the last cell, which keeps what the student saw, with every variable": has_summary(notebook, variables),
        f"one cell tagged {SEED_TAG} that sets SEED": not seeded or _has_seed(notebook),
    }
    return [name for name, there in found.items() if not there]


def has_checks(notebook: NotebookNode) -> bool:
    """Tell whether a cell prepares `grader.check`."""
    return _has(notebook, _CHECKS_MARK)


def has_summary(notebook: NotebookNode, variables: Iterable[str]) -> bool:
    """Tell whether a cell keeps the values of all `variables`."""
    return any(
        _SUMMARY_MARK in cell.source and all(name in cell.source for name in variables)
        for cell in notebook.cells
        if cell.cell_type == "code"
    )


def _has(notebook: NotebookNode, mark: str) -> bool:
    return any(mark in cell.source for cell in notebook.cells if cell.cell_type == "code")


def _has_seed(notebook: NotebookNode) -> bool:
    tagged = [cell for cell in notebook.cells if SEED_TAG in cell.metadata.get("tags", ())]
    return len(tagged) == 1 and "SEED" in tagged[0].source


def _first_code(notebook: NotebookNode) -> int:
    return next((place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"), len(notebook.cells))


def _before_first_code(notebook: NotebookNode) -> int:
    """Return the place before the first code cell, and before its own text where another text opens the notebook."""
    place = _first_code(notebook)
    before = [cell.cell_type for cell in notebook.cells[:place]]
    return place - 1 if before[-2:] == ["markdown", "markdown"] else place


def _code(name: str, **words: str) -> NotebookNode:
    """Return a standard cell; its id is always the same, so that building again gives the same notebook."""
    template = (_CELLS / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
    cell: NotebookNode = v4.new_code_cell(template.format(**words), id=_ID + name)  # type: ignore[no-untyped-call]
    return cell
