"""The command `bulk-override`: one item's points for many students, shown first, and undone as one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.bulk_overrides import BulkSelection, plan_overrides, read_list
from autograder.class_results import write_results
from autograder.cli.app import Because, By, Config, Out, app, stderr, stdout
from autograder.cli.drawing import draw_planned
from autograder.cli.named_student import find_in_class
from autograder.errors import UsageError
from autograder.gradebook import Gradebook
from autograder.records import Verdict
from autograder.regrading import require_same_rubric
from autograder.standing import standing_grades


@app.command(name="bulk-override")
def bulk_override(
    because: Because,
    by: By,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="As the rubric names it: q07.recipe_a.")] = "",
    points: Annotated[
        float | None, typer.Argument(metavar="POINTS", help="What the item is worth now, unless the list says it.")
    ] = None,
    verdict: Annotated[
        list[Verdict] | None, typer.Option("--verdict", help="Whose item has this verdict; may be given again.")
    ] = None,
    like: Annotated[
        str, typer.Option("--like", metavar="STUDENT", help="Whose item has the same verdict and reasons as theirs.")
    ] = "",
    students: Annotated[
        Path | None,
        typer.Option(
            "--students",
            metavar="FILE",
            help="These alone: one per line, or a CSV file; a column points may say how many each gets.",
        ),
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="The whole class.")] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", metavar="NUMBER", help="Take a bulk override back, for everybody at once.")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write it; without it, the students concerned are only shown.")
    ] = False,
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
) -> None:
    """Give an item other points for many students, and write the pages, the JSON files and the table anew.

    Shows the students concerned; with `--apply`, writes it and says the number by which `--undo` takes it back.
    Conditions narrow one another. It is kept as `override` is.
    """
    assignment = open_assignment(config)
    if undo is not None:
        with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
            require_same_rubric(assignment, book)
            concerned = book.undo_bulk(undo, because, by)
            write_results(assignment, book, out)
        stderr.print(f"bulk override {undo} is undone for {len(concerned)} students", highlight=False, soft_wrap=True)
        return
    if not item:
        raise UsageError("no item is named", remedy="name it as the rubric does: q07.recipe_a")
    if not (everyone or verdict or like or students):
        raise UsageError("nobody is chosen", remedy="--verdict, --like and --students choose, --all takes everybody")
    number = None
    with Gradebook.in_folder(out, must_exist=True, alone=apply) as book:
        require_same_rubric(assignment, book)
        grades = tuple(standing_grades(book, assignment.specification.release))
        chosen = BulkSelection(
            verdicts=tuple(verdict or ()),
            like=find_in_class(book, like) if like else "",
            students=None if students is None else read_list(students, [given.student for given in grades]),
        )
        planned = plan_overrides(grades, item, points, chosen, reason=because, author=by)
        if apply and planned:
            number = book.override_in_bulk([one.override for one in planned])
            write_results(assignment, book, out)
    draw_planned(stdout, planned)
    if number is None:
        hint = "" if apply else " (write it with --apply)"
        stderr.print(f"{len(planned)} students would get other points{hint}", highlight=False, soft_wrap=True)
    else:
        undoing = f"autograder bulk-override --undo {number} --because … --by …"
        stderr.print(
            f"{len(planned)} students have other points now; `{undoing}` takes it back", highlight=False, soft_wrap=True
        )
