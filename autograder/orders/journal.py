"""Writes the journal of one notebook, on the trusted side, from orders with their results and from reported calls.

Networks are identified by content. A training continues the one whose final weights it starts from; an evaluation
belongs to the latest training with these final weights. The notebook's objects are never consulted.
"""

from __future__ import annotations

import dataclasses
import hashlib
import heapq
import json
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from autograder.orders.call_results import TrainingState
from autograder.orders.description import Configured, Description, Plain
from autograder.orders.layers import summarise_layers
from autograder.orders.summary import NOTHING
from autograder.orders.training_options import options_of
from autograder.records import JSON, ClassName, Detail

MAXIMUM_TRAININGS = 1_000
MAXIMUM_EVALUATIONS = 500
"""The limit for evaluations with results and for those without (predictions), kept apart so that a thousand predictions
cannot displace the evaluations behind a test error. Together they are as many as evidence admits."""

MAXIMUM_LOOPS = 200

_Entry = TypeVar("_Entry")


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """An entry's facts about arrays, whose content need not be available when it is written.

    `summaries` are those of the data by digest, `parameters` is how many weights there are, `initial_values` is
    `records.Training`'s.
    """

    summaries: Mapping[str, JSON]
    parameters: int
    initial_values: Detail | None


@dataclasses.dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances of a result: its cell, whether it is attested, whether it was known, its duration."""

    cell: int
    attested: bool
    replayed: bool
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Ended:
    """A finished training, by the weights before and after it."""

    number: int
    before: list[str]
    course: TrainingState

    @property
    def ends_at(self) -> str:
        return digest_of(self.course.weights)

    @property
    def moved(self) -> bool:
        """Whether it changed a weight: a network that was dead from the start does not."""
        return not self._agree(self.before)

    def ends_with(self, weights: Sequence[str]) -> bool:
        """Return whether these are its final weights, not comparing the states of random generators."""
        return self._agree(weights)

    def left_optimizer(self, state: Sequence[str]) -> bool:
        """Return whether this is its final optimizer state, except for a learning rate set since."""
        return len(state) == len(self.course.optimizer_state) > 0 and all(
            one == other or place == self.course.rate
            for place, (one, other) in enumerate(zip(state, self.course.optimizer_state, strict=True))
        )

    def _agree(self, weights: Sequence[str]) -> bool:
        return len(weights) == len(self.course.weights) and all(
            one == other or place in self.course.seeds
            for place, (one, other) in enumerate(zip(weights, self.course.weights, strict=True))
        )


class _Newest(Generic[_Entry]):
    """The newest entries, up to a number, each with its number; a reported entry never displaces an attested one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._attested: deque[tuple[int, _Entry]] = deque()
        self._reported: deque[tuple[int, _Entry]] = deque()

    def add(self, number: int, entry: _Entry, *, attested: bool) -> None:
        (self._attested if attested else self._reported).append((number, entry))
        if len(self._attested) + len(self._reported) > self._most:
            (self._reported or self._attested).popleft()

    def __iter__(self) -> Iterator[tuple[int, _Entry]]:
        return heapq.merge(self._attested, self._reported, key=_number)

    def __reversed__(self) -> Iterator[tuple[int, _Entry]]:
        return heapq.merge(reversed(self._attested), reversed(self._reported), key=_number, reverse=True)


