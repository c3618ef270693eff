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
    calibrate,
    expected_seconds,
    needs_reference_runs,
    rebuild_baseline,
    record_ways,
    ways_of_writing,
)
from autograder.calibration_plan import plan_runs
from autograder.cli.app import (
    SOME_INTERNAL,
    AsJson,
    Config,
    Data,
    SandboxName,
    Workers,
    app,
    print_json,
    say,
    stderr,
    stdout,
)
from autograder.cli.drawing import CheckMark, draw_checks
from autograder.cli.progress import download_progress, submission_progress
from autograder.datasets import fetch, find_real, has_practice, locate, make_practice
from autograder.doctor import examine_machine
from autograder.engine import default_workers
from autograder.errors import UsageError
from autograder.interrupts import INTERRUPTED


@app.command()
def data(
    config: Config = Path("grading.yml"),
    fetch_real: Annotated[bool, typer.Option("--fetch", help="Fetch the files that the assignment names.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show where an assignment's data sets are; fetch them with --fetch."""
    manifest = open_assignment(config).data
    if fetch_real:
        with download_progress() as fetched:
            fetch(manifest, observe=fetched)
    real, faults = find_real(manifest)
    practice = make_practice(manifest) if has_practice(manifest) else None
    if as_json:
        rows = {
            "files": list(manifest),
            "real": str(real.path) if real and manifest else None,
            "faults": faults,
            "practice": str(practice) if practice else None,
        }
        print_json(rows)
        return
    if not manifest:
        stdout.print("the assignment needs no data sets")
        return
    if real:
        stdout.print(f"real data: {real.path / 'datasets'}", highlight=False, soft_wrap=True)
    for fault in faults:
        stdout.print(f"real data: {fault}", highlight=False, soft_wrap=True)
    where = str(practice / "datasets") if practice else "none"
    spare = "not needed, since the real data are here; " if real and practice else ""
    stdout.print(f"practice data: {spare}{where}", highlight=False, soft_wrap=True)


@app.command()
def doctor(config: Config = Path("grading.yml"), as_json: AsJson = False) -> None:
    """Test what this machine can and cannot do, including each protection of the sandbox, with remedies."""
    checks = examine_machine(config)
    if as_json:
        print_json([dataclasses.asdict(check) for check in checks])
    else:
        draw_checks(
            stdout,
            [
                (_mark(holds=check.holds, needed=check.needed), check.name, check.detail, check.remedy)
                for check in checks
            ],
        )
    if not all(check.holds for check in checks if check.needed):
        raise typer.Exit(SOME_INTERNAL)


@app.command(name="calibrate")
def calibrate_command(
    config: Config = Path("grading.yml"),
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="1-8,11", help="Seeds to run beside the notebook's own.")
    ] = "",
    only: Annotated[
        str, typer.Option("--only", metavar="q07,q08", help="Run these questions alone for the seeds of --seeds.")
    ] = "",
    ways: Annotated[
        bool, typer.Option("--ways", help="Also record the trainings of the ways of writing in reference/ways.yml.")
    ] = False,
    renew: Annotated[
        bool,
        typer.Option(
            "--renew",
            help="Make every stale run again (of another solution, other data or versions), whatever --seeds and "
            "--only name.",
        ),
    ] = False,
    data_kind: Data = "auto",
    sandbox: SandboxName = "auto",
    workers: Workers = 1,
) -> None:
    """Run the solved notebook for several seeds, and make the baseline and the known trainings from the runs.

    The run with the notebook's own seed comes first, and records the known trainings. Stored runs are not repeated: a
    stopped calibration resumes. If the solution, the data sets or the versions have changed since a run was made, that
    run is stale, and nothing is done without --renew. A question is run once per seed:
    with --only, seeds whose stored runs have these questions already are left out.
    """
    assignment = open_assignment(config)
    numbers, questions = _seeds(seeds), _questions(only.replace(",", " ").split(), assignment)
    if not needs_reference_runs(assignment.specification.key_spec):
        stdout.print("nothing to calibrate: no item of the rubric depends on reference runs", highlight=False)
        return
    with download_progress() as fetched:
        home = locate(assignment.data, data_kind, observe=fetched)
    work = plan_runs(assignment, home, numbers, questions, renew=renew)
    pending = work.pending
    others = ways_of_writing(assignment) if ways else []
    seconds = expected_seconds(assignment, home.kind, pending)
    estimate = f", about {max(1, round(seconds / 60 / (workers or default_workers())))} min" if seconds else ""
    stale = f" ({work.renewed} of them stale)" if work.renewed else ""
    stderr.print(f"{home.kind} data; runs: {work.kept} kept, {len(pending)} to make{stale}{estimate}", highlight=False)
    if work.covered:
        named = ", ".join(map(str, work.covered))
        say("note", f"seed {named}: a run of more questions has {', '.join(questions)} already, and one is enough")
    try:
        with submission_progress("reference runs", len(pending) + len(others)) as progress:
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


def _mark(*, holds: bool, needed: bool) -> CheckMark:
    return "holds" if holds else "fails" if needed else "spare"


def _seeds(text: str) -> list[int]:
    """Parse `1-8,11` as nine seeds."""
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
    """Check the requested questions: an unknown one would run nothing and save an empty run."""
    known = assignment.specification.questions
    for name in names:
        if name not in known:
            raise UsageError(f"there is no question {name!r}", where="--only", remedy=f"there are {', '.join(known)}")
    return tuple(sorted(set(names)))
