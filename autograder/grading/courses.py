"""Join trainings that resume one another: fifty calls of `fit` with one epoch each are one training of fifty epochs.

A call of `fit` continues an earlier one if it starts from that one's final weights and optimizer state, with the same
settings and the same data. Calls are matched by content; which Python object was trained does not matter.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from autograder.records import JSON, Training

_VARYING: Final = frozenset({"learning_rate"})
"""An optimizer's settings hold the learning rate at one moment only; `Training.rates` holds it for every epoch."""


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """One training as a recipe judges it, with the numbers of the `fit` calls that it consists of."""

    training: Training
    numbers: tuple[int, ...]


class Courses:
    """All courses in one journal.

    A course is built on demand and not kept: a thousand calls that resume one another form a thousand courses, which
    together are far larger than the journal.

    Args:
        trainings: The journal's trainings, in the order in which they happened.
    """

    def __init__(self, trainings: Iterable[Training]) -> None:
        self.steps = tuple(trainings)
        """Every call of `fit` on its own."""
        self._by_number = {training.number: training for training in self.steps}

    def step(self, number: int | None) -> Training | None:
        """Return the call of `fit` with this number, None if there is none."""
        return None if number is None else self._by_number.get(number)

    def ending_with(self, number: int | None) -> Course | None:
        """Return the complete course whose last `fit` call has this number, None if there is none."""
        last = self.step(number)
        return None if last is None else _joined([*reversed(list(self._backwards(last)))])

    def single(self) -> Iterator[Course]:
        """Yield each call of `fit` on its own, even if it continues an earlier one."""
        for step in self.steps:
            yield _joined([step])

    def lasting(self, epochs: int) -> Iterator[Course]:
        """Yield each sequence of several `fit` calls with this many epochs in total."""
        for last in self.steps:
            steps, left = [], epochs
            for step in self._backwards(last):
                steps.append(step)
                left -= step.epochs
                if left <= 0:
                    break
            if left == 0 and len(steps) > 1:
                yield _joined(steps[::-1])

    def finished(self) -> Iterator[Course]:
        """Yield each complete course that no later `fit` call continues."""
        resumed = (self._resumed(step) for step in self.steps)
        unfinished = {step.number for step in resumed if step is not None}
        for last in self.steps:
            if last.number not in unfinished:
                yield _joined([*reversed(list(self._backwards(last)))])

    def _backwards(self, last: Training) -> Iterator[Training]:
        """Yield a training and those that it continues, the latest first."""
        step: Training | None = last
        while step is not None:
            yield step
            step = self._resumed(step)

    def _resumed(self, training: Training) -> Training | None:
        """Return the training that this one continues, None if it starts anew."""
        if not training.resumes or training.continues is None or training.continues >= training.number:
            return None
        before = self._by_number.get(training.continues)
        return before if before is not None and _settings(before) == _settings(training) else None


def _settings(training: Training) -> tuple[JSON, ...]:
    """Return everything that must not change from one `fit` call to the next."""
    optimizer = {name: value for name, value in training.optimizer_settings.items() if name not in _VARYING}
    return (
        training.parameters,
        training.layers,
        training.optimizer,
        optimizer,
        training.loss,
        training.inputs,
        training.targets,
        training.batch_size,
        training.shuffle,
    )


def _joined(steps: Sequence[Training]) -> Course:
    first, last = steps[0], steps[-1]
    numbers = tuple(step.number for step in steps)
    if len(steps) == 1:
        return Course(first, numbers)
    # A series that was recorded in some of the calls only does not cover all epochs.
    shared = [name for name in first.history if all(name in step.history for step in steps)]
    training = dataclasses.replace(
        first,
        number=last.number,
        cell=last.cell,
        metrics=tuple(name for name in first.metrics if all(name in step.metrics for step in steps)),
        rates=tuple(rate for step in steps for rate in step.rates),
        epochs=sum(step.epochs for step in steps),
        seed=None if any(step.seed is None for step in steps) else first.seed,
        validation=first.validation if all(step.validation == first.validation for step in steps) else None,
        history={name: tuple(value for step in steps for value in step.history[name]) for name in shared},
        replayed=all(step.replayed for step in steps),
        seconds=math.fsum(step.seconds for step in steps),
        options=tuple(dict.fromkeys(option for step in steps for option in step.options)),
        attested=all(step.attested for step in steps),
        ends_at=last.ends_at,
    )
    return Course(training, numbers)
