"""The commands `new`, `build` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder.assignment import open_assignment
from autograder.build import draft, finish
from autograder.build_folder import release, unchecked_folder
from autograder.cli.app import SOME_INTERNAL, Config, Data, SandboxName, Workers, app, stderr, stdout
from autograder.cli.drawing import draw_checks
from autograder.cli.progress import download_progress, submission_progress
from autograder.datasets import locate, locate_in
from autograder.pipeline import open_session
from autograder.records import shell_word
from autograder.rubric import schema
from autograder.skeleton import write_skeleton


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and hyphens.")],
    languages: Annotated[
        list[str], typer.Option("--language", metavar="TAG", help="A notebook in this language; may be repeated.")
    ] = ["pt-BR", "en"],  # noqa: B006 (typer reads it, nobody changes it)
    folder: Annotated[Path, typer.Option("--folder", metavar="FOLDER", help="Where assignments are kept.")] = Path(
        "assignments"
    ),
) -> None:
    """Write a new assignment of two questions, which can be calibrated, built and graded at once."""
    rubric = write_skeleton(folder, name, languages)
    stdout.print(f"rubric: {rubric}", highlight=False, soft_wrap=True)
    stderr.print(
        f"next: autograder calibrate --config {shell_word(str(rubric))} --seeds 1-30", highlight=False, soft_wrap=True
    )


@app.command()
def build(
    config: Config = Path("grading.yml"),
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where everything goes.")] = Path("dist"),
    data: Data = "auto",
    sandbox: SandboxName = "auto",
    workers: Workers = 0,
    datasets: Annotated[
        Path | None,
        typer.Option(
            "--datasets", metavar="FOLDER", help="Put these data sets into Gradescope's zip, which else fetches them."
        ),
    ] = None,
) -> None:
    """Build the students' notebooks and the grader's files from the master notebooks, and check them at the gate.

    The gate: all points are possible, the solution earns all of them and a blank notebook none, and nothing for
    students contains a key, a reference figure or a hidden test. A build that does not pass leaves the output folder
    as it was.
    """
    assignment = open_assignment(config)
    with download_progress() as fetched:
        home = (
            locate(assignment.data, data, observe=fetched) if datasets is None else locate_in(assignment.data, datasets)
        )
    name = assignment.specification.assignment.name
    with unchecked_folder(out, name) as unchecked, open_session(assignment, home, sandbox) as session:
        made = draft(session, unchecked)
        with submission_progress("the gate's notebooks", len(made.jobs)) as progress:
            built = finish(session, made, unchecked, workers, progress.observe, carry_data=datasets is not None)
        if built.report.passed:
            built = release(built, unchecked, out)
    draw_checks(stdout, [(check.mark, check.name, check.detail, "") for check in built.report.checks])
    if not built.report.passed:
        refused = (
            "[bold red]do not hand this out:[/] the gate found the faults marked above; "
            f"nothing in {escape(str(out))} was changed"
        )
        stderr.print(refused, highlight=False, soft_wrap=True)
        raise typer.Exit(SOME_INTERNAL)
    stdout.print(f"for students: {built.students_zip}", highlight=False, soft_wrap=True)
    stdout.print(
        f"for Gradescope and otter run (holds the key): {built.autograder_zip}", highlight=False, soft_wrap=True
    )
    stdout.print(f"for the image (holds the key): {built.source}", highlight=False, soft_wrap=True)


@app.command(name="schema")
def print_schema() -> None:
    """Print the JSON Schema of grading.yml, for editors."""
    typer.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
