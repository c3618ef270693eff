"""The checked facts about a submission."""

from __future__ import annotations

import dataclasses

from pydantic import ConfigDict

from autograder.records.detail import Detail
from autograder.records.execution import JSON, CellOutcome, Language, RunVerdict

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclasses.dataclass(frozen=True, slots=True)
class DataSummary:
    """An array in a few numbers that identify the data of a training.

    `probes` are the means of the flattened data (its first 100,000 elements) times cos(k·i), k = 1 … 4, i the
    flat index: arrays that differ by more than rounding differ here, and arrays that differ by rounding only do not.
    """

    __pydantic_config__ = _STRICT

    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float
    std: float
    probes: tuple[float, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """One layer: Keras's class name and the settings that decide what it computes."""

    __pydantic_config__ = _STRICT

    kind: str
    settings: dict[str, JSON]


@dataclasses.dataclass(frozen=True, slots=True)
class Training:
    """One call of `fit`.

    `attested`: the trusted side trained it or knew it; otherwise only the student's process reports it. `starts_at` and
    `ends_at` are digests of the network's weights before and after. `continues` is the number of the training whose
    final weights it starts from, None if there is none; `resumes` means that it takes over the optimizer's state as
    well. `initial_values` is None if the initial weights are drawn as by Keras's defaults and the optimizer is new,
    else it tells what is different. `rates` is the learning rate at the start of each epoch. `history` holds one number
    per epoch and name, None where it was not finite. `seed` is TensorFlow's global seed at the call, None if it was
    never set. `batch_size` is 0 where the data came in batches of their own. `options` names everything else that
    decided what was learned, such as `class_weight`.
    """

    __pydantic_config__ = _STRICT

    number: int
    cell: int
    parameters: int
    layers: tuple[Layer, ...]
    optimizer: str
    optimizer_settings: dict[str, JSON]
    loss: str
    metrics: tuple[str, ...]
    rates: tuple[float, ...]
    epochs: int
    batch_size: int
    shuffle: bool
    seed: int | None
    inputs: DataSummary
    targets: DataSummary
    validation: DataSummary | None
    history: dict[str, tuple[float | None, ...]]
    replayed: bool
    seconds: float
    continues: int | None = None
    options: tuple[str, ...] = ()
    attested: bool = True
    starts_at: str = ""
    ends_at: str = ""
    resumes: bool = False
    initial_values: Detail | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Evaluation:
    """One call of `evaluate`, or of `predict`, which gives no `results`.

    `training` is the number of the training whose final weights it uses, None if there is none; `weights` is the digest
    of these weights, `attested` as in `Training`. `targets` are the targets of `evaluate`.
    """

    __pydantic_config__ = _STRICT

    cell: int
    training: int | None
    inputs: DataSummary
    results: dict[str, float | None]
    replayed: bool
    attested: bool = True
    weights: str = ""
    targets: DataSummary | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Loop:
    """Training steps of a cell outside `fit`, which are observed without knowing what they trained.

    `kind` is the method used: `train_on_batch` or `apply_gradients`.
    """

    __pydantic_config__ = _STRICT

    cell: int
    kind: str
    steps: int


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """The lines of one figure that the notebook drew: the y values of each."""

    __pydantic_config__ = _STRICT

    cell: int
    lines: tuple[tuple[float | None, ...], ...]


ABSENT = Detail("value.absent")
"""The fault of a missing part in a value: the answer is incomplete, not malformed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Values:
    """The watched variables that have their declared shape, and the faults of the others.

    `faults` maps a path (`q07_history.B.loss`) to what is wrong there; `given` holds
    the plain values, faulty parts left out.
    """

    given: dict[str, JSON]
    faults: dict[str, Detail]


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """All that grading may know about a submission. `claimed` holds the values saved by the student's own run."""

    job_id: str
    student: str
    language: Language
    notebook_sha256: str
    run_verdict: RunVerdict
    run_detail: Detail | None
    executed: Values
    claimed: Values
    trainings: tuple[Training, ...]
    evaluations: tuple[Evaluation, ...]
    figures: tuple[Figure, ...]
    cells: tuple[CellOutcome, ...]
    faults: tuple[Detail, ...]
    """The rejected entries of the journal, and why."""
    loops: tuple[Loop, ...] = ()
