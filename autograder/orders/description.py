"""Reads the description of a call that an untrusted process sent: its exact form, its sizes, its name by content.

The name (`key`) is a hash of all that decides the result. Metrics only look on, so they are left out of it.
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
    """Something of Keras's: its class and settings; `differs` names those that are not Keras's default."""

    kind: str = Field(alias="class")
    settings: Plain = {}
    differs: list[str] = []


class Metric(Configured):
    """A metric, with the name that it has in the history."""

    name: str


class Reference(_Exact):
    """One output of an operation of the graph."""

    operation: int = Field(alias="from", ge=0)
    tensor: int = Field(ge=0)


class Operation(Configured):
    """A layer, or an operation like `keras.ops.add`, with what it is called on."""

    call: list[JSON] = []
    options: Plain = {}


class Graph(_Exact):
    """A network as the graph of its operations."""

    operations: Annotated[list[Operation], Field(max_length=_MOST_OPERATIONS)]
    inputs: list[Reference]
    outputs: list[Reference]


class Part(_Exact):
    """A layer of a network whose graph cannot be seen; `within` is the class of the notebook's own that holds it."""

    kind: str = Field(alias="class")
    settings: Plain = {}
    within: str = ""


class Opaque(_Exact):
    """What can be seen of a network of own classes: its layers, but not how they are called."""

    opaque: Annotated[list[Part], Field(max_length=_MOST_OPERATIONS)]


class Validation(_Exact):
    """What `fit` validates on after an epoch."""

    x: Digests
    y: Digests = []
    sample_weight: Digest | Literal[""] | None = None
    batch_size: int = Field(default=0, ge=0)


class Notes(_Exact):
    """Why a call is no order."""

    own: list[str]


class Call(_Exact):
    """A call of `fit`, `evaluate` or `predict`, with all that decides its result.

    What is 0, empty or lacking in a claim could not be seen. Orders have no `parameters`, no
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
"""What an order of each kind cannot do without. A claim may: it tells what could be seen."""
_UNSEEN: tuple[JSON, ...] = (None, [], 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    """A description that was looked at: as it came, and as it was read."""

    plain: Plain
    call: Call

    @property
    def key(self) -> str:
        """Return the name of what is described: equal keys mean equal results, but for metrics."""
        deciding = {name: value for name, value in self.plain.items() if name != "metrics"}
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def trial(self) -> str:
        """Return the name of what a trainer is asked to do: metrics decide no result, but may fail or take long."""
        return f"{self.key} {json.dumps(self.metrics, sort_keys=True, allow_nan=False)}"

    @property
    def metrics(self) -> list[Plain]:
        """Return the metrics as they came."""
        return list(self.plain.get("metrics", []))

    def with_metrics(self, metrics: Iterable[Plain]) -> Self:
        """Return the same call with other metrics; a prediction names none, not even an empty list."""
        others = list(metrics)
        return self if others == self.metrics else dataclasses.replace(self, plain={**self.plain, "metrics": others})

    def arrays(self) -> Iterator[str]:
        """Yield the digest of every array that it takes, each once."""
        call = self.call
        data = [call.x, call.y, [call.sample_weight] if call.sample_weight else []]
        if (validation := call.validation) is not None:
            data += [validation.x, validation.y, [validation.sample_weight] if validation.sample_weight else []]
        yield from unique(digest for group in (call.weights, call.optimizer_state, *data) for digest in group)

    def summarised(self) -> Iterator[str]:
        """Yield the digests of the arrays that the journal tells of: the first inputs and targets, weights of rows."""
        call, validation = self.call, self.call.validation
        groups = (call.x, call.y, validation.x if validation is not None else [])
        weights = (call.sample_weight, validation.sample_weight if validation is not None else None)
        yield from unique([*(digest for group in groups for digest in group[:1]), *filter(None, weights)])


def read_order(plain: JSON) -> Description:
    """Read what an order describes.

    Raises:
        WireError: The honest payload would not have described a call so.
    """
    description = _read(plain)
    call = description.call
    lacking = [name for name in _DUE[call.operation] if getattr(call, name) in _UNSEEN]
    if lacking or not isinstance(call.network, Graph):
        raise WireError(f"an order without {', '.join(lacking) or 'a graph of its network'}")
    if call.notes is not None or call.parameters is not None or call.validation_split is not None:
        raise WireError("an order with what only a claim may say")
    _look_at_references(call.network)
    if call.rates is not None and len(call.rates) > call.epochs:
        raise WireError("an order with more rates than epochs")
    return description


def read_claim(plain: JSON) -> Description:
    """Read what a claim describes: a call that is no order, as far as it could be seen.

    Raises:
        WireError: The honest payload would not have described a call so.
    """
    return _read(plain)


def _read(plain: JSON) -> Description:
    _look_at_sizes(plain)
    try:
        return Description(plain, Call.model_validate(plain))
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:40] for part in detail["loc"][:6])
        raise WireError(f"no description: {place}: {detail['msg'][:120]}") from error


def _look_at_sizes(plain: JSON) -> None:
    """Walk without recursion: nothing is too long, too large or too much."""
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
            raise WireError("a description holds too much")


def _look_at_references(graph: Graph) -> None:
    """See that operations only name operations before them, as the order of a graph has it."""
    for place, operation in enumerate(graph.operations):
        for reference in references((operation.call, operation.options)):
            if not 0 <= reference < place:
                raise WireError("a network's operation takes what comes later")
    for end in (*graph.inputs, *graph.outputs):
        if end.operation >= len(graph.operations):
            raise WireError("a network begins or ends outside itself")


def references(arguments: JSON) -> Iterator[int]:
    """Yield the places of the operations that feed an operation, in the order of its arguments."""
    match arguments:
        case {"from": int(place), "tensor": int()} if len(arguments) == 2:  # noqa: PLR2004
            yield place
        case dict():
            for value in arguments.values():
                yield from references(value)
        case list() | tuple():
            for value in arguments:
                yield from references(value)
