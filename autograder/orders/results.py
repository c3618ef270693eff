"""Reads what came of a call: what a trainer says, in exact form and with arrays that fit, and what a claim says."""

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
    """What a call took, on the clock and of a processor. Results that were kept before the latter was told lack it."""

    seconds: float = Field(ge=0)
    cpu_seconds: float = Field(default=0.0, ge=0)


class FitResult(_Spent):
    """What a trainer says of a `fit`."""

    history: Named
    rates: Digest
    epochs_run: int = Field(ge=0)
    weights: Digests
    optimizer_state: Digests
    metric_states: States
    callbacks: list[Plain]


class EvaluateResult(_Spent):
    """What a trainer says of an `evaluate`."""

    logs: Named
    metric_states: States


class PredictResult(_Spent):
    """What a trainer says of a `predict`."""

    outputs: Digests


Result = FitResult | EvaluateResult | PredictResult


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """What the journal tells of a training: its epochs, and the state in which it leaves network and optimizer.

    `seeds` are the places among the weights that hold the states of random generators. `rate` is the place of the
    learning rate in the optimizer's state, None if it has none there.
    """

    history: Mapping[str, list[float | None]]
    rates: list[float]
    epochs: int
    weights: list[str]
    optimizer_state: list[str] = dataclasses.field(default_factory=list)
    seeds: frozenset[int] = frozenset()
    rate: int | None = None


def read_result(operation: str, plain: JSON) -> Result:
    """Read a trainer's result.

    Raises:
        WireError: It hasn't the form of one.
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
        raise WireError(f"no result: {'.'.join(map(str, detail['loc']))[:80]}: {detail['msg'][:120]}") from error


def result_arrays(result: Result) -> Iterator[str]:
    """Yield the digest of every array of a result, each once."""
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
    """See that what came of a `fit` answers its order: no more numbers than epochs, weights like those at the start.

    Args:
        result: A trainer's result; of other calls there is nothing to see.
        description: The order.
        arrays: The result's arrays.
        start: The form of the order's arrays.

    Raises:
        WireError: It doesn't.
    """
    if not isinstance(result, FitResult):
        return
    call = description.call
    # A validation need not be made after every epoch.
    longest = max((len(_numbers(arrays[sha])) for _, sha in result.history), default=0)
    if max(longest, len(_numbers(arrays[result.rates]))) > result.epochs_run or result.epochs_run > call.epochs:
        raise WireError("a result of other epochs than were ordered")
    for before, after in ((call.weights, result.weights), (call.optimizer_state, result.optimizer_state)):
        if [_form(start[sha]) for sha in before] != [_form(arrays[sha].header) for sha in after]:
            raise WireError("a result of other weights than were ordered")


def _form(header: ArrayHeader) -> tuple[str, tuple[int, ...]]:
    return header.dtype, header.shape


def serving(plain: Plain, unasked: Collection[str]) -> Plain:
    """Return a result without metrics that an order did not ask for."""
    names = {*unasked, *(f"val_{name}" for name in unasked)}
    return {
        part: [pair for pair in value if pair[0] not in names]
        if part in {"history", "logs", "metric_states"}
        else value
        for part, value in plain.items()
    }


def course_of(result: FitResult, arrays: Mapping[str, Array]) -> Course:
    """Return what the journal tells of a trainer's result."""
    return Course(
        history={name: _finite(arrays[sha]) for name, sha in result.history},
        rates=_numbers(arrays[result.rates]),
        epochs=result.epochs_run,
        weights=result.weights,
        optimizer_state=result.optimizer_state,
        seeds=frozenset(place for place, sha in enumerate(result.weights) if arrays[sha].is_seed),
        rate=_rate_place(result.optimizer_state, arrays),
    )


def logs_of(result: EvaluateResult, arrays: Mapping[str, Array]) -> dict[str, float | None]:
    """Return the numbers of an evaluation by name."""
    return {name: (_finite(arrays[sha]) or [None])[0] for name, sha in result.logs}


class _ClaimedCourse(_Exact):
    history: Annotated[
        dict[str, Annotated[list[float | None], Field(max_length=_MOST_NUMBERS)]], Field(max_length=_MOST_NAMES)
    ]
    rates: Annotated[list[float], Field(max_length=_MOST_NUMBERS)]
    epochs_run: int = Field(ge=0, le=_MOST_NUMBERS)
    weights: Digests


class _ClaimedLogs(_Exact):
    logs: Annotated[dict[str, float | None], Field(max_length=_MOST_NAMES)] = {}


_Claimed = TypeVar("_Claimed", _ClaimedCourse, _ClaimedLogs)


def read_claimed_course(plain: JSON) -> Course:
    """Read what a claim says came of a `fit`.

    Raises:
        WireError: The honest payload would not have said so.
    """
    claimed = _claimed(_ClaimedCourse, plain)
    return Course(dict(claimed.history), claimed.rates, claimed.epochs_run, claimed.weights)


def read_claimed_logs(plain: JSON) -> dict[str, float | None]:
    """Read what a claim says came of an `evaluate`; a `predict` gives nothing.

    Raises:
        WireError: The honest payload would not have said so.
    """
    return _claimed(_ClaimedLogs, plain).logs


def _claimed(kind: type[_Claimed], plain: JSON) -> _Claimed:
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        raise WireError("a claim without the result of such a call") from error


def _rate_place(state: list[str], arrays: Mapping[str, Array]) -> int | None:
    """Return where Keras keeps the learning rate, right after the count of steps, unless a schedule computes it."""
    place = 1
    if len(state) <= place:
        return None
    header = arrays[state[place]].header
    return place if not header.shape and header.dtype.startswith("<f") else None


def _numbers(array: Array) -> list[float]:
    if not array.header.dtype.startswith("<f"):
        raise WireError("a row of numbers in another type")
    return [float(value) for value in array.values.reshape(-1).tolist()]


def _finite(array: Array) -> list[float | None]:
    return [value if value - value == 0 else None for value in _numbers(array)]
