"""The commands by which a person decides about one student and looks back: `override`, `withdraw`, `history`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.class_results import write_results
from autograder.cli.app import AsJson, Because, By, Config, Out, Student, app, print_json, stderr, stdout
from autograder.cli.drawing import draw_class_history, draw_history, points_or_why
from autograder.cli.named_student import find_graded, find_in_class
from autograder.decisions import keep_decision
from autograder.errors import UsageError
from autograder.gradebook import Gradebook, Withdrawal, find_student
from autograder.records import shell_word
from autograder.regrading import require_same_rubric


@app.command()
def override(
    student: Student,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="As the rubric names it: q07.recipe_a.")],
    points: Annotated[float, typer.Argument(help="What the item is worth now.")],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; the student reads it as well.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided; the student reads it too.")],
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
) -> None:
    """Give an item other points than its check did, and write the pages, the JSON files and the table anew.

    The computed grade stays in the gradebook, and so does every decision: the last one on an item counts, after
    regrading too, for the notebook that is graded now. Another notebook of the student's is graded without it.
    """
    assignment = open_assignment(config)
    release = assignment.specification.release
    question, _, name = item.partition(".")
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        require_same_rubric(assignment, book)
        given = find_graded(book, student, release)
        keep_decision(book, given, question, name, points, reason=because, author=by)
        decided = find_graded(book, given.student, release)
        write_results(assignment, book, out)
    stdout.print(f"{decided.student}: {points_or_why(decided)}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def withdraw(
    student: Student,
    because: Because,
    by: By,
    undo: Annotated[bool, typer.Option("--undo", help="Take them back in: the withdrawal was a mistake.")] = False,
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
) -> None:
    """Take a student out of the table, the pages and the reports; everything of theirs stays in the gradebook.

    What was withdrawn stays so when it is given again; a student who hands in something else is back.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        require_same_rubric(assignment, book)
        found = find_student(student, book.students()) if undo else find_in_class(book, student)
        if undo and found not in book.withdrawn():
            raise UsageError(f"{shell_word(found)} is not withdrawn")
        book.withdraw(Withdrawal(found, withdrawn=not undo, reason=because, author=by))
        write_results(assignment, book, out)
    done = "is back in" if undo else "is withdrawn from"
    stderr.print(f"{found} {done} the class", highlight=False, markup=False, soft_wrap=True)


@app.command()
def history(
    student: Annotated[
        str | None, typer.Argument(metavar="STUDENT", help="As grades.csv names them; without it, the class.")
    ] = None,
    out: Out = Path("grades"),
    as_json: AsJson = False,
) -> None:
    """Show every grade that a student was given, who or what changed it, and under which rubric, baseline and data.

    Without a student: every regrading of the class, with its mean and median before and after.
    """
    if student is None:
        _class_history(out, as_json=as_json)
        return
    with Gradebook.in_folder(out, must_exist=True) as book:
        found = find_student(student, book.students())
        events = book.history(found)
    if as_json:
        print_json({"student": found, "events": [dataclasses.asdict(event) for event in events]})
    else:
        stdout.print(found, highlight=False, markup=False, style="bold", soft_wrap=True)
        draw_history(stdout, events)


def _class_history(out: Path, *, as_json: bool) -> None:
    with Gradebook.in_folder(out, must_exist=True) as book:
        changes = book.class_changes()
    if as_json:
        print_json({"regradings": [{"at": at, **dataclasses.asdict(change)} for at, change in changes]})
    else:
        draw_class_history(stdout, changes)
    stderr.print(f"{len(changes)} regradings of the class", highlight=False)
