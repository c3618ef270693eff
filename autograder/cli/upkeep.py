"""The commands around grading: `data`, `doctor`, `calibrate`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from autograder.assignment import Assignment, open_assignment
from autograder.calibrate import (
    Plan,
    calibrate,
    expected_seconds,
    own_seed,
    pending_plans,
    rebuild_baseline,
    record_ways,
    ways_of_writing,
)
from autograder.cli.app import (
    INTERRUPTED,
    SOME_INTERNAL,
    AsJson,
    Config,
    Data,
    SandboxName,
    Workers,
    app,
    print_json,
    stderr,
    stdout,
)
from autograder.cli.drawing import cell_progress, download_progress, draw_checks
from autograder.datasets import fetch, find_real, locate, make_practice
from autograder.doctor import examine_machine
from autograder.engine import default_workers
from autograder.errors import UsageError


@app.command()
def data(
    fetch_real: Annotated[bool, typer.Option("--fetch", help="Fetch the real data sets, as Keras would.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say where the data sets come from; fetch them with --fetch."""
    if fetch_real:
        with download_progress() as fetched:
            fetch(observe=fetched)
    real, faults = find_real()
    practice = make_practice()
    if as_json:
        rows = {"real": str(real.path) if real else None, "faults": faults, "practice": str(practice)}
        print_json(rows)
        return
    if real:
        stdout.print(f"real data: {real.path / 'datasets'}", highlight=False, soft_wrap=True)
    for fault in faults:
        stdout.print(f"real data: {fault}", highlight=False, soft_wrap=True)
    stdout.print(f"practice data: {practice / 'datasets'}", highlight=False, soft_wrap=True)


@app.command()
def doctor(config: Config = Path("grading.yml"), as_json: AsJson = False) -> None:
    """Say what this machine can and cannot do, and how to mend it; really tries each protection."""
    checks = examine_machine(config)
    if as_json:
        print_json([dataclasses.asdict(check) for check in checks])
    else:
        draw_checks(stdout, [(check.holds, check.name, check.detail, check.remedy) for check in checks])
    if not all(check.holds for check in checks if check.needed):
        raise typer.Exit(SOME_INTERNAL)


@app.command(name="calibrate")
def calibrate_command(
    config: Config = Path("grading.yml"),
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="1-8,11", help="Seeds to run beside the notebook's own.")
    ] = "",
    only: Annotated[str, typer.Option("--only", metavar="q07,q08", help="Run these questions alone.")] = "",
    ways: Annotated[
        bool, typer.Option("--ways", help="Also record the trainings of the ways of writing in reference/ways.yml.")
    ] = False,
    data_kind: Data = "auto",
    sandbox: SandboxName = "auto",
    workers: Workers = 1,
) -> None:
    """Run the solved notebook for several seeds, and make the baseline and the known trainings of it.

    The run with the notebook's own seed (made first, if it is not there) records the known trainings. Runs that are
    there are not made again: a calibration that was stopped goes on where it was.
    """
    assignment = open_assignment(config)
    numbers, questions = _seeds(seeds), _questions(only.replace(",", " ").split(), assignment)
    with download_progress() as fetched:
        home = locate(data_kind, observe=fetched)
    # The notebook's own seed has its run: a second one would count it twice.
    own = own_seed(assignment)
    plans = [Plan(None), *(Plan(seed, questions) for seed in numbers if seed != own)]
    pending = pending_plans(assignment, home, plans)
    others = ways_of_writing(assignment) if ways else []
    seconds = expected_seconds(assignment, home.kind, pending)
    estimate = f", about {max(1, round(seconds / 60 / (workers or default_workers())))} min" if seconds else ""
    stderr.print(
        f"{home.kind} data; runs: {len(plans) - len(pending)} there, {len(pending)} to make{estimate}",
        highlight=False,
    )
    total = sum(len(job.cells) for job in (*(one.job for one in pending), *(job for _, job in others)))
    try:
        with cell_progress("reference runs", total) as progress:
            for run in calibrate(assignment, home, pending, sandbox, workers, progress.observe):
                seed = "the notebook's own seed" if run.seed is None else f"seed {run.seed}"
                progress.say(f"{seed}, {', '.join(run.questions) or 'all questions'}: {run.seconds:.0f} s")
            for way, done in record_ways(assignment, home, others, sandbox, workers, progress.observe):
                known, new = done.usage.replayed, done.usage.unknown
                progress.say(f"{', '.join(way.questions)}, {way.name}: {new} new, {known} known")
    except KeyboardInterrupt:
        stderr.print("stopped. The runs that ended are kept: the same command goes on from here.")
        raise typer.Exit(INTERRUPTED) from None
    baseline = rebuild_baseline(assignment, home.kind)
    stdout.print(f"baseline of {len(baseline.runs)} runs on {home.kind} data", highlight=False)


def _seeds(text: str) -> list[int]:
    """Read `1-8,11` as nine seeds."""
    seeds: list[int] = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if match is None:
            raise UsageError(f"{part!r} is no seed", where="--seeds", remedy="write them like 1-8,11")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UsageError(f"{part!r} runs backwards", where="--seeds", remedy=f"write {last}-{first}")
        seeds += range(first, last + 1)
    return list(dict.fromkeys(seeds))


def _questions(names: Sequence[str], assignment: Assignment) -> tuple[str, ...]:
    """Check the questions that are asked for: an unknown one would run nothing and leave a run of nothing behind."""
    known = assignment.specification.questions
    for name in names:
        if name not in known:
            raise UsageError(f"there is no question {name!r}", where="--only", remedy=f"there are {', '.join(known)}")
    return tuple(sorted(set(names)))
