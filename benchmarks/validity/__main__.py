"""How often the marks are right: honest solutions must keep every point, and mutants lose the right ones alone.

Each run of `bank.yml` goes through the sandbox, the payload and the grading that students get, on the real data, and is
kept as a file: the bench goes on where it was stopped, and a changed policy or baseline is judged anew in seconds. A
file is named by all that it is a run of, so a changed mutant is run again. Run it by `make validity`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bank import Bank, Trial, read_bank
from judge import Judged, judge_trial, left_out_one_by_one
from summary import print_summary

from autograder.assignment import Assignment, open_assignment
from autograder.calibrate import Pending, Plan, calibrate
from autograder.cli.drawing import cell_progress
from autograder.datasets import locate
from autograder.reference_runs import read_run

ROOT = Path(__file__).parents[2]
BANK = Path(__file__).with_name("bank.yml")
DATA = "real"
FIRST_SEED = 101
"""Calibration takes seeds from 1 on: these it never saw."""


def main() -> None:
    """Run what is missing, judge everything, print both shares; exit with 1 if one falls short."""
    options = _options()
    assignment = open_assignment(ROOT / "grading.yml")
    trials = _selected(read_bank(BANK, assignment), options.honest, options.only)
    folder = assignment.reference(DATA) / "validity"
    missing = [trial for trial in trials if not (folder / trial.file_name).exists()]
    sys.stderr.write(f"runs: {len(trials) - len(missing)} there, {len(missing)} to make\n")
    if options.judge_only:
        trials = [trial for trial in trials if trial not in missing]
    elif missing:
        _run(assignment, missing, folder, options.workers)
    baseline = assignment.baseline(DATA)
    judged: list[Judged] = [
        judge_trial(trial, read_run(folder / trial.file_name), assignment.specification.key_spec, baseline)
        for trial in trials
    ]
    crossed = left_out_one_by_one(assignment, DATA)
    sys.exit(0 if print_summary(judged, crossed) else 1)


def _run(assignment: Assignment, trials: Sequence[Trial], folder: Path, workers: int) -> None:
    """Run trials and keep each as a file. What a mutant shares with the solution is replayed."""
    folder.mkdir(exist_ok=True)
    pending = [
        Pending(Plan(trial.job.parameters.get("SEED"), trial.questions), trial.job, folder / trial.file_name)
        for trial in trials
    ]
    with cell_progress("validity", sum(len(one.job.cells) for one in pending)) as progress:
        for recorded in calibrate(assignment, locate(DATA), pending, "auto", workers, progress.observe):
            progress.say(f"{recorded.evidence.job_id}: {recorded.seconds:.0f} s")


def _selected(bank: Bank, honest: int, only: list[str]) -> list[Trial]:
    trials = [*bank.honest(range(FIRST_SEED, FIRST_SEED + honest)), *bank.mutants]
    return [trial for trial in trials if not only or any(word in trial.name for word in only)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--honest", type=int, default=60, metavar="N", help="how many honest solutions (default: 60)")
    parser.add_argument("--only", nargs="*", default=[], metavar="TEXT", help="runs with one of these in their name")
    parser.add_argument("--workers", type=int, default=0, help="runs at a time; 0: half the cores")
    parser.add_argument("--judge-only", action="store_true", help="run nothing: judge the runs that are there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
