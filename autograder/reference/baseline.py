"""The results of the reference runs, kept as `reference/<data>/baseline.json`: numbers by path, and the data seen.

The file is written by `autograder calibrate`, never by hand: it contains a digest of its content, and a file whose
digest does not match is rejected. It holds no tolerances; they are computed from the runs when a grade is given, so a
changed policy needs no new runs.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from autograder.errors import ConfigurationError, WireError
from autograder.records import JSON, DataSummary
from autograder.reference.basis import Basis, deciding_versions
from autograder.reference.runs import run_file_name
from autograder.reference.tolerance import Scale, ToleranceInterval, tolerance_interval
from autograder.rubric.checks.interval import Interval
from autograder.rubric.model import KeySpec, Tolerance
from autograder.rubric.training_data import TrainingData, same_data
from autograder.wire import parse_json

_FILE_NAME: Final = "baseline.json"
VERSION: Final = 1
_TWIN_RELATIVE: Final = 1e-5
"""Two runs with the same seed agree to about seven digits, runs with different seeds to one or two."""

_REMEDY: Final = "run `autograder calibrate`"
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Trainings = dict[str, dict[str, TrainingData]]
"""Maps item (`q08.recipe`) and variant (`256`, or empty) to the data of the reference's training."""


@dataclasses.dataclass(frozen=True)
class RunSummary:
    """The results of one reference run: numbers by path, the paths of dead networks, the data that trainings saw.

    `faults` lists where the reference itself breaks the rubric; such a run is not used for a baseline.
    """

    __pydantic_config__ = _STRICT

    values: dict[str, float]
    dead: tuple[str, ...] = ()
    trainings: Trainings = dataclasses.field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class ReferenceRun:
    """One reference run and its conditions; `seed` is None for the notebook's own.

    `questions` are those that were run, empty for all; `basis` is None if the run's inputs are not known.
    """

    __pydantic_config__ = _STRICT

    seed: int | None
    versions: dict[str, str]
    processor: str
    threads: int
    seconds: float
    summary: RunSummary
    questions: tuple[str, ...] = ()
    basis: Basis | None = None


@dataclasses.dataclass(frozen=True)
class Baseline:
    """All reference runs on one kind of data."""

    __pydantic_config__ = _STRICT

    version: Literal[1]
    data: str
    runs: tuple[ReferenceRun, ...]
    trainings: Trainings

    @classmethod
    def empty(cls, data: str) -> Baseline:
        """Return the baseline of a rubric without stochastic numbers: it has no runs."""
        return cls(VERSION, data, (), {})

    def interval(self, path: str, item: Interval, tolerance: Tolerance) -> ToleranceInterval:
        """Return the tolerance interval of the number at `path`, which `item` judges.

        Raises:
            ConfigurationError: No healthy run has this number, or one has a number that is invalid on the scale.
        """
        numbers = self._healthy.get(path, ())
        if not numbers:
            raise ConfigurationError("no healthy reference run has this number", path, _REMEDY)
        together, dead = len(item.values), self.dead_runs(path)
        found = _interval_of(tuple(numbers), Scale(item.scale, item.offset), tolerance, together, dead)
        if found is None:
            raise ConfigurationError(f"a reference run has a number without a {item.scale}", path, _REMEDY)
        return found

    def training_data(self, item: str, variant: str) -> TrainingData:
        """Return the data that the reference's training for an item (`q08.recipe`) and variant saw.

        Raises:
            ConfigurationError: No run contains that training.
        """
        data = self.trainings.get(item, {}).get(variant)
        if data is None:
            where = f"{item}, variant {variant}" if variant else item
            raise ConfigurationError(
                "no reference run contains this training, so its data are not known", where, _REMEDY
            )
        return data

    def numbers(self) -> Mapping[str, Sequence[float]]:
        """Return what healthy runs gave, by path."""
        return self._healthy

    def dead_runs(self, path: str) -> int:
        """Return the number of runs in which the network behind `path` was dead; its interval excludes them."""
        return sum(path in run.summary.dead for run in self.runs)

    @property
    def versions(self) -> dict[str, str]:
        """The versions of the packages that decide a result, equal for all runs; empty without runs."""
        return deciding_versions(self.runs[0].versions) if self.runs else {}

    def fewest_runs(self, item: Interval) -> int:
        """Return the smallest number of healthy runs behind any number of an item."""
        return min(len(self._healthy.get(path, ())) for path in item.values)

    @functools.cached_property
    def digest(self) -> str:
        """The SHA-256 of the whole, which identifies the baseline of a grade."""
        return _digest(_baselines().dump_python(self, mode="json"))

    def to_json(self) -> str:
        """Serialise the baseline with its digest; equal baselines give equal text."""
        content = _baselines().dump_python(self, mode="json")
        return json.dumps({**content, "sha256": _digest(content)}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes, where: str = "") -> Baseline:
        """Parse a baseline.

        Raises:
            ConfigurationError: The text is not a baseline, or was changed after it was written.
        """
        try:
            content = parse_json(text)
            stated = content.pop("sha256")
            # Validated from JSON text: strict mode accepts a JSON list for a tuple, but not a Python list.
            baseline = _baselines().validate_json(json.dumps(content))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ConfigurationError(f"is not a baseline: {place}: {first['msg']}", where, _REMEDY) from error
        except (WireError, KeyError, AttributeError, TypeError) as error:
            raise ConfigurationError(f"is not a baseline: {error}", where, _REMEDY) from error
        if baseline.digest != stated:
            raise ConfigurationError("was edited by hand: its digest does not match its content", where, _REMEDY)
        return baseline

    @functools.cached_property
    def _healthy(self) -> Mapping[str, Sequence[float]]:
        """The numbers by path, without those of dead networks."""
        numbers: dict[str, list[float]] = {}
        for run in self.runs:
            for path, number in run.summary.values.items():
                if path not in run.summary.dead:
                    numbers.setdefault(path, []).append(number)
        return numbers


