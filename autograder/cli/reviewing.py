"""The commands `pending` and `decide`: items that wait for a person, and the decisions on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.class_results import write_results
from autograder.cli.app import AsJson, Because, By, Config, Out, app, print_json, stderr, stdout
from autograder.cli.drawing import draw_pending
from autograder.cli.named_student import find_graded
from autograder.errors import UsageError
from autograder.gradebook import Gradebook
from autograder.regrading import require_same_rubric
from autograder.report import sentence
from autograder.reviews import Ruling, acceptable_together, chosen, pending_items, settle_pending
from autograder.standing import standing_grades


@app.command()
def pending(config: Config = Path("grading.yml"), out: Out = Path("grades"), as_json: AsJson = False) -> None:
    """List the items whose points wait for a person, and why they do."""
    release = open_assignment(config).specification.release
    with Gradebook.in_folder(out, must_exist=True) as book:
        items = tuple(pending_items(standing_grades(book, release)))
    if as_json:
        rows = [
            {
                "student": one.grade.student,
                "item": one.finding.place,
                "points": one.finding.pending,
                "why": [sentence(reason, "en", reveal=True) for reason in one.finding.reasons],
            }
            for one in items
        ]
        print_json(rows)
    else:
        draw_pending(stdout, items)
    stderr.print(
        f"{len(items)} items are pending, {sum(one.finding.pending for one in items):g} points", highlight=False
    )


@app.command()
def decide(
    ruling: Annotated[Ruling, typer.Argument(help="accept: all of an item's points; reject: none.")],
    because: Because,
    by: By,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="STUDENT ITEM…", help="As grades.csv and the rubric name them; no item: all of theirs."),
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Decide for the whole class: then only items are named.")
    ] = False,
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
) -> None:
    """Accept or reject pending points, and write the pages, the JSON files and the table again.

    As with `override`, the computed grade stays in the gradebook, and the last decision on an item counts for the
    current notebook, also after regrading. Numbers that no known training of the exercise gave can be accepted for a
    named student only, not for everyone.
    """
    assignment = open_assignment(config)
    student, *places = names or [""]
    if everyone:
        student, places = "", list(names or ())
    elif not student:
        raise UsageError("no student is named", remedy="name one as grades.csv does, or decide for everyone with --all")
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        require_same_rubric(assignment, book)
        release = assignment.specification.release
        grades = standing_grades(book, release) if everyone else [find_graded(book, student, release)]
        named = chosen(tuple(pending_items(grades)), places)
        items = acceptable_together(named) if everyone and ruling == "accept" else named
        settle_pending(book, items, ruling, reason=because, author=by)
        write_results(assignment, book, out)
    done = "accepted" if ruling == "accept" else "rejected"
    for one in items:
        line = f"{one.grade.student}: {one.finding.place} {done}, {one.finding.pending:g} points"
        stdout.print(line, highlight=False, markup=False, soft_wrap=True)
    if left := len(named) - len(items):
        stderr.print(
            f"{left} items are left: look at each notebook (`autograder pending`), then name the student",
            highlight=False,
        )
