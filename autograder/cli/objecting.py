"""The command `objection`: queue what a student objects to, list what waits, and answer it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.cli.app import AsJson, Config, Out, app, print_json, stderr, stdout
from autograder.cli.drawing import draw_objections
from autograder.cli.named_student import find_graded
from autograder.errors import UsageError
from autograder.gradebook import Gradebook, Objection
from autograder.objections import file_objection, read_objection


@app.command()
def objection(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STUDENT [ITEM]]", help="Whose it is and to which item; without them, list them all."),
    ] = None,
    text: Annotated[str, typer.Option("--text", help="What the student says.")] = "",
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="The student's own file: JSON, or the item and a text."),
    ] = None,
    answer: Annotated[
        int, typer.Option("--answer", metavar="NUMBER", help="Answer this objection, with --text and --by.")
    ] = 0,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who answers; it is kept.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="List those that were answered as well.")] = False,
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
    as_json: AsJson = False,
) -> None:
    """Queue a student's objection to an item, list the objections that wait for an answer, or answer one.

    Objections and answers stay in the student's history. An answer changes no points: `override` does.
    """
    is_filing = bool(names) or file is not None
    if answer and (is_filing or not text or not by):
        raise UsageError("an answer needs a text and a name", "--answer", "add --text … --by …, and no student")
    with Gradebook.in_folder(out, must_exist=True, alone=bool(answer) or is_filing) as book:
        if answer:
            shown: tuple[Objection, ...] = (book.answer_objection(answer, text, by),)
        elif is_filing:
            shown = (_file(book, config, names or [], text, file),)
        else:
            shown = tuple(one for one in book.objections() if everything or one.standing == "open")
    if as_json:
        print_json([dataclasses.asdict(one) for one in shown])
    else:
        draw_objections(stdout, shown)
    waiting = sum(one.standing == "open" for one in shown)
    stderr.print(f"{len(shown)} objections, {waiting} waiting for an answer", highlight=False)


def _file(book: Gradebook, config: Path, names: list[str], text: str, file: Path | None) -> Objection:
    said = None if file is None else read_objection(file)
    student, item = [*names, "", ""][:2]
    student = student or (said.student if said else "")
    item = item or (said.item if said else "")
    text = text or (said.text if said else "")
    if not student or not item or len(names) > 2:  # noqa: PLR2004 (a student and an item)
        raise UsageError("an objection is of one student and one item", remedy="autograder objection STUDENT ITEM …")
    given = find_graded(book, student, open_assignment(config).specification.release)
    return file_objection(book, given, item, text)
