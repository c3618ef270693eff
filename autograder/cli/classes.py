"""The commands `grade`, `regrade`, `report`, `class-report` and `check`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from autograder.assignment import open_assignment
from autograder.audit import WORDINGS, audit_changed_keys
from autograder.check import check_notebook
from autograder.class_results import read_results, write_class_report, write_results
from autograder.cli.app import (
    DONE,
    SOME_INTERNAL,
    AsJson,
    Config,
    Data,
    Out,
    RosterFile,
    SandboxName,
    Warm,
    Workers,
    app,
    print_json,
    say,
    say_error,
    stderr,
    stdout,
)
from autograder.cli.class_lines import (
    effect_document,
    say_lapsed,
    say_not_submissions,
    say_refused,
    say_settled,
    say_taken_in,
    show,
)
from autograder.cli.drawing import draw_effect, points_or_why
from autograder.cli.elsewhere import Where, opened, without_results
from autograder.cli.progress import ProgressForm, download_progress, submission_progress
from autograder.cli.tally import Surroundings
from autograder.collect import Export
from autograder.datasets import locate
from autograder.errors import EngineStopped
from autograder.gradebook import Gradebook
from autograder.interrupts import INTERRUPTED, stop_at_once
from autograder.pipeline import (
    Graded,
    GradingSession,
    Intake,
    collect_class,
    grade_jobs,
    take_in,
)
from autograder.records import RunVerdict, TrainingMode
from autograder.regrading import regrade_class, require_same_rubric, settle_class
from autograder.report import hand_in_text, sentence
from autograder.roster import read_roster


@app.command()
def grade(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Notebooks, or folders of them.")],
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
    data: Data = "auto",
    sandbox: SandboxName = "auto",
    workers: Workers = 0,
    export: Annotated[
        Export, typer.Option("--export", help="What each PATH is: a platform's export, or a folder; auto finds out.")
    ] = "auto",
    train: Annotated[bool, typer.Option("--train", help="Train everything; replay no known training.")] = False,
    regrade_others: Annotated[
        bool,
        typer.Option(
            "--regrade-others",
            help="After a change of the rubric or the baseline: grade the rest of the class anew from what is kept.",
        ),
    ] = False,
    trainings: Annotated[
        Path | None,
        typer.Option(
            "--trainings",
            metavar="FOLDER",
            help="Where this class's trainings are kept and looked for; without it, in the results folder.",
        ),
    ] = None,
    roster: RosterFile = None,
    warm: Warm = True,
    cluster: Annotated[
        str,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Have the workers of a Dask scheduler execute: tls://HOST:PORT, or local for a try on this machine.",
        ),
    ] = "",
    executed: Annotated[
        Path | None,
        typer.Option("--executed", metavar="FOLDER", help="Execute nothing: take the results of `execute` from here."),
    ] = None,
    progress: ProgressForm = "auto",
    as_json: AsJson = False,
) -> None:
    """Grade notebooks: execute them in the sandbox, judge what came out, write pages and a table.

    What was graded before is not executed again; a command that was stopped goes on where it was. A folder of
    results is one class: one assignment, one kind of data, one rubric.
    """
    begun = time.monotonic()
    assignment = open_assignment(config)
    # Before the data sets are fetched and the sandbox is tried: a mistyped path is said at once.
    collection = collect_class(assignment, paths, export)
    people = None if roster is None else read_roster(roster)
    with download_progress() as fetched:
        home = locate(assignment.data, data, observe=fetched)
    # One student's submission and grade are nothing for another's.
    own = trainings or out / "trainings"
    others = [path for path in (*paths, out, own) if path.exists()]
    mode: TrainingMode = "train" if train else "replay"
    where = Where(cluster, executed, sandbox, workers, warm, own, others)
    with (
        opened(assignment, home, mode, where) as (session, at_once),
        Gradebook.in_folder(out, alone=True) as book,
    ):
        given = {job.student for job in collection.jobs} | {refusal.student for refusal in collection.refused}
        settled = settle_class(assignment, session.identity, book, given, regrade_others=regrade_others)
        _warn(session, as_asked=data == "practice")
        say_settled(settled)
        intake = take_in(collection, book)
        if people is not None:
            book.keep_roster(people)
        say_not_submissions(collection.not_submissions)
        say_refused(collection.refused)
        say_taken_in(intake)
        exit_code = _grade_all(session, intake, book, at_once, progress)
        missing = {one.student for one in intake.missing}
        results = write_results(assignment, book, out, missing)
    if exit_code == INTERRUPTED:
        raise typer.Exit(INTERRUPTED)
    show(results, out, missing, as_json=as_json, seconds=time.monotonic() - begun)
    if exit_code or results.lacking:
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

    Shows what would change: the class's mean and median before and after, the items that differ, and each student whose
    grade changes, the largest change first. The old grades stay in the gradebook's history.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=apply) as book:
        examined = audit_changed_keys(assignment, book.identity())
        effect = regrade_class(assignment, book, apply=apply)
        results = write_results(assignment, book, out) if apply else read_results(assignment, book)
    if as_json:
        print_json(effect_document(effect))
    else:
        draw_effect(stdout, effect, assignment.specification.assignment.points)
    verb = "changed" if apply else "would change (write them with --apply)"
    stderr.print(f"{len(effect.changes)} of {effect.students} grades {verb}", highlight=False)
    for line in WORDINGS["en"].contradictions(examined):
        say("warning", line)
    if apply:
        say_lapsed(results)
    if results.lacking or any(change.after.points is None for change in effect.changes):
        raise typer.Exit(SOME_INTERNAL)


@app.command()
def report(config: Config = Path("grading.yml"), out: Out = Path("grades"), as_json: AsJson = False) -> None:
    """Write the pages, the JSON files and the table anew from the gradebook, under today's policy of feedback.

    Nothing is executed and no grade changes: this is what releases feedback, or puts back a file that was lost.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        require_same_rubric(assignment, book)
        results = write_results(assignment, book, out)
    say_refused(results.refused)
    show(results, out, as_json=as_json)
    if results.lacking:
        raise typer.Exit(SOME_INTERNAL)


