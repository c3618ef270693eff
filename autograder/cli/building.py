"""The commands `build` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.build import draft, finish
from autograder.cli.app import SOME_INTERNAL, Config, Data, SandboxName, Workers, app, stderr, stdout
from autograder.cli.drawing import cell_progress, download_progress, draw_checks
from autograder.datasets import locate, locate_in
from autograder.pipeline import open_session
from autograder.spec import schema


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
    """Make the students' notebooks and the grader's side from the master notebooks, and check them at the gate.

    The gate: all points possible, the solution earns every one, a blank notebook none, and no key, reference figure
    or hidden test in anything for students.
    """
    assignment = open_assignment(config)
    with download_progress() as fetched:
        home = locate(data, observe=fetched) if datasets is None else locate_in(datasets)
    with open_session(assignment, home, sandbox) as session:
        made = draft(session, out)
        with cell_progress("the gate's notebooks", sum(len(job.cells) for job in made.jobs)) as progress:
            built = finish(session, made, out, workers, progress.observe, carry_data=datasets is not None)
    draw_checks(stdout, [(check.passed, check.name, check.detail, "") for check in built.report.checks])
    if not built.report.passed:
        stderr.print("[bold red]not to be handed out:[/] the gate found what is marked above", highlight=False)
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
