"""What the reference runs gave, kept as `reference/<data>/baseline.json`: numbers by path, and which data were seen.

The file is made by `autograder calibrate` and never by hand: it carries a digest of its own content, and one that
does not fit is refused. Tolerances are not in it; they are made of the runs when a grade is given, so a changed
policy needs no new runs.
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
from autograder.grading.agreement import same_data
from autograder.grading.recipe import TrainingData
from autograder.grading.tolerance import Interval, Scale, tolerance_interval
from autograder.records import JSON, DataSummary
from autograder.spec.items import Interval as IntervalItem
from autograder.spec.model import Tolerance
from autograder.wire import parse_json

DECIDING_PACKAGES: Final = ("tensorflow", "keras", "numpy", "scikit-learn")
"""Another version of one of these may give other numbers."""

VERSION: Final = 1
_TWIN_RELATIVE: Final = 1e-5
"""Two runs of one seed agree to some seven digits, of different seeds to one or two."""

_REMEDY: Final = "run `autograder calibrate`"
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Trainings = dict[str, dict[str, TrainingData]]
"""Item (`q08.recipe`) and variant (`256`, or empty) to what the reference's training saw."""


@dataclasses.dataclass(frozen=True)
class Summary:
    """What one reference run says: numbers by path, the paths of dead networks, the data that trainings saw.

    `faults` tells where the reference itself breaks the rubric; no baseline is made of such a run.
    """

    __pydantic_config__ = _STRICT

    values: dict[str, float]
    dead: tuple[str, ...] = ()
    trainings: Trainings = dataclasses.field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class ReferenceRun:
    """One reference run, and under which conditions it ran; `seed` is None for the notebook's own."""

    __pydantic_config__ = _STRICT

    seed: int | None
    versions: dict[str, str]
    processor: str
    threads: int
    seconds: float
    summary: Summary