@app.command(name="class-report")
def class_report(
    config: Config = Path("grading.yml"),
    out: Out = Path("grades"),
    language: Annotated[Literal["en", "pt-BR"], typer.Option("--language", help="The page's language.")] = "en",
) -> None:
    """Write the class report alone: distribution, item analysis, what went wrong, who is alike, cost and versions.

    `grade`, `regrade --apply` and `report` write it as well. It is the instructor's: it holds names and the key. The
    page in Portuguese is `class.pt-BR.html`; once it is there, these commands keep it current too.
    """
    assignment = open_assignment(config)
    with Gradebook.in_folder(out, must_exist=True, alone=True) as book:
        require_same_rubric(assignment, book)
        path = write_class_report(assignment, book, out, language)
    stderr.print(f"wrote {path}", highlight=False, soft_wrap=True)


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


def _grade_all(session: GradingSession, intake: Intake, book: Gradebook, workers: int, form: ProgressForm) -> int:
    """Grade until everything is done or something stops it; return the exit code that this calls for."""
    remark = session.sandbox.remark
    lacking = without_results(session, intake.jobs, book)
    for job in intake.jobs:
        if job.id in lacking:
            say("no result", f"{job.student}: {lacking[job.id]}")
    jobs = [job for job in intake.jobs if job.id not in lacking]
    try:
        with submission_progress("submissions", len(jobs), form, lambda: _surroundings(session)) as progress:
            for graded in grade_jobs(session, jobs, book, workers, progress.observe):
                failed = graded.grade.run_verdict is RunVerdict.INTERNAL
                progress.finish(graded.grade.job_id, failed=failed, executed=not graded.reused)
                progress.say(_line(graded))
    except KeyboardInterrupt:
        # The results are still to be written, which another Ctrl-C cuts short; `report` writes them as well.
        stop_at_once()
        stderr.print("stopped. What was graded is kept: the same command goes on from here.")
        return INTERRUPTED
    except EngineStopped as error:
        say_error(error)
        return SOME_INTERNAL
    if session.sandbox.remark != remark:
        say("note", session.sandbox.remark)
    return SOME_INTERNAL if lacking else DONE


def _surroundings(session: GradingSession) -> Surroundings:
    return Surroundings(session.orders_in_flight, session.machines())


def _warn(session: GradingSession, *, as_asked: bool) -> None:
    """Say what these grades are not good for."""
    for line in session.assignment.cautions(session.data.kind):
        say("warning", line)
    if session.data.kind == "practice":
        reason = "as asked for" if as_asked else "as the real data sets are not here and could not be fetched"
        stderr.print(
            f"[bold yellow]practice data[/], {reason}: the notebooks run on stand-ins of the same shapes. "
            "These are no grades to publish.",
            soft_wrap=True,
        )
    if session.sandbox.remark:
        say("warning", session.sandbox.remark)
    if session.sandbox.name == "uid":
        stderr.print("sandbox uid: one notebook at a time, so that no two students' code can meet.", soft_wrap=True)
    if session.sandbox.name == "none":
        stderr.print(
            "[bold red]no sandbox:[/] students' code runs with your rights. Use it for notebooks of your own.",
            soft_wrap=True,
        )


def _line(graded: Graded) -> str:
    beside = " (evidence was there)" if graded.reused else "" if graded.counts else "; the grade before it stands"
    notes = "".join(f"; {sentence(note, 'en', reveal=True).rstrip('.')}" for note in graded.notes)
    return f"{graded.grade.student}: {points_or_why(graded.grade)}{beside}{notes}"
