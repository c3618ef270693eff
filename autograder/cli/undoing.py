"""The command `undo`: take back one decision, one objection or one answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.class_results import write_results
from autograder.cli.app import Because, By, Config, Out, app, stdout
from autograder.gradebook import Gradebook
from autograder.regrading import require_same_rubric


@app.command()
def undo(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The event's, as `autograder history` shows it.")],
    because: Because,
    by: By,
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
) -> None:
    """Take back one decision, objection or answer, and write the pages, the JSON files and the table anew.

    What it replaced counts again: the decision before it, or the computed points; an objection without its answer waits
    again. It stays in the student's history, with who took it back and why.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        require_same_rubric(assignment, book)
        student, place = book.take_back(number, because, by)
        write_results(assignment, book, out)
    stdout.print(f"{student}: {place}, event {number} is taken back", highlight=False, markup=False, soft_wrap=True)
