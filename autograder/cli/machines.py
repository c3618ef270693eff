"""The commands `jobs`, `execute` and `worker`: notebooks of a class that other machines execute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import open_assignment
from autograder.cli.app import (
    AsJson,
    Config,
    Data,
    SandboxName,
    Warm,
    app,
    print_json,
    say,
    stderr,
    stdout,
)
from autograder.cli.class_lines import say_refused
from autograder.cli.progress import download_progress
from autograder.cluster.addresses import check_address
from autograder.cluster.extra_dask import join_cluster
from autograder.collect import Export
from autograder.datasets import locate
from autograder.engine import default_workers, execute
from autograder.errors import EngineStopped, UsageError, WireError
from autograder.interrupts import INTERRUPTED
from autograder.pipeline import collect_class, units_of
from autograder.records import RunVerdict
from autograder.remote import JOB_SUFFIX, RESULT_SUFFIX, Unit, Workplace, result_text
from autograder.report import in_english, write_atomically

Known = Annotated[
    Path | None,
    typer.Option("--known", metavar="FOLDER", help="A copy of the assignment's known trainings, which is only read."),
]
Trainings = Annotated[
    Path | None,
    typer.Option("--trainings", metavar="FOLDER", help="Where this machine keeps other trainings and looks for them."),
]


@app.command()
def jobs(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Notebooks, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the job files go.")],
    config: Config = Path("grading.yml"),
    data: Data = "auto",
    export: Annotated[Export, typer.Option("--export", help="As for `grade`.")] = "auto",
    train: Annotated[bool, typer.Option("--train", help="Train everything; replay no known training.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write one ID.job.json for each hand-in, for other machines to execute; prints which ID is whose.

    A job file holds what may enter the sandbox: the code, names and limits, and what has to be equal where it is
    executed. It holds no name of a student and nothing of the key. `grade --executed` takes the results in.
    """
    assignment = open_assignment(config)
    collection = collect_class(assignment, paths, export)
    with download_progress() as fetched:
        home = locate(assignment.data, data, observe=fetched)
    unit_of = units_of(assignment, home, "train" if train else "replay")
    out.mkdir(parents=True, exist_ok=True)
    for job in collection.jobs:
        write_atomically(out / f"{job.id}{JOB_SUFFIX}", unit_of(job).text)
    say_refused(collection.refused)
    whose = {job.id: job.student for job in collection.jobs}
    if as_json:
        print_json(whose)
    else:
        for name, student in whose.items():
            stdout.print(f"{name}  {student}", highlight=False, markup=False, soft_wrap=True)
    stderr.print(f"{len(whose)} jobs for {home.kind} data in {out}", highlight=False, soft_wrap=True)


@app.command(name="execute")
def execute_command(
    job_file: Annotated[Path, typer.Argument(metavar="JOB.json", help="A file that `jobs` wrote.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="EVIDENCE.json", help="The result's file, or its folder; else beside the job."),
    ] = None,
    known: Known = None,
    trainings: Trainings = None,
    sandbox: SandboxName = "auto",
    warm: Warm = False,
) -> None:
    """Execute one job in this machine's sandbox, and write what came out; nothing is graded.

    Refuses a job for other versions, another platform or other data sets than this machine has.
    """
    try:
        text = job_file.read_bytes()
        unit = Unit.parse(text)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", str(job_file)) from error
    except WireError as error:
        raise UsageError(error.what, str(job_file), "write it anew with `autograder jobs`") from error
    place = job_file.parent if out is None else out
    path = place / f"{unit.id}{RESULT_SUFFIX}" if out is None or place.is_dir() else place
    with Workplace(sandbox, known, trainings, 1, warm=warm, secrets=[job_file, path]) as workplace:
        conditions = workplace.conditions(unit.data)
        workplace.prepare(unit)
        # The engine repeats what failed by our own fault, as in a class.
        [(_, run)] = execute(lambda _: workplace.execute(unit)[0], [unit.job], 1, in_english)
    if run.verdict is RunVerdict.INTERNAL:
        reason = "" if run.detail is None else in_english(run.detail)
        raise EngineStopped(f"the run failed by a fault of ours, not of the notebook: {reason}", str(job_file))
    write_atomically(path, result_text(unit, conditions, run))
    stderr.print(f"{run.verdict.value}: wrote {path}", highlight=False, soft_wrap=True)


@app.command()
def worker(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The scheduler's: tls://HOST:PORT.")],
    known: Known = None,
    trainings: Trainings = None,
    sandbox: SandboxName = "auto",
    workers: Annotated[
        int, typer.Option("--workers", "--jobs", min=0, help="Notebooks at a time; 0: as many as fit this machine.")
    ] = 0,
    hide: Annotated[
        list[Path] | None,
        typer.Option("--hide", metavar="PATH", help="What no notebook may read here, beside this project itself."),
    ] = None,
    warm: Warm = True,
) -> None:
    """Execute notebooks for `grade --cluster` until stopped: this machine brings its sandbox and its data sets.

    Certificates come from Dask's configuration. What the machine trains stays with it, in --trainings.
    """
    check_address(address)
    places = workers or default_workers(known=known is not None)
    with Workplace(sandbox, known, trainings, workers, warm=warm, secrets=hide or ()) as workplace:
        try:
            join_cluster(
                address,
                workplace,
                places,
                lambda own: stderr.print(f"{own} executes {places} at a time", highlight=False, soft_wrap=True),
            )
        except KeyboardInterrupt:
            stderr.print("stopped. What was running here is executed elsewhere.")
            raise typer.Exit(INTERRUPTED) from None
    say("note", f"{address} has ended")
