"""The commands `grade`, `regrade`, `override`, `report` and `check`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.check import check_notebook
from autograder.cli.app import (
    INTERRUPTED,
    SOME_INTERNAL,
    AsJson,
    Config,
    Data,
    SandboxName,
    Workers,
    app,
    stderr,
    stdout,
)
from autograder.cli.drawing import cell_progress, draw_changes, draw_grades
from autograder.datasets import locate
from autograder.decisions import decided_grades, keep_decision
from autograder.gradebook import Gradebook
from autograder.pipeline import (
    Graded,
    GradingSession,
    Results,
    collect_class,
    grade_jobs,
    open_assignment,
    open_session,
    regrade_class,
    write_results,
)
from autograder.records import Grade, Refusal, TrainingMode, to_json
from autograder.report import REFUSED, hand_in_text, why_no_grade

Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the gradebook, the pages and the csv go.")]


@app.command()
def grade(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Notebooks, or folders of them.")],
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
    data: Data = "auto",
    sandbox: SandboxName = "auto",
    workers: Workers = 0,
    train: Annotated[bool, typer.Option("--train", help="Train everything; replay no known training.")] = False,
    trainings: Annotated[
        Path | None,
        typer.Option(
            "--trainings",
            metavar="FOLDER",
            help="Where this class's trainings are kept and looked for; without it, in the results folder.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Grade notebooks: execute them in the sandbox, judge what came out, write pages and a table.

    What was graded before is not executed again; a command that was stopped goes on where it was.
    """
    assignment = open_assignment(config)
    # Before the data sets are fetched and the sandbox is tried: a mistyped path is said at once.
    collection = collect_class(assignment, paths)
    home = locate(data)
    # One student's submission and grade are nothing for another's.
    own = trainings or out / "trainings"
    others = [path for path in (*paths, out, own) if path.exists()]
    mode: TrainingMode = "train" if train else "replay"
    session = open_session(assignment, home, sandbox, mode, others, own, workers)
    with contextlib.closing(session), Gradebook.in_folder(out, alone=True) as book:
        _warn(session, as_asked=data == "practice")
        book.refuse(collection.refused)
        _say_refused(collection.refused)
        total = sum(len(job.cells) for job in collection.jobs)
        stopped = False
        try:
            with cell_progress(f"grading {len(collection.jobs)} notebooks", total) as progress:
                for graded in grade_jobs(session, collection.jobs, book, workers, progress.observe):
                    progress.say(_line(graded))
        except KeyboardInterrupt:
            stderr.print("stopped. What was graded is kept: the same command goes on from here.")
            stopped = True
        results = write_results(assignment, book, out)
    if stopped:
        raise typer.Exit(INTERRUPTED)
    _show(results, out, as_json=as_json)
    _say_lapsed(results)
    if results.some_lacking:
        raise typer.Exit(SOME_INTERNAL)


@app.command()
def regrade(
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the new grades; without it they are only shown.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Grade a class anew from the evidence that is kept, under today's rubric; nothing is executed.

    Shows what would change. The old grades stay in the gradebook's history.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=apply) as book:
        changes = regrade_class(assignment, book, apply=apply)
        results = write_results(assignment, book, out) if apply else None
        grades = (*decided_grades(book), *(change.after for change in changes))
    if as_json:
        rows = [{"before": _plain(change.before), "after": _plain(change.after)} for change in changes]
        stdout.print_json(json.dumps(rows))
    else:
        draw_changes(stdout, changes)
    verb = "changed" if apply else "would change (write them with --apply)"
    stderr.print(f"{len(changes)} grades {verb}", highlight=False)
    if results is not None:
        _say_lapsed(results)
    if any(one.points is None for one in grades):
        raise typer.Exit(SOME_INTERNAL)


@app.command()
def report(config: Config = Path("grading.yml"), out: Out = Path("grades"), as_json: AsJson = False) -> None:
    """Write the pages, the JSON files and the table anew from the gradebook, under today's policy of feedback.

    Nothing is executed and no grade changes: this is what releases feedback, or puts back a file that was lost.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        results = write_results(assignment, book, out)
    _say_refused(results.refused)
    _show(results, out, as_json=as_json)
    _say_lapsed(results)
    if results.some_lacking:
        raise typer.Exit(SOME_INTERNAL)


@app.command()
def override(
    student: Annotated[str, typer.Argument(help="As grades.csv names them.")],
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
    question, _, name = item.partition(".")
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        keep_decision(book, student, question, name, points, reason=because, author=by)
        results = write_results(assignment, book, out)
    [given] = [one for one in results.grades if one.student == student]
    stdout.print(f"{student}: {_points(given)}", highlight=False, markup=False, soft_wrap=True)


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="The notebook, as it was saved.")],
) -> None:
    """Say before handing in what a notebook answers, what is missing and what has the wrong form; executes nothing.

    It needs no rubric and knows no answers: it reads what the notebook's last cell kept.
    """
    found = check_notebook(notebook)
    stdout.print(hand_in_text(found), end="", highlight=False, markup=False, soft_wrap=True)
    if not found.complete:
        raise typer.Exit(SOME_INTERNAL)


def _warn(session: GradingSession, *, as_asked: bool) -> None:
    """Say what these grades are not good for."""
    for line in session.assignment.cautions(session.data.kind):
        stderr.print(f"[yellow]warning:[/] {escape(line)}", highlight=False, soft_wrap=True)
    if session.data.kind == "practice":
        reason = "as asked for" if as_asked else "as the real data sets are not here and could not be fetched"
        stderr.print(
            f"[bold yellow]practice data[/], {reason}: the notebooks run on stand-ins of the same shapes. "
            "These are no grades to publish.",
            soft_wrap=True,
        )
    if session.sandbox.name == "none":
        stderr.print(
            "[bold red]no sandbox:[/] students' code runs with your rights. Use it for notebooks of your own.",
            soft_wrap=True,
        )


def _say_refused(refused: Sequence[Refusal]) -> None:
    for refusal in refused:
        stderr.print(f"[yellow]refused:[/] {escape(str(refusal))}", highlight=False, soft_wrap=True)


def _say_lapsed(results: Results) -> None:
    """Say whose points given by hand no longer count: somebody has to look again."""
    for one in results.lapsed:
        stderr.print(f"[yellow]warning:[/] {escape(str(one))}", highlight=False, soft_wrap=True)


def _line(graded: Graded) -> str:
    beside = " (evidence was there)" if graded.reused else "" if graded.counts else "; the grade before it stands"
    return f"{graded.grade.student}: {_points(graded.grade)}{beside}"


def _points(given: Grade) -> str:
    return f"no grade ({why_no_grade(given)})" if given.points is None else f"{given.points:.2f}"


def _plain(given: Grade | None) -> object:
    return None if given is None else json.loads(to_json(given))


def _plain_refusal(refusal: Refusal) -> object:
    """Return a refusal with the keys by which a program tells a grade: it has no points, and its run says why."""
    return {**dataclasses.asdict(refusal), "points": None, "run_verdict": REFUSED}


def _show(results: Results, out: Path, *, as_json: bool) -> None:
    if as_json:
        grades = [_plain(one) for one in results.grades]
        stdout.print_json(json.dumps([*grades, *map(_plain_refusal, results.refused)]))
    else:
        draw_grades(stdout, results.grades)
    stderr.print(f"grades.csv, a page and a JSON file a student: {out}", highlight=False)
