"""Find the trainings that gave a number or a history that a student reports.

A training is *linked* to reported numbers if it gave exactly these numbers: in its history, or in an evaluation of
the weights that it ended with. Where a student computed an error from predictions, the predictions are all there is.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence

from autograder.grading.agreement import LINK_RELATIVE, decimals, same_data, same_number, same_series
from autograder.grading.courses import Course, Courses
from autograder.grading.recipe import TrainingData
from autograder.records import JSON, DataSummary, Evaluation, Evidence, Training


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A training that may be meant. `attested` speaks of the training and of the evaluation that gave the number.

    `disputed`: the notebook evaluated on the same inputs with other targets as well. Whoever chooses the targets
    chooses the error.
    """

    course: Course
    evaluated: DataSummary | None = None
    attested: bool = True
    disputed: bool = False

    @property
    def training(self) -> Training:
        """The training, the calls of `fit` that resume one another joined."""
        return self.course.training


class Journal:
    """The reported numbers of a submission, its trainings, and what was evaluated on them.

    Calls of `fit` that resume one another are joined into one training.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.values = evidence.executed
        self.courses = Courses(evidence.trainings)
        self._evaluations = evidence.evaluations
        self._predictions = tuple(one for one in evidence.evaluations if not one.results)
        self._compared = {(one.inputs, one.targets) for one in evidence.evaluations if one.targets is not None}
        self.empty = not evidence.trainings
        self.may_hide = bool(evidence.loops or evidence.faults or not all(one.attested for one in evidence.trainings))
        """Whether trainings may have happened that are not in the journal, or not as they were: then a number that
        none of its trainings gave may come of one all the same."""

    def by_history(self, reported: Mapping[str, Sequence[float]]) -> Iterator[Candidate]:
        """Yield the trainings whose history is the reported one, as far as both have the same names."""
        digits = decimals(number for series in reported.values() for number in series)
        lengths = {len(series) for series in reported.values()}
        for course in itertools.chain(self.courses.single(), *map(self.courses.lasting, sorted(lengths))):
            history = course.training.history
            common = reported.keys() & history.keys()
            if common and all(same_series(reported[name], history[name], LINK_RELATIVE, digits) for name in common):
                yield Candidate(course, attested=course.training.attested)

    def by_result(self, number: float, digits: int, prefix: str = "val_") -> Iterator[Candidate]:
        """Yield the trainings that an evaluation, or the end of a history, gives this number for.

        Args:
            number: The reported number.
            digits: To how many decimals it may have been rounded.
            prefix: How the names of the histories begin that count. A test error may be read off the last epoch of a
                training that was given the test data to validate on.
        """
        for evaluation in self._evaluations:
            if any(same_number(number, result, LINK_RELATIVE, digits) for result in evaluation.results.values()):
                yield from self._candidate(
                    evaluation.training,
                    evaluation.inputs,
                    attested=evaluation.attested,
                    disputed=self._is_disputed(evaluation),
                )
        for step in self.courses.steps:
            if any(
                name.startswith(prefix) and series and same_number(number, series[-1], LINK_RELATIVE, digits)
                for name, series in step.history.items()
            ):
                yield from self._candidate(step.number, step.validation)

    def by_prediction(self, data: TrainingData | None) -> Iterator[Candidate]:
        """Yield the trainings whose network predicted the very inputs that the exercise's error is measured on."""
        due = data.evaluated if data else None
        for evaluation in self._predictions:
            if due is not None and same_data(evaluation.inputs, due):
                # What the notebook made of its predictions is not seen in any case: that it predicted is a hint, and
                # the training alone has to be attested.
                yield from self._candidate(evaluation.training, evaluation.inputs)

    def predicted(self, training: Training) -> bool:
        """Tell whether a training's network predicted anything when the training had ended."""
        return any(evaluation.training == training.number for evaluation in self._predictions)

    def explained(self, number: JSON, training: Training, data: TrainingData | None) -> bool:
        """Tell whether it was seen that a number is not of a training, or what the network was used for instead.

        Predictions of fewer rows than the exercise's do not say that: they are parts of something unseen.
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
        """Tell whether other targets were compared with what networks answer to the same inputs."""
        return evaluation.targets is not None and any(
            same_data(inputs, evaluation.inputs) and not same_data(targets, evaluation.targets)
            for inputs, targets in self._compared
            if targets.shape and evaluation.targets.shape
        )
