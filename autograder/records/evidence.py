"""What is known of a submission once every type, size and number was looked at."""

from __future__ import annotations

import dataclasses

from pydantic import ConfigDict

from autograder.records.execution import JSON, CellOutcome, Language, RunVerdict

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclasses.dataclass(frozen=True, slots=True)
class DataSummary:
    """What an array held, in a few numbers: enough to tell which data a training saw.

    `probes` are the means of the flattened data (its first 100,000 elements) times cos(k·i), k = 1 … 4, i the
    flat index: two arrays that differ by more than rounding differ here, and two that differ by rounding alone
    do not.
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

    `attested`: the trusted side trained it or knew it; otherwise the student's process alone says so. `starts_at` and
    `ends_at` are digests of the network's weights before and after. `continues` is the number of the training whose
    last weights it starts from, None if there is none; `resumes` says that it takes over the optimizer's state as well.
    `initial_values` is empty where the first weights are such as Keras draws by default and the optimizer is new, else
    it says what is not.
    `rates` is the learning rate as each epoch began. `history` holds one number per epoch and name, None where it was
    not finite. `seed` is TensorFlow's global seed at the call, None if it was never set. `batch_size` is 0 where the
    data came in batches of their own. `options` names what else decided what was learned: `class_weight`.
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
    initial_values: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Evaluation:
    """One call of `evaluate`, or of `predict`, which gives no `results`.

    `training` is the number of the training whose last weights it uses, None if there is none; `weights` is the digest
    of these weights, `attested` as in `Training`. `targets` are what `evaluate` compared with.
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
    """Steps of training that a cell took by itself, outside `fit`: seen, but not what they trained.

    `kind` is the method that took them: `train_on_batch` or `apply_gradients`.
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


NOT_THERE = "is not there"
"""The reason of a hole in a value that was begun: an answer that is not whole, not one in a wrong form."""


@dataclasses.dataclass(frozen=True, slots=True)
class Values:
    """The watched variables that arrived in a shape the rubric can use, and what was wrong with the others.

    `faults` maps a path (`q07_history.B.loss`) to a reason; `given` holds the plain values, faulty parts left out.
    """

    given: dict[str, JSON]
    faults: dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """All that grading may know of a submission. `claimed` is what the notebook said its own run had given."""

    job_id: str
    student: str
    language: Language
    notebook_sha256: str
    run_verdict: RunVerdict
    run_detail: str
    executed: Values
    claimed: Values
    trainings: tuple[Training, ...]
    evaluations: tuple[Evaluation, ...]
    figures: tuple[Figure, ...]
    cells: tuple[CellOutcome, ...]
    faults: tuple[str, ...]
    """What was refused of the journal, and why."""
    loops: tuple[Loop, ...] = ()