def build_baseline(data: str, runs: Sequence[ReferenceRun]) -> Baseline:
    """Build a baseline from reference runs; a run may cover only some of the questions.

    Raises:
        ConfigurationError: A run breaks the rubric or is duplicated, or two runs saw different data or used different
            versions; every fault is listed.
    """
    trainings: dict[str, dict[str, TrainingData]] = {}
    faults = []
    for place, run in enumerate(runs):
        name = run_file_name(run.seed, run.questions)
        faults += [
            f"{name}: has the same numbers as {run_file_name(twin.seed, twin.questions)}"
            for twin in runs[:place]
            if _are_twins(run, twin)
        ]
        faults += [f"{name}: {fault}" for fault in run.summary.faults]
        if deciding_versions(run.versions) != deciding_versions(runs[0].versions):
            faults.append(f"{name}: used other versions than the first run ({_listed(run.versions)})")
        for item, variants in run.summary.trainings.items():
            for variant, seen in variants.items():
                if not _same(trainings.setdefault(item, {}).setdefault(variant, seen), seen):
                    faults.append(f"{name}: {item} {variant}".rstrip() + ": saw other data than the runs before it")
    if faults:
        raise ConfigurationError(
            "the reference runs cannot form a baseline",
            f"reference/{data}/runs",
            "correct the solved notebook or grading.yml, or delete the files named here, and calibrate again",
            tuple(faults),
        )
    # Data that all runs saw alike are stored once.
    lean = tuple(dataclasses.replace(run, summary=dataclasses.replace(run.summary, trainings={})) for run in runs)
    return Baseline(VERSION, data, lean, trainings)


def _are_twins(one: ReferenceRun, other: ReferenceRun) -> bool:
    """Return whether two runs had the same seed, whatever their names: everything that both trained is equal.

    A run that is counted twice would make intervals too narrow. Dead networks are alike under any seed.
    """
    dead = {*one.summary.dead, *other.summary.dead}
    shared = (one.summary.values.keys() & other.summary.values.keys()) - dead
    return bool(shared) and all(
        math.isclose(one.summary.values[path], other.summary.values[path], rel_tol=_TWIN_RELATIVE) for path in shared
    )


def load_baseline(folder: Path) -> Baseline:
    """Read `baseline.json` from a folder.

    Raises:
        ConfigurationError: It is missing, invalid, or was edited by hand.
    """
    path = folder / _FILE_NAME
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", str(path), _REMEDY) from error
    return Baseline.from_json(text, where=str(path))


def baseline_for(key_spec: KeySpec, folder: Path, data: str) -> Baseline:
    """Read the baseline that a rubric needs; an empty one if the rubric needs none and there is none.

    Raises:
        ConfigurationError: See `load_baseline`.
    """
    if not key_spec.needs_runs and not (folder / _FILE_NAME).exists():
        return Baseline.empty(data)
    return load_baseline(folder)


@functools.cache
def _baselines() -> TypeAdapter[Baseline]:
    return TypeAdapter(Baseline)


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in deciding_versions(versions).items())


def _digest(content: JSON) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _same(one: TrainingData, other: TrainingData) -> bool:
    return all(
        _same_summary(getattr(one, field.name), getattr(other, field.name))
        for field in dataclasses.fields(TrainingData)
    )


def _same_summary(one: DataSummary | None, other: DataSummary | None) -> bool:
    return one is other if one is None or other is None else same_data(one, other)


@functools.lru_cache(1024)
def _interval_of(
    numbers: tuple[float, ...], scale: Scale, tolerance: Tolerance, together: int, dead: int
) -> ToleranceInterval | None:
    """Return the interval of some numbers, the same for every student; None if one of them is not on the scale."""
    positions = [position for number in numbers if (position := scale.forward(number)) is not None]
    if len(positions) < len(numbers):
        return None
    return tolerance_interval(positions, scale, tolerance, numbers=together, dead=dead)
