"""What crosses a boundary between two stages: frozen records, JSON both ways, never live objects.

    Job ──► Run ──► Evidence ──► Grade
            (raw)   (checked)    (Finding, one an item)

`Run` holds what a sandbox said, as it said it: plain JSON that nobody has judged yet. `Evidence` holds the same
after every type, size and number was looked at. Nothing after `Evidence` needs to distrust its input.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from enum import StrEnum
from typing import Any, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError

JSON = Any
"""A value as JSON has it: None, bool, int, float, str, list or dict with text keys."""

Language = Literal["pt-BR", "en"]
TrainingMode = Literal["replay", "train", "record"]
"""What to do with a training: `replay` it if the store knows it, `train` it in any case, or train and `record` it."""

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class RunVerdict(StrEnum):
    """How the execution of a notebook ended."""

    COMPLETE = "COMPLETE"
    CRASHED = "CRASHED"
    TIMEOUT = "TIMEOUT"
    LIMIT = "LIMIT"
    INTERNAL = "INTERNAL"


class Verdict(StrEnum):
    """What became of one item. Only PASS earns points; INTERNAL is our own fault and yields no grade."""

    PASS = "PASS"  # noqa: S105 (a verdict, no password)
    FAIL = "FAIL"
    MISSING = "MISSING"
    MALFORMED = "MALFORMED"
    INTERNAL = "INTERNAL"


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """One code cell of a submission: its place among all cells of the notebook, and its text."""

    index: int
    source: str


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """One notebook to execute. Holds nothing that the student may not see.

    `claimed` is the JSON text that the notebook's last cell stored in its own output, if any: hostile.
    `parameters` are assigned after the cell that the assignment tagged `parameters`, as papermill does.
    """

    id: str
    student: str
    source: str
    notebook_sha256: str
    language: Language
    cells: tuple[Cell, ...]
    claimed: str | None = None
    parameters: dict[str, JSON] = dataclasses.field(default_factory=dict)
    parameters_cell: int | None = None
    mode: TrainingMode = "replay"


@dataclasses.dataclass(frozen=True, slots=True)
class CellOutcome:
    """How one code cell ended; `error` is the exception's name and message, shortened."""

    index: int
    status: Literal["ok", "error", "timeout", "killed", "not run"]
    seconds: float = 0.0
    error: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What an execution cost, measured from outside the sandbox."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    output_bytes: int = 0
    replayed: int = 0
    """Questions to the store (trainings, evaluations, predictions) that it could answer."""
    unknown: int = 0
    """Questions to the store that it could not answer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What a sandbox said of one job. `values` … `figures` are unjudged JSON from the student's process."""

    job_id: str
    verdict: RunVerdict
    detail: str
    backend: str
    cells: tuple[CellOutcome, ...]
    values: dict[str, JSON]
    trainings: tuple[JSON, ...]
    evaluations: tuple[JSON, ...]
    figures: tuple[JSON, ...]
    versions: dict[str, str]
    usage: Usage
    output_tail: str = ""
    doubtful: bool = False
    """Somebody else than the notebook may have ended it: whoever stops processes on this machine, or the kernel."""


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
    """One call of `fit`, as the student's process journalled it: a claim, exact where numbers are noisy.

    `rates` is the learning rate as each epoch began. `history` holds one number an epoch and name, None where
    it was not finite. `seed` is TensorFlow's global seed at the call, None if it was never set. `continues` is the
    number of the same network's training before this one, None if it was new.
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


@dataclasses.dataclass(frozen=True, slots=True)
class Evaluation:
    """One call of `evaluate`, or of `predict`, which gives no `results`.

    `training` is the number of the model's last training, None if it had none.
    """

    __pydantic_config__ = _STRICT

    cell: int
    training: int | None
    inputs: DataSummary
    results: dict[str, float | None]
    replayed: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """The lines of one figure that the notebook drew: the y values of each."""

    __pydantic_config__ = _STRICT

    cell: int
    lines: tuple[tuple[float | None, ...], ...]


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


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One thing to say of an item, as a code and its blanks: the report turns it into a sentence in a language.

    `expected` is shown to a student only when the release policy allows it, or when `public`: what the
    assignment's own text asks for is no secret.
    """

    code: str
    subject: str = ""
    found: str = ""
    expected: str = ""
    public: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """One trained number, and what reference runs allow it to be; both bounds belong to the interval.

    `runs` is how many healthy reference runs the interval stands on, `dead` how many were left out.
    """

    path: str
    obtained: float
    lower: float
    upper: float
    runs: int
    dead: int
    source: Literal["tolerance interval", "fallback"]


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one item, with its points and the reasons for it.

    `comparisons` tell of every trained number that the item judges, whether it passed or not: they show what is
    expected, so they are the instructor's.
    """

    item: str
    question: str
    verdict: Verdict
    points: float
    points_possible: float
    reasons: tuple[Reason, ...] = ()
    flags: tuple[Reason, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Grade:
    """One student's grade. `points` is None when some item is INTERNAL: no grade, never a zero."""

    job_id: str
    student: str
    language: Language
    notebook_sha256: str
    run_verdict: RunVerdict
    run_detail: str
    points: float | None
    points_possible: float
    findings: tuple[Finding, ...]
    flags: tuple[Reason, ...]
    rubric_sha256: str
    baseline_sha256: str
    data: str
    """`real` or `practice`: which data sets the notebook ran on, so which baseline it was held against."""


Record = TypeVar("Record")


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(record: object) -> str:
    """Write a record as JSON text; equal records give equal text.

    JSON may spell half a surrogate pair, which UTF-8 cannot: a submission that holds one loses it here, so that
    nothing a student sends can keep a record from being written.
    """
    kind: Any = type(record)
    adapter = _adapter(kind)
    try:
        return adapter.dump_json(record).decode()
    except PydanticSerializationError:
        plain = json.dumps(adapter.dump_python(record, mode="json"), ensure_ascii=False, separators=(",", ":"))
        return plain.encode("utf-8", "replace").decode()


def from_json(kind: type[Record], text: str | bytes) -> Record:
    """Read a record back.

    Raises:
        pydantic.ValidationError: The text does not hold such a record.
    """
    key: Any = kind  # mypy takes a class's own `__hash__` for an instance's
    record: Record = _adapter(key).validate_json(text)
    return record
