"""Parse an untrusted process's description of a call: check its exact form and sizes, and derive its key.

The key is a hash of everything that decides the result. Metrics only observe, so they are left out.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autograder.errors import WireError
from autograder.orders.arrays import unique
from autograder.records import JSON

_LARGEST_NUMBER = 2**63
_MOST_VALUES = 200_000
_LONGEST_TEXT = 2_000
_MOST_OPERATIONS = 2_000
_MOST_ARRAYS = 20_000
_MOST_EPOCHS = 100_000
_MOST_NAMES = 100

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Digests = Annotated[list[Digest], Field(max_length=_MOST_ARRAYS)]
Plain = dict[str, JSON]
Steps = int | float | None


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Configured(_Exact):
    """A Keras object: its class and settings; `differs` names the settings that are not Keras's defaults."""

    kind: str = Field(alias="class")
    settings: Plain = {}
    differs: list[str] = []


class Metric(Configured):
    """A metric, with its name in the history."""

    name: str


class Reference(_Exact):
    """One output of an operation in the graph."""

    operation: int = Field(alias="from", ge=0)
    tensor: int = Field(ge=0)


class Operation(Configured):
    """A layer, or an operation like `keras.ops.add`, with its arguments."""

    call: list[JSON] = []
    options: Plain = {}


class Graph(_Exact):
    """A network as the graph of its operations."""

    operations: Annotated[list[Operation], Field(max_length=_MOST_OPERATIONS)]
    inputs: list[Reference]
    outputs: list[Reference]


class LayerPart(_Exact):
    """A layer of a network whose graph is not visible; `within` is the notebook's own class that contains it."""

    kind: str = Field(alias="class")
    settings: Plain = {}
    within: str = ""


class Opaque(_Exact):
    """The visible part of a network made of the notebook's own classes: its layers, but not how they are called."""

    opaque: Annotated[list[LayerPart], Field(max_length=_MOST_OPERATIONS)]


class Validation(_Exact):
    """The data that `fit` validates on after an epoch."""

    x: Digests
    y: Digests = []
    sample_weight: Digest | Literal[""] | None = None
    batch_size: int = Field(default=0, ge=0)


class Notes(_Exact):
    """Why a call is not an order."""

    own: list[str]


class Call(_Exact):
    """A call of `fit`, `evaluate` or `predict`, with everything that decides its result.

    In a reported call, what is 0, empty or missing was not visible. Orders have no `parameters`, no
    `validation_split` and no `notes`.
    """

    format: Literal[1]
    operation: Literal["fit", "evaluate", "predict"]
    versions: dict[str, str]
    floatx: str
    determinism: bool
    jit_compile: bool
    epsilon: float | None = None
    seed: int | None = None
    unseeded: bool = False
    network: Graph | Opaque
    weights: Digests
    loss: Configured | None = None
    metrics: Annotated[list[Metric], Field(max_length=_MOST_NAMES)] = []
    optimizer: Configured | None = None
    optimizer_state: Digests = []
    rates: Annotated[list[float], Field(max_length=_MOST_EPOCHS)] | None = None
    callbacks: Annotated[list[Configured], Field(max_length=_MOST_NAMES)] = []
    batch_size: int = Field(default=0, ge=0)
    epochs: int = 0
    shuffle: bool | None = None
    initial_epoch: Steps = None
    steps_per_epoch: Steps = None
    max_epochs: Steps = None
    max_steps_per_epoch: Steps = None
    class_weight: JSON = None
    sample_weight: Digest | Literal[""] | None = None
    loss_weights: JSON = None
    weighted_metrics: Annotated[list[Metric], Field(max_length=_MOST_NAMES)] = []
    validation_freq: JSON = None
    validation_steps: Steps = None
    validation_split: float | None = None
    x: Digests
    y: Digests = []
    validation: Validation | None = None
    parameters: int | None = Field(default=None, ge=0)
    notes: Notes | None = None


