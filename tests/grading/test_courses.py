"""Calls of `fit` that resume one another are joined to one training, and nothing else is."""

import dataclasses

import pytest

from autograder.grading.courses import Courses
from autograder.records import DataSummary


@pytest.fixture
def make_step(make_evidence):
    """Build one call of `fit` of two epochs, with fields replaced."""
    (first, *_) = make_evidence().trainings

    def build(number, **fields):
        history = dict.fromkeys(("loss", "mae"), (number + 0.1, number + 0.2))
        changes = {"number": number, "epochs": 2, "rates": (0.001 * number,) * 2, "history": history, **fields}
        if number > 1:
            changes = {"continues": number - 1, "resumes": True, **changes}
        return dataclasses.replace(first, **changes)

    return build


def test_steps_join_into_one_training(make_step):
    """Epochs, rates and histories are concatenated; it starts as the first step and ends as the last."""
    steps = [
        make_step(1, starts_at="a", ends_at="b"),
        make_step(2, starts_at="b", ends_at="c"),
        make_step(3, seconds=2),
    ]
    course = Courses(steps).ending_with(3)
    whole = course.training
    assert course.numbers == (1, 2, 3)
    assert (whole.number, whole.epochs, whole.continues, whole.resumes) == (3, 6, None, False)
    assert whole.rates == (0.001, 0.001, 0.002, 0.002, 0.003, 0.003)
    assert whole.history["loss"] == (1.1, 1.2, 2.1, 2.2, 3.1, 3.2)
    assert (whole.starts_at, whole.seconds) == ("a", 4.0)


def test_what_some_steps_lack_is_no_history_of_the_whole(make_step):
    """A validation in the last step only does not belong to the whole training."""
    data = DataSummary((102, 13), 0.0, 1.0, 0.5, 0.1, ())
    last = make_step(2, validation=data, history={"loss": (2.1, 2.2), "val_loss": (3.0, 3.1)})
    whole = Courses([make_step(1, validation=None), last]).ending_with(2).training
    assert (whole.validation, [*whole.history]) == (None, ["loss"])


@pytest.mark.parametrize(
    "change",
    [
        {"resumes": False},
        {"continues": None},
        {"continues": 9},
        {"continues": 2},
        {"batch_size": 16},
        {"shuffle": False},
        {"loss": "mean_absolute_error"},
        {"optimizer": "SGD"},
        {"optimizer_settings": {"beta_1": 0.5}},
        {"layers": ()},
        {"parameters": 1},
        {"inputs": DataSummary((4, 13), 0.0, 1.0, 0.5, 0.1, ())},
        {"targets": DataSummary((4,), 0.0, 1.0, 0.5, 0.1, ())},
    ],
)
def test_another_training_is_not_joined(make_step, change):
    """A training that starts anew, or continues with other settings or data, is separate."""
    course = Courses([make_step(1), make_step(2, **change)]).ending_with(2)
    assert course.numbers == (2,)


def test_a_rate_that_changes_between_steps_joins(make_step):
    """A manual schedule sets the optimizer's rate before each step: the rates show it, not the setting."""
    settings = make_step(1).optimizer_settings
    steps = [make_step(number, optimizer_settings={**settings, "learning_rate": 0.1 / number}) for number in (1, 2)]
    assert Courses(steps).ending_with(2).numbers == (1, 2)


def test_stretches_of_a_course_are_found_by_their_length(make_step):
    """A student who continued training still reported the earlier epochs, or the later ones."""
    courses = Courses([make_step(number) for number in (1, 2, 3)])
    assert [course.numbers for course in courses.lasting(4)] == [(1, 2), (2, 3)]
    assert [course.numbers for course in courses.lasting(5)] == []
    assert [course.numbers for course in courses.single()] == [(1,), (2,), (3,)]
    assert [course.numbers for course in courses.finished()] == [(1, 2, 3)]
    assert courses.ending_with(7) is None
    assert courses.ending_with(None) is None


def test_a_thousand_steps_are_joined_at_once(make_step):
    """A journal of the maximal length is joined quickly."""
    courses = Courses([make_step(number) for number in range(1, 1001)])
    assert courses.ending_with(1000).training.epochs == 2000
    assert len([*courses.lasting(100)]) == 951
