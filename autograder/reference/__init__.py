"""Results of the solved notebook under many seeds, and what is derived from them: runs, baseline, tolerances. Pure."""

from __future__ import annotations

from autograder.reference.bands import Band, history_bands, series_at
from autograder.reference.baseline import (
    Baseline,
    ReferenceRun,
    RunSummary,
    Trainings,
    baseline_for,
    build_baseline,
    load_baseline,
)
from autograder.reference.basis import Basis, basis_of
from autograder.reference.cautions import cautions
from autograder.reference.code_digest import only_checks
from autograder.reference.dead import is_dead
from autograder.reference.runs import Recorded, read_run, read_runs, run_file_name
from autograder.reference.seed import Seed, find_seed
from autograder.reference.staleness import KeptRun, Today, tell_stale
from autograder.reference.tolerance import ToleranceInterval
from autograder.reference.ways import Way, edited, read_ways
from autograder.rubric.training_data import TrainingData

__all__ = [
    "Band",
    "Baseline",
    "Basis",
    "KeptRun",
    "Recorded",
    "ReferenceRun",
    "RunSummary",
    "Seed",
    "Today",
    "ToleranceInterval",
    "TrainingData",
    "Trainings",
    "Way",
    "baseline_for",
    "basis_of",
    "build_baseline",
    "cautions",
    "edited",
    "find_seed",
    "history_bands",
    "is_dead",
    "load_baseline",
    "only_checks",
    "read_run",
    "read_runs",
    "read_ways",
    "run_file_name",
    "series_at",
    "tell_stale",
]