@dataclasses.dataclass(frozen=True)
class Baseline:
    """All reference runs on one kind of data."""

    __pydantic_config__ = _STRICT

    version: Literal[1]
    data: str
    runs: tuple[ReferenceRun, ...]
    trainings: Trainings

    def interval(self, path: str, item: IntervalItem, tolerance: Tolerance) -> Interval:
        """Return what the trained number at `path`, one of those that `item` judges, may be.

        Raises:
            ConfigurationError: No healthy run gave this number, or one gave a number that the scale has no place for.
        """
        transform = Scale(item.scale, item.offset)
        numbers = self._healthy.get(path, ())
        if not numbers:
            raise ConfigurationError("no healthy reference run gave it", path, _REMEDY)
        positions = [position for number in numbers if (position := transform.forward(number)) is not None]
        if len(positions) < len(numbers):
            raise ConfigurationError(f"a reference run gave a number that has no {item.scale}", path, _REMEDY)
        return tolerance_interval(positions, transform, tolerance, numbers=len(item.values), dead=self.dead_runs(path))

    def training_data(self, item: str, variant: str) -> TrainingData:
        """Return which data the reference's training for an item (`q08.recipe`) and variant saw.

        Raises:
            ConfigurationError: No run tells.
        """
        data = self.trainings.get(item, {}).get(variant)
        if data is None:
            where = f"{item}, variant {variant}" if variant else item
            raise ConfigurationError("no reference run tells which data its training saw", where, _REMEDY)
        return data

    def dead_runs(self, path: str) -> int:
        """Return in how many runs the network behind `path` was dead; these are left out of its interval."""
        return sum(path in run.summary.dead for run in self.runs)

    @property
    def versions(self) -> dict[str, str]:
        """The versions of what decides a result, alike for every run; empty for no run."""
        return _deciding(self.runs[0].versions) if self.runs else {}

    def fewest_runs(self, item: IntervalItem) -> int:
        """Return on how many healthy runs the numbers of an item stand: the least of them."""
        return min(len(self._healthy.get(path, ())) for path in item.values)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the whole: a grade names the baseline that it was held against."""
        return _digest(_baselines().dump_python(self, mode="json"))

    def to_json(self) -> str:
        """Write the whole, with its digest; equal baselines give equal text."""
        content = _baselines().dump_python(self, mode="json")
        return json.dumps({**content, "sha256": _digest(content)}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes, where: str = "") -> Baseline:
        """Read a baseline back.

        Raises:
            ConfigurationError: The text holds none, or was changed since it was written.
        """
        try:
            content = parse_json(text)
            stated = content.pop("sha256")
            # Read from JSON again, since strict mode takes a JSON list for a tuple but a Python list for none.
            baseline = _baselines().validate_json(json.dumps(content))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ConfigurationError(f"is no baseline: {place}: {first['msg']}", where, _REMEDY) from error
        except (WireError, KeyError, AttributeError, TypeError) as error:
            raise ConfigurationError(f"is no baseline: {error}", where, _REMEDY) from error
        if baseline.digest != stated:
            raise ConfigurationError("was edited by hand: its digest does not fit its content", where, _REMEDY)
        return baseline

    @functools.cached_property
    def _healthy(self) -> Mapping[str, Sequence[float]]:
        """The numbers by path, dead networks left out."""
        numbers: dict[str, list[float]] = {}
        for run in self.runs:
            for path, number in run.summary.values.items():
                if path not in run.summary.dead:
                    numbers.setdefault(path, []).append(number)
        return numbers


def build_baseline(data: str, runs: Sequence[ReferenceRun]) -> Baseline:
    """Make a baseline of reference runs; a run may cover some of the questions only.

    Raises:
        ConfigurationError: A run breaks the rubric or is there twice, or two runs saw different data or were made with
            different versions; every fault is named.
    """
    trainings: dict[str, dict[str, TrainingData]] = {}
    faults = []
    for place, run in enumerate(runs):
        name = _name(run)
        faults += [
            f"{name}: gives the numbers of {_name(twin)} again" for twin in runs[:place] if _are_twins(run, twin)
        ]
        faults += [f"{name}: {fault}" for fault in run.summary.faults]
        if _deciding(run.versions) != _deciding(runs[0].versions):
            faults.append(f"{name}: was made with other versions than the first run ({_listed(run.versions)})")
        for item, variants in run.summary.trainings.items():
            for variant, seen in variants.items():
                if not _same(trainings.setdefault(item, {}).setdefault(variant, seen), seen):
                    faults.append(f"{name}: {item} {variant}".rstrip() + ": saw other data than the runs before it")
    if faults:
        raise ConfigurationError(
            "the reference runs make no baseline",
            "reference",
            "mend the solved notebook or grading.yml, or delete the runs that are named and calibrate again",
            tuple(faults),
        )
    # What every run saw alike is written once.
    lean = tuple(dataclasses.replace(run, summary=dataclasses.replace(run.summary, trainings={})) for run in runs)
    return Baseline(VERSION, data, lean, trainings)


def _name(run: ReferenceRun) -> str:
    return "the run with the notebook's own seed" if run.seed is None else f"the run with seed {run.seed}"


def _are_twins(one: ReferenceRun, other: ReferenceRun) -> bool:
    """Tell whether two runs are of one seed, whatever they are called: all that both trained came out the same.

    Counted twice, a run would make intervals narrower than they are. Dead networks are alike under any seed.
    """
    dead = {*one.summary.dead, *other.summary.dead}
    shared = (one.summary.values.keys() & other.summary.values.keys()) - dead
    return bool(shared) and all(
        math.isclose(one.summary.values[path], other.summary.values[path], rel_tol=_TWIN_RELATIVE) for path in shared
    )


def load_baseline(folder: Path) -> Baseline:
    """Read `baseline.json` of a folder.

    Raises:
        ConfigurationError: It is missing, is none, or was edited by hand.
    """
    path = folder / "baseline.json"
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", str(path), _REMEDY) from error
    return Baseline.from_json(text, where=str(path))


@functools.cache
def _baselines() -> TypeAdapter[Baseline]:
    return TypeAdapter(Baseline)


def _deciding(versions: Mapping[str, str]) -> dict[str, str]:
    return {name: versions[name] for name in DECIDING_PACKAGES if name in versions}


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in _deciding(versions).items())


def _digest(content: JSON) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _same(one: TrainingData, other: TrainingData) -> bool:
    return all(
        _same_summary(getattr(one, field.name), getattr(other, field.name))
        for field in dataclasses.fields(TrainingData)
    )


def _same_summary(one: DataSummary | None, other: DataSummary | None) -> bool:
    return one is other if one is None or other is None else same_data(one, other)
