"""The validity bench: honest solutions must keep every point, and mutants must lose exactly the right ones.

Each run of `bank.yml` passes through the students' sandbox, payload and grading, on the real data, and is stored in a
file: an interrupted bench resumes, and a changed policy or baseline is judged again in seconds. A file is named by the
digest of what decides its run, so a changed mutant is run again, but not after a change of tests. Run it by
`make validity`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bank import FIRST_SEED, Bank, Trial, read_bank
from error_rates import print_error_rates
from judge import Judged, judge_trial, left_out_one_by_one
from summary import print_summary
from tails import print_tails, tails

from autograder.assignment import Assignment, open_assignment
from autograder.audit import MistakenRun, numbers_alone
from autograder.calibrate import calibrate
from autograder.calibration_plan import PlannedRun
from autograder.cli.progress import submission_progress
from autograder.datasets import locate
from autograder.grading import summarise
from autograder.installed import installed_versions
from autograder.reference import read_run
from autograder.solution import Plan

ROOT = Path(__file__).parents[2]
BANK = Path(__file__).with_name("bank.yml")
DATA = "real"


def main() -> None:
    """Run what is missing, judge everything, print shares and error rates; exit with 1 if a share is too low."""
    options = _options()
    assignment = open_assignment(ROOT / "grading.yml")
    trials = _selected(read_bank(BANK, assignment.solution()), options.honest, options.only)
    sums, versions = assignment.data_sums(DATA), installed_versions()
    folder = assignment.reference(DATA) / "validity"
    files = [(trial, folder / trial.file_name(sums, versions)) for trial in trials]
    missing = [(trial, path) for trial, path in files if not path.exists()]
    sys.stderr.write(f"runs: {len(files) - len(missing)} kept, {len(missing)} to make\n")
    if options.judge_only:
        files = [(trial, path) for trial, path in files if path.exists()]
    elif missing:
        _run(assignment, missing, folder, options.workers)
    baseline = assignment.baseline(DATA)
    key_spec = assignment.specification.key_spec
    kept = [(trial, read_run(path)) for trial, path in files]
    judged: list[Judged] = [judge_trial(trial, recorded, key_spec, baseline) for trial, recorded in kept]
    good = print_summary(judged, left_out_one_by_one(assignment, DATA))
    summaries = [(trial, summarise(recorded.evidence, key_spec)) for trial, recorded in kept]
    honest = [summary for trial, summary in summaries if trial.honest]
    mistaken = [
        MistakenRun(trial.name, trial.fails | trial.may, summary) for trial, summary in summaries if not trial.honest
    ]
    print_error_rates(numbers_alone(key_spec, baseline, honest, mistaken))
    print_tails(tails(key_spec, baseline, honest))
    sys.exit(0 if good else 1)


def _run(assignment: Assignment, trials: Sequence[tuple[Trial, Path]], folder: Path, workers: int) -> None:
    """Run trials and store each in a file; trainings that a mutant shares with the solution are replayed."""
    folder.mkdir(exist_ok=True)
    pending = [PlannedRun(Plan(trial.seed, trial.questions), trial.job, path) for trial, path in trials]
    with submission_progress("validity", len(pending)) as progress:
        for recorded in calibrate(
            assignment, locate(assignment.data, DATA), pending, "auto", workers, progress.observe
        ):
            progress.say(f"{recorded.evidence.job_id}: {recorded.seconds:.0f} s")


def _selected(bank: Bank, honest: int, only: list[str]) -> list[Trial]:
    trials = [*bank.honest(range(FIRST_SEED, FIRST_SEED + honest)), *bank.mutants]
    return [trial for trial in trials if not only or any(word in trial.name for word in only)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--honest", type=int, default=183, metavar="N", help="how many honest solutions (default: 183)")
    parser.add_argument("--only", nargs="*", default=[], metavar="TEXT", help="runs with one of these in their name")
    parser.add_argument("--workers", type=int, default=0, help="runs at a time; 0: half the cores")
    parser.add_argument("--judge-only", action="store_true", help="run nothing: judge the runs that are there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
