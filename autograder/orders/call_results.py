"""Parse the results of calls: a trainer's, in exact form and with matching arrays, and a notebook's reported ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from autograder.errors import WireError
from autograder.orders.arrays import Array, unique
from autograder.orders.description import Description, Digest, Digests, Plain
from autograder.records import JSON
from autograder.wire import ArrayHeader

_MOST_NAMES = 200
_MOST_NUMBERS = 100_000

_Pair = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
Named = Annotated[list[Annotated[tuple[str, Digest], _Pair]], Field(max_length=_MOST_NAMES)]
States = Annotated[list[Annotated[tuple[str, Digests], _Pair]], Field(max_length=_MOST_NAMES)]


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class _Spent(_Exact):
    """The wall-clock and processor time of a call, in seconds. Older stored results lack the latter."""

    seconds: float = Field(ge=0)
    cpu_seconds: float = Field(default=0.0, ge=0)


class FitResult(_Spent):
    """A trainer's result of a `fit`."""

    history: Named
    rates: Digest
    epochs_run: int = Field(ge=0)
    weights: Digests
    optimizer_state: Digests
    metric_states: States
    callbacks: list[Plain]


class EvaluateResult(_Spent):
    """A trainer's result of an `evaluate`."""

    logs: Named
    metric_states: States


class PredictResult(_Spent):
    """A trainer's result of a `predict`."""

    outputs: Digests


Result = FitResult | EvaluateResult | PredictResult


@dataclasses.dataclass(frozen=True, slots=True)
class TrainingState:
    """The journal's view of a training: its epochs, and the final state of network and optimizer.

    `seeds` are the indices of the weights that hold states of random generators. `rate` is the index of the learning
    rate in the optimizer's state, None if it is not there.
    """

    history: Mapping[str, list[float | None]]
    rates: list[float]
    epochs: int
    weights: list[str]
    optimizer_state: list[str] = dataclasses.field(default_factory=list)
    seeds: frozenset[int] = frozenset()
    rate: int | None = None


def read_result(operation: str, plain: JSON) -> Result:
    """Parse a trainer's result.

    Raises:
        WireError: It does not have the form of one.
    """
    try:
        match operation:
            case "fit":
                return FitResult.model_validate(plain)
            case "evaluate":
                return EvaluateResult.model_validate(plain)
            case _:
                return PredictResult.model_validate(plain)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        raise WireError(f"not a result: {'.'.join(map(str, detail['loc']))[:80]}: {detail['msg'][:120]}") from error


def result_arrays(result: Result) -> Iterator[str]:
    """Yield the digest of each array of a result once."""
    match result:
        case FitResult():
            states = [sha for _, group in result.metric_states for sha in group]
            histories = [sha for _, sha in result.history]
            yield from unique([*histories, result.rates, *result.weights, *result.optimizer_state, *states])
        case EvaluateResult():
            states = [sha for _, group in result.metric_states for sha in group]
            yield from unique([*(sha for _, sha in result.logs), *states])
        case PredictResult():
            yield from unique(result.outputs)


def check_fit(
    result: Result, description: Description, arrays: Mapping[str, Array], start: Mapping[str, ArrayHeader]
) -> None:
    """Check that the result of a `fit` matches its order: no more numbers than epochs, weights like the initial ones.

    Args:
        result: A trainer's result; those of other calls are not checked.
        description: The order.
        arrays: The result's arrays.
        start: The headers of the order's arrays.

    Raises:
        WireError: It does not match.
    """
    if not isinstance(result, FitResult):
        return
    call = description.call
    # Validation need not happen after every epoch.
    longest = max((len(_numbers(arrays[sha])) for _, sha in result.history), default=0)
    if max(longest, len(_numbers(arrays[result.rates]))) > result.epochs_run or result.epochs_run > call.epochs:
        raise WireError("a result has other epochs than its order")
    for before, after in ((call.weights, result.weights), (call.optimizer_state, result.optimizer_state)):
        if [_form(start[sha]) for sha in before] != [_form(arrays[sha].header) for sha in after]:
            raise WireError("a result has other weights than its order")


def _form(header: ArrayHeader) -> tuple[str, tuple[int, ...]]:
    return header.dtype, header.shape


def serving(plain: Plain, unasked: Collection[str]) -> Plain:
    """Return a result without the metrics that an order did not ask for."""
    names = {*unasked, *(f"val_{name}" for name in unasked)}
    return {
        part: [pair for pair in value if pair[0] not in names]
        if part in {"history", "logs", "metric_states"}
        else value
        for part, value in plain.items()
    }


def course_of(result: FitResult, arrays: Mapping[str, Array]) -> TrainingState:
    """Return the journal's view of a trainer's result."""
    return TrainingState(
        history={name: _finite(arrays[sha]) for name, sha in result.history},
        rates=_numbers(arrays[result.rates]),
        epochs=result.epochs_run,
        weights=result.weights,
        optimizer_state=result.optimizer_state,
        seeds=frozenset(place for place, sha in enumerate(result.weights) if arrays[sha].is_seed),
        rate=_rate_place(result.optimizer_state, arrays),
    )


def logs_of(result: EvaluateResult, arrays: Mapping[str, Array]) -> dict[str, float | None]:
    """Return the results of an evaluation by name."""
    return {name: (_finite(arrays[sha]) or [None])[0] for name, sha in result.logs}


class _ReportedCourse(_Exact):
    history: Annotated[
        dict[str, Annotated[list[float | None], Field(max_length=_MOST_NUMBERS)]], Field(max_length=_MOST_NAMES)
    ]
    rates: Annotated[list[float], Field(max_length=_MOST_NUMBERS)]
    epochs_run: int = Field(ge=0, le=_MOST_NUMBERS)
    weights: Digests


class _ReportedLogs(_Exact):
    logs: Annotated[dict[str, float | None], Field(max_length=_MOST_NAMES)] = {}


_Reported = TypeVar("_Reported", _ReportedCourse, _ReportedLogs)


def read_reported_course(plain: JSON) -> TrainingState:
    """Parse the reported result of a `fit`.

    Raises:
        WireError: The honest payload would not have sent it.
    """
    reported = _reported(_ReportedCourse, plain)
    return TrainingState(dict(reported.history), reported.rates, reported.epochs_run, reported.weights)


def read_reported_logs(plain: JSON) -> dict[str, float | None]:
    """Parse the reported result of an `evaluate`; a `predict` has none.

    Raises:
        WireError: The honest payload would not have sent it.
    """
    return _reported(_ReportedLogs, plain).logs


def _reported(kind: type[_Reported], plain: JSON) -> _Reported:
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        raise WireError("a reported call without a result of its kind") from error


def _rate_place(state: list[str], arrays: Mapping[str, Array]) -> int | None:
    """Return the index of the learning rate, which Keras stores after the step count unless a schedule computes it."""
    place = 1
    if len(state) <= place:
        return None
    header = arrays[state[place]].header
    return place if not header.shape and header.dtype.startswith("<f") else None


def _numbers(array: Array) -> list[float]:
    if not array.header.dtype.startswith("<f"):
        raise WireError("a sequence of numbers has another type")
    return [float(value) for value in array.values.reshape(-1).tolist()]


def _finite(array: Array) -> list[float | None]:
    return [value if value - value == 0 else None for value in _numbers(array)]
