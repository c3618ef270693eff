"""Find the trainings that produced a reported number or history.

A training is *linked* to reported numbers if it produced exactly these numbers: in its history, or in an evaluation of
its final weights. The square root of a mean squared error counts as that result. If the student computed an error from
predictions, only the predictions can be linked.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from autograder.grading.courses import Course, Courses
from autograder.grading.select import Selection, sound_part
from autograder.records import JSON, DataSummary, Evaluation, Evidence, Training
from autograder.rubric.closeness import LINK_RELATIVE, decimals, same_number, same_series
from autograder.rubric.training_data import TrainingData, same_data

_SQUARED_ERRORS: Final = frozenset({"mean_squared_error", "mse", "MSE"})
"""What Keras calls a mean squared error, as a loss and as a metric."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A training that may have produced a number. `attested` covers both the training and the evaluation that gave it.

    `disputed`: the notebook also evaluated on the same inputs with other targets; choosing targets means choosing the
    error.
    """

    course: Course
    evaluated: DataSummary | None = None
    attested: bool = True
    disputed: bool = False

    @property
    def training(self) -> Training:
        """The training, with `fit` calls that resume one another joined."""
        return self.course.training


class LinkedNumbers:
    """A submission's reported numbers, its trainings, and their evaluations.

    Calls of `fit` that resume one another are joined into one training.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.values = evidence.executed
        self.courses = Courses(evidence.trainings)
        self._evaluations = evidence.evaluations
        self._predictions = tuple(one for one in evidence.evaluations if not one.results)
        self._compared = {(one.inputs, one.targets) for one in evidence.evaluations if one.targets is not None}
        self._decimals: dict[str, int] = {}
        self.reported: dict[tuple[str | None, str | None, str], tuple[Selection | None, list[Candidate]]] = {}
        """Cache of `matching`: which trainings the numbers of a recipe's variant point at; each question asks."""
        self.empty = not evidence.trainings
        self.may_hide = bool(evidence.loops or evidence.faults or not all(one.attested for one in evidence.trainings))
        """Whether the journal may be incomplete or inexact: a number that none of its trainings produced may then still
        come from a training."""

    def decimals_of(self, variable: str) -> int:
        """Return how many decimals the most precise number of a variable has; every number of it is asked for this."""
        if variable not in self._decimals:
            self._decimals[variable] = decimals(_numbers(sound_part(self.values, variable)))
        return self._decimals[variable]

    def by_history(self, reported: Mapping[str, Sequence[float]]) -> Iterator[Candidate]:
        """Yield the trainings whose history equals the reported one in all series that both have."""
        digits = decimals(number for series in reported.values() for number in series)
        lengths = {len(series) for series in reported.values()}
        for course in itertools.chain(self.courses.single(), *map(self.courses.lasting, sorted(lengths))):
            history = course.training.history
            common = reported.keys() & history.keys()
            if common and all(same_series(reported[name], history[name], LINK_RELATIVE, digits) for name in common):
                yield Candidate(course, attested=course.training.attested)

    def by_result(self, number: float, digits: int, prefix: str = "val_") -> Iterator[Candidate]:
        """Yield the trainings with this number as the result of an evaluation or at the end of their history.

        If no training has the number itself, those are yielded that have it as the root of a mean squared error.

        Args:
            number: The reported number.
            digits: The number of decimals to which it may have been rounded.
            prefix: The prefix of the series to search in histories. A test error may be taken from the last epoch of a
                training that validated on the test data.
        """
        themselves = list(self._by_result(number, digits, prefix, _itself))
        yield from themselves or self._by_result(number, digits, prefix, _root)

    def _by_result(self, number: float, digits: int, prefix: str, form: _Form) -> Iterator[Candidate]:
        for evaluation in self._evaluations:
            step = self.courses.step(evaluation.training)
            loss = "" if step is None else step.loss
            if any(
                same_number(number, form(name, result, loss), LINK_RELATIVE, digits)
                for name, result in evaluation.results.items()
            ):
                yield from self._candidate(
                    evaluation.training,
                    evaluation.inputs,
                    attested=evaluation.attested,
                    disputed=self._is_disputed(evaluation),
                )
        for step in self.courses.steps:
            if any(
                name.startswith(prefix)
                and series
                and same_number(number, form(name.removeprefix("val_"), series[-1], step.loss), LINK_RELATIVE, digits)
                for name, series in step.history.items()
            ):
                yield from self._candidate(step.number, step.validation)

    def by_prediction(self, data: TrainingData | None) -> Iterator[Candidate]:
        """Yield the trainings whose network predicted exactly the inputs on which the exercise's error is measured."""
        due = data.evaluated if data else None
        for evaluation in self._predictions:
            if due is not None and same_data(evaluation.inputs, due):
                # How the notebook used its predictions is never observed. That it predicted is only a hint, so the
                # training alone has to be attested.
                yield from self._candidate(evaluation.training, evaluation.inputs)

    def predicted(self, training: Training) -> bool:
        """Return whether a training's network predicted anything after the training."""
        return any(evaluation.training == training.number for evaluation in self._predictions)

    def explained(self, number: JSON, training: Training, data: TrainingData | None) -> bool:
        """Return whether the journal rules this training out, or shows what else its network was used for.

        Predictions of fewer rows than the exercise's do not show that: they may be parts of a larger computation.
        """
        due = data.evaluated.shape if data and data.evaluated else ()
        for evaluation in self._evaluations:
            if evaluation.training is None and number in evaluation.results.values():
                return True
            whole = evaluation.results or evaluation.inputs.shape[:1] >= due[:1]
            if evaluation.training == training.number and whole:
                return True
        return False

    def _candidate(
        self, number: int | None, evaluated: DataSummary | None, *, attested: bool = True, disputed: bool = False
    ) -> Iterator[Candidate]:
        course = self.courses.ending_with(number)
        if course is not None:
            yield Candidate(course, evaluated, attested and course.training.attested, disputed)

    def _is_disputed(self, evaluation: Evaluation) -> bool:
        """Return whether the same inputs were also evaluated against other targets."""
        return evaluation.targets is not None and any(
            same_data(inputs, evaluation.inputs) and not same_data(targets, evaluation.targets)
            for inputs, targets in self._compared
            if targets.shape and evaluation.targets.shape
        )


_Form = Callable[[str, float | None, str], float | None]
"""Returns what a student may report of a result, from its name, its value and the loss of the training."""


def _itself(name: str, value: float | None, loss: str) -> float | None:  # noqa: ARG001 (the signature of a form)
    return value


def _root(name: str, value: float | None, loss: str) -> float | None:
    """Return the root of a mean squared error, None for other results."""
    is_squared = name in _SQUARED_ERRORS or (name == "loss" and loss in _SQUARED_ERRORS)
    return math.sqrt(value) if is_squared and value is not None and value >= 0 else None


def _numbers(value: JSON) -> list[float]:
    """Return every number in a value, at any depth."""
    if isinstance(value, dict):
        return [number for one in value.values() for number in _numbers(one)]
    if isinstance(value, list):
        return [number for one in value for number in _numbers(one)]
    return [value] if isinstance(value, int | float) else []