_DUE = {
    "fit": ("loss", "optimizer", "batch_size", "epochs", "shuffle", "x", "y"),
    "evaluate": ("loss", "batch_size", "x", "y"),
    "predict": ("batch_size", "x"),
}
"""The fields required in an order of each kind; a reported call may lack them."""
_UNSEEN: tuple[JSON, ...] = (None, [], 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    """A checked description, both as received and as parsed."""

    plain: Plain
    call: Call

    @property
    def key(self) -> str:
        """Return the key of the call: equal keys mean equal results, except for metrics."""
        deciding = {name: value for name, value in self.plain.items() if name != "metrics"}
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def trial(self) -> str:
        """Return a key that includes metrics: they do not decide the result, but may fail or take long."""
        return f"{self.key} {json.dumps(self.metrics, sort_keys=True, allow_nan=False)}"

    @property
    def metrics(self) -> list[Plain]:
        """Return the metrics as received."""
        return list(self.plain.get("metrics", []))

    def with_metrics(self, metrics: Iterable[Plain]) -> Self:
        """Return the same call with other metrics; a prediction has no such field, not even an empty list."""
        others = list(metrics)
        return self if others == self.metrics else dataclasses.replace(self, plain={**self.plain, "metrics": others})

    def arrays(self) -> Iterator[str]:
        """Yield the digest of each array that it needs once."""
        call = self.call
        data = [call.x, call.y, [call.sample_weight] if call.sample_weight else []]
        if (validation := call.validation) is not None:
            data += [validation.x, validation.y, [validation.sample_weight] if validation.sample_weight else []]
        yield from unique(digest for group in (call.weights, call.optimizer_state, *data) for digest in group)

    def summarised(self) -> Iterator[str]:
        """Yield the digests of the arrays that the journal summarises: first inputs, targets, sample weights."""
        call, validation = self.call, self.call.validation
        groups = (call.x, call.y, validation.x if validation is not None else [])
        weights = (call.sample_weight, validation.sample_weight if validation is not None else None)
        yield from unique([*(digest for group in groups for digest in group[:1]), *filter(None, weights)])


def read_order(plain: JSON) -> Description:
    """Parse the description of an order.

    Raises:
        WireError: The payload never sends such a description.
    """
    description = _read(plain)
    call = description.call
    # `False` equals 0, but is a value: rows that are not shuffled.
    lacking = [
        name for name in _DUE[call.operation] if (value := getattr(call, name)) in _UNSEEN and value is not False
    ]
    if lacking or not isinstance(call.network, Graph):
        raise WireError(f"an order without {', '.join(lacking) or 'a graph of its network'}")
    if call.notes is not None or call.parameters is not None or call.validation_split is not None:
        raise WireError("an order with a field of reported calls")
    _check_references(call.network)
    if call.rates is not None and len(call.rates) > call.epochs:
        raise WireError("an order has more rates than epochs")
    return description


def read_reported_call(plain: JSON) -> Description:
    """Parse the description of a call that the notebook made itself; fields may be missing.

    Raises:
        WireError: The payload never sends such a description.
    """
    return _read(plain)


def _read(plain: JSON) -> Description:
    _check_sizes(plain)
    try:
        return Description(plain, Call.model_validate(plain))
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:40] for part in detail["loc"][:6])
        raise WireError(f"not a description: {place}: {detail['msg'][:120]}") from error


def _check_sizes(plain: JSON) -> None:
    """Check that nothing is too long, too large or too numerous; iterative, so that nesting cannot harm."""
    stack = [plain]
    values = 0
    while stack:
        value = stack.pop()
        values += 1
        match value:
            case str():
                fits = len(value) <= _LONGEST_TEXT
            case int() | float():
                fits = -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER
            case list():
                fits = True
                stack.extend(value)
            case dict():
                fits = all(isinstance(key, str) and len(key) <= _LONGEST_TEXT for key in value)
                stack.extend(value.values())
            case _:
                fits = value is None
        if not fits or values > _MOST_VALUES:
            raise WireError("a description is too large")


def _check_references(graph: Graph) -> None:
    """Check that operations only refer to earlier operations."""
    for place, operation in enumerate(graph.operations):
        for reference in references((operation.call, operation.options)):
            if not 0 <= reference < place:
                raise WireError("an operation of a network refers to a later one")
    for end in (*graph.inputs, *graph.outputs):
        if end.operation >= len(graph.operations):
            raise WireError("a network begins or ends outside itself")


def references(arguments: JSON) -> Iterator[int]:
    """Yield the indices of the operations that feed an operation, in the order of its arguments."""
    match arguments:
        case {"from": int(place), "tensor": int()} if len(arguments) == 2:  # noqa: PLR2004
            yield place
        case dict():
            for value in arguments.values():
                yield from references(value)
        case list() | tuple():
            for value in arguments:
                yield from references(value)
