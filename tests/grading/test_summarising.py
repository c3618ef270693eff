"""What a reference run gives the baseline: its numbers, its trainings' data, its dead networks and its faults."""

import dataclasses

from right_submission import BOSTON_INPUTS, BOSTON_TARGETS, BOSTON_TEST

from autograder.grading import summarise
from autograder.records import Detail
from autograder.rubric.training_data import TrainingData


def test_each_number_that_an_interval_judges_is_taken(make_evidence, key_spec):
    """By its path, as the run gave it; a right run has no fault and no dead network."""
    summary = summarise(make_evidence(), key_spec)
    assert (summary.faults, summary.dead) == ((), ())
    assert summary.values["q08_mse.16"] == 21.6
    assert summary.values["q07_history.A.loss[-1]"] == 21.0


def test_a_question_that_was_not_run_is_left_out(make_evidence, key_spec):
    """Its absence is no fault, and the others are there."""
    nothing = dict.fromkeys(range(3, 11))
    summary = summarise(make_evidence(given={"q08_mse": None}, trained=nothing), key_spec)
    assert summary.faults == ()
    assert not any(path.startswith("q08_mse") for path in summary.values)
    assert "q07_history.B.loss[-1]" in summary.values


def test_the_data_of_each_training_are_kept_by_variant(make_evidence, key_spec):
    """Inputs, targets, validation and what was evaluated: students' trainings are compared with them."""
    trainings = summarise(make_evidence(), key_spec).trainings
    assert trainings["q08.recipe"]["16"] == TrainingData(BOSTON_INPUTS, BOSTON_TARGETS, None, BOSTON_TEST)
    assert len(trainings["q08.recipe"]) == 8
    assert trainings["q07.recipe_a"][""] == TrainingData(BOSTON_INPUTS, BOSTON_TARGETS, BOSTON_TEST, None)


def test_the_data_of_a_training_that_breaks_its_recipe_are_not_kept(make_evidence, key_spec):
    """Nobody shall be held against them; the fault names recipe, variant, what was found and what is asked."""
    summary = summarise(make_evidence(trained={6: {"batch_size": 17}}), key_spec)
    assert "16" not in summary.trainings["q08.recipe"]
    assert summary.faults == ("q08.recipe 16: recipe.batch_size: 17, asked 16",)


def test_a_number_that_no_training_gave_is_a_fault(make_evidence, key_spec):
    """A typed number would become part of every interval."""
    errors = make_evidence().executed.given["q08_mse"] | {"16": 21.7}
    faults = summarise(make_evidence(given={"q08_mse": errors}), key_spec).faults
    assert "q08_mse.16: no training gave this number" in faults
    assert "q08.recipe 16: no training gave the reported numbers" in faults
    assert not any("q08_mse.8" in fault for fault in faults)


def test_the_numbers_of_a_dead_network_are_marked(make_evidence, key_spec):
    """They are left out of the intervals."""
    right = make_evidence()
    [training] = [one for one in right.trainings if one.number == 6]
    stuck = {"history": {**training.history, "loss": (586.16,) * training.epochs}}
    evaluations = tuple(
        dataclasses.replace(one, results={"loss": 615.86}) if one.training == 6 else one for one in right.evaluations
    )
    errors = right.executed.given["q08_mse"] | {"16": 615.86}
    summary = summarise(make_evidence(given={"q08_mse": errors}, trained={6: stuck}, evaluations=evaluations), key_spec)
    assert (summary.dead, summary.faults) == (("q08_mse.16",), ())


def test_a_malformed_number_is_a_fault_and_hides_no_other(make_evidence, key_spec):
    """With its path and what is wrong."""
    summary = summarise(make_evidence(faults={"q10_scores.resnet": Detail("found.text")}), key_spec)
    assert "q10_scores.resnet: found.text" in summary.faults
    assert any(path.startswith("q10_scores.inception") for path in summary.values)