class Journal:
    """Numbers a notebook's trainings from 1. Keeps only the newest entries, so that a flood cannot fill the memory."""

    def __init__(self) -> None:
        self._ended: _Newest[_Ended] = _Newest(MAXIMUM_TRAININGS)
        self._trainings: _Newest[JSON] = _Newest(MAXIMUM_TRAININGS)
        self._evaluations: _Newest[JSON] = _Newest(MAXIMUM_EVALUATIONS)
        self._predictions: _Newest[JSON] = _Newest(MAXIMUM_EVALUATIONS)
        self._loops: deque[JSON] = deque(maxlen=MAXIMUM_LOOPS)
        self._trained = 0
        self._evaluated = 0

    @property
    def trainings(self) -> tuple[JSON, ...]:
        """Return the trainings (`records.Training`) in order."""
        return tuple(entry for _, entry in self._trainings)

    @property
    def evaluations(self) -> tuple[JSON, ...]:
        """Return the evaluations and predictions (`records.Evaluation`) in order."""
        return tuple(entry for _, entry in heapq.merge(self._evaluations, self._predictions, key=_number))

    @property
    def loops(self) -> tuple[JSON, ...]:
        """Return the loops (`records.Loop`) in order."""
        return tuple(self._loops)

    def write_training(self, description: Description, course: TrainingState, facts: Facts, how: Circumstances) -> None:
        """Record a `fit`."""
        call = description.call
        before, resumes = self._before(call.weights, call.optimizer_state)
        self._trained += 1
        ended = _Ended(self._trained, call.weights, course)
        self._ended.add(ended.number, ended, attested=how.attested)
        validation = call.validation
        inputs = _summary(call.x, facts)
        start = facts.initial_values
        self._trainings.add(
            ended.number,
            {
                "number": ended.number,
                "cell": how.cell,
                "parameters": facts.parameters,
                "layers": summarise_layers(call.network),
                "optimizer": call.optimizer.kind if call.optimizer is not None else "",
                "optimizer_settings": _numbers(call.optimizer),
                "loss": call.loss.kind if call.loss is not None else "",
                "metrics": _metric_names(description, course),
                "rates": course.rates,
                "epochs": course.epochs,
                "batch_size": call.batch_size,
                "shuffle": bool(call.shuffle),
                "seed": None if call.unseeded else call.seed,
                "inputs": inputs,
                "targets": _summary(call.y, facts),
                "validation": _summary(validation.x, facts) if validation is not None else None,
                "history": dict(course.history),
                "replayed": how.replayed,
                "seconds": how.seconds,
                "continues": before.number if before is not None else None,
                "options": options_of(description, facts.summaries, _rows(inputs)),
                "attested": how.attested,
                "starts_at": before.ends_at if before is not None else digest_of(call.weights),
                "ends_at": ended.ends_at,
                "resumes": resumes,
                "initial_values": None if before is not None or start is None else dataclasses.asdict(start),
            },
            attested=how.attested,
        )

    def write_evaluation(
        self, description: Description, results: Mapping[str, float | None], facts: Facts, how: Circumstances
    ) -> None:
        """Record an `evaluate`, or a `predict`, which has no results."""
        call = description.call
        trained = next((one for _, one in reversed(self._ended) if one.ends_with(call.weights)), None)
        self._evaluated += 1
        kept = self._evaluations if results else self._predictions
        kept.add(
            self._evaluated,
            {
                "cell": how.cell,
                "training": trained.number if trained is not None else None,
                "inputs": _summary(call.x, facts),
                "results": dict(results),
                "replayed": how.replayed,
                "attested": how.attested,
                "weights": trained.ends_at if trained is not None else digest_of(call.weights),
                "targets": _summary(call.y, facts) if call.y else None,
            },
            attested=how.attested,
        )

    def write_loop(self, cell: int, kind: str, steps: int) -> None:
        """Record that a custom training loop was observed."""
        self._loops.append({"cell": cell, "kind": kind, "steps": steps})

    def _before(self, weights: Sequence[str], optimizer_state: Sequence[str]) -> tuple[_Ended | None, bool]:
        """Return the training that a start continues, and whether it takes over the optimizer as well.

        A training that changed no weight leaves the network as new: only a start with its optimizer continues it.
        """
        for _, one in reversed(self._ended):
            if one.ends_with(weights):
                resumes = one.left_optimizer(optimizer_state)
                if resumes or one.moved:
                    return one, resumes
        return None, False


def _number(numbered: tuple[int, object]) -> int:
    return numbered[0]


def digest_of(weights: Sequence[str]) -> str:
    """Return one digest for all weights of a network."""
    return hashlib.sha256(json.dumps(list(weights), separators=(",", ":")).encode()).hexdigest()


def _summary(digests: Sequence[str], facts: Facts) -> JSON:
    return facts.summaries.get(digests[0], NOTHING) if digests else NOTHING


def _rows(summary: JSON) -> int:
    """Return the number of examples of an array; 0 if its summary, which may be untrusted, does not state it."""
    match summary:
        case {"shape": [int(rows), *_]} if rows > 0:
            return rows
    return 0


def _numbers(optimizer: Configured | None) -> Plain:
    """Return the numeric settings of an optimizer."""
    return {
        name: value
        for name, value in (optimizer.settings if optimizer is not None else {}).items()
        if type(value) in (bool, int) or (type(value) is float and math.isfinite(value))
    }


def _metric_names(description: Description, course: TrainingState) -> list[str]:
    """Return the names of a history; those of the notebook's own metrics include where these are defined."""
    foreign = {metric.name: metric.kind for metric in description.call.metrics if ClassName.read(metric.kind).foreign}
    names = [name for name in course.history if not name.startswith("val_")]
    return [f"{name}: {foreign[name]}" if name in foreign else name for name in names]
