import dataclasses
import math

import pytest

from autograder.grading import grade
from autograder.grading.linking import LinkedNumbers
from autograder.records import DataSummary, Detail, Verdict

PUBLISHED = {"2": 22.47, "4": 19.14, "8": 23.93, "16": 21.63, "32": 25.31, "64": 23.75, "128": 30.69, "256": 129.76}
RAW_INPUTS = DataSummary((404, 13), 0.0, 711.0, 69.79, 144.39, (-0.152, 0.205, -0.707, -0.349))


@pytest.fixture
def judge(make_evidence, key_spec, baseline, find):
    """Grade evidence with overrides and return the finding on one item."""

    def finding(place, **overrides):
        return find(grade(make_evidence(**overrides), key_spec, baseline), place)

    return finding


def codes(reasons):
    """Return code and subject of each reason."""
    return [(reason.code, reason.subject) for reason in reasons]


def test_published_numbers_without_training_earn_no_recipe(judge):
    """Correct numbers typed in pass neither recipe nor interval, and are flagged."""
    overrides = {"given": {"q08_mse": PUBLISHED}, "trainings": (), "evaluations": ()}
    found = judge("q08.recipe", **overrides)
    assert found.verdict is Verdict.FAIL
    assert codes(found.reasons) == [("recipe.no_training", "2, 4, 8, 16, 32, 64, 128, 256")]
    assert codes(found.flags) == [("numbers.untrained", "2, 4, 8, 16, 32, 64, 128, 256")]
    errors = judge("q08.errors", **overrides)
    assert (errors.verdict, [reason.code for reason in errors.reasons]) == (Verdict.FAIL, ["numbers.unlinked"])
    assert [flag.code for flag in errors.flags] == ["numbers.untrained"]


def test_other_exercises_trainings_explain_nothing(judge):
    """Numbers typed in are not compared with trainings of other exercises."""
    found = judge("q08.recipe", given={"q08_mse": PUBLISHED}, trained=dict.fromkeys(range(3, 11)), evaluations=())
    assert [reason.code for reason in found.reasons] == ["recipe.no_training"]


def test_numbers_of_no_training_are_unlinked(judge):
    """A correct training beside other numbers earns nothing, because the numbers are not its own."""
    found = judge("q08.recipe", given={"q08_mse": PUBLISHED})
    assert found.verdict is Verdict.FAIL
    assert codes(found.reasons) == [("recipe.unlinked", "2, 4, 8, 16, 32, 64, 128, 256")]
    assert [flag.code for flag in found.flags] == ["numbers.untrained"]


def predicted(make_evidence, **fields):
    """Return evidence whose test errors of q08 were computed from predictions instead of by `evaluate`."""
    right = make_evidence()
    return tuple(
        dataclasses.replace(evaluation, results={}, **fields) if evaluation.training in range(3, 11) else evaluation
        for evaluation in right.evaluations
    )


def test_an_error_computed_from_predictions_is_linked_by_them(judge, make_evidence):
    """A student who predicts and computes the error in another way keeps the points, without a flag."""
    found = judge("q08.recipe", evaluations=predicted(make_evidence))
    assert (found.verdict, found.reasons, found.flags) == (Verdict.PASS, (), ())


def test_an_error_computed_from_predictions_of_another_training_is_flagged(judge, make_evidence):
    """If the training is not as requested, the instructor is told that the calculation was not observed."""
    found = judge("q08.recipe", trained={4: {"epochs": 30}}, evaluations=predicted(make_evidence))
    assert found.verdict is Verdict.FAIL
    assert codes(found.flags) == [("numbers.predicted", "4")]


def test_predictions_of_other_inputs_link_nothing(judge, make_evidence):
    """Predictions of the training data say nothing about the test error."""
    found = judge("q08.recipe", evaluations=predicted(make_evidence, inputs=RAW_INPUTS))
    assert [reason.code for reason in found.reasons] == ["recipe.unlinked"]


def test_predictions_row_by_row_are_parts_of_what_is_not_seen(judge, make_evidence):
    """If an error was computed from one prediction per row, we do not say that no training gave it."""
    row = dataclasses.replace(RAW_INPUTS, shape=(1, 13))
    found = judge("q08.recipe", evaluations=predicted(make_evidence, inputs=row))
    assert (found.verdict, codes(found.flags)) == (Verdict.REVIEW, [])
    assert [reason.code for reason in found.reasons] == ["training.unseen", "review.pending"]


@pytest.mark.parametrize(("changed", "verdict"), [({}, Verdict.PASS), ({4: {"epochs": 30}}, Verdict.FAIL)])
def test_the_number_of_dead_networks_points_at_none_of_them(judge, make_evidence, changed, verdict):
    """All ten networks are dead and give one number, as in question 7; the predictions identify the training."""
    flat = {"loss": (586.16,) * 50, "mae": (22.4,) * 50, "val_loss": (615.8578,) * 50, "val_mae": (23.08,) * 50}
    dead = {1: {"history": flat}, 2: {"history": flat}} | {
        number: {"history": {"loss": flat["loss"][: number + 7]}, **changed.get(number, {})} for number in range(3, 11)
    }
    given = {
        "q07_history": {name: {key: list(series) for key, series in flat.items()} for name in "AB"},
        "q08_mse": dict.fromkeys(PUBLISHED, 615.8578431372549),
    }
    evidence = {"given": given, "trained": dead, "evaluations": predicted(make_evidence)}
    recipe, errors = (judge(place, **evidence) for place in ("q08.recipe", "q08.errors"))
    assert recipe.verdict is verdict
    assert codes(recipe.flags) == ([] if verdict is Verdict.PASS else [("numbers.predicted", "4")])
    assert {flag.code for flag in errors.flags} == {"network.dead"}


def test_predictions_do_not_excuse_a_wrong_training(judge, make_evidence):
    """The training behind the predictions is compared with its own variant's recipe."""
    found = judge("q08.recipe", evaluations=predicted(make_evidence), trained={4: {"epochs": 30}})
    assert codes(found.reasons) == [("recipe.epochs", "4")]


def test_a_history_with_one_number_changed_is_unlinked(judge, make_evidence):
    """One changed epoch suffices to lose the link."""
    histories = make_evidence().executed.given["q07_history"]
    histories["B"]["loss"][30] *= 0.999
    found = judge("q07.recipe_b", given={"q07_history": histories})
    assert ("recipe.unlinked", "") in codes(found.reasons)
    assert judge("q07.recipe_a", given={"q07_history": histories}).verdict is Verdict.PASS


def test_one_history_given_twice_is_judged_by_its_own_training(judge, make_evidence):
    """A's history handed in as B's fails for A's training."""
    histories = make_evidence().executed.given["q07_history"]
    found = judge("q07.recipe_b", given={"q07_history": {"A": histories["A"], "B": histories["A"]}})
    assert (found.verdict, codes(found.reasons)) == (Verdict.FAIL, [("recipe.rates", "")])
    assert found.flags == ()


@pytest.mark.parametrize("digits", [1, 2, 4])
def test_a_rounded_history_is_still_its_trainings(judge, make_evidence, digits):
    """A student who rounds reported numbers keeps the link."""
    histories = {
        name: {key: [round(number, digits) for number in series] for key, series in history.items()}
        for name, history in make_evidence().executed.given["q07_history"].items()
    }
    assert judge("q07.recipe_a", given={"q07_history": histories}).verdict is Verdict.PASS


def test_rounded_results_are_still_their_trainings(judge, make_evidence):
    """Test errors rounded to two decimals keep the link; numbers that are off by a cent do not."""
    evaluations = tuple(
        dataclasses.replace(one, results={name: number + 0.0031 for name, number in one.results.items()})
        for one in make_evidence().evaluations
    )
    rounded = {name: round(number + 0.0031, 2) for name, number in make_evidence().executed.given["q08_mse"].items()}
    assert judge("q08.recipe", given={"q08_mse": {**rounded, "2": 22.51}}, evaluations=evaluations).verdict == "FAIL"
    precise = {**rounded, "2": 22.51 - 0.0069}
    assert judge("q08.recipe", given={"q08_mse": precise}, evaluations=evaluations).verdict == "FAIL"
    assert judge("q08.recipe", given={"q08_mse": {**rounded, "2": 22.5}}, evaluations=evaluations).verdict == "PASS"


def roots(make_evidence, digits):
    """Return the roots of the test errors, rounded to so many digits."""
    errors = make_evidence().executed.given["q08_mse"]
    return {name: round(math.sqrt(number), digits) for name, number in errors.items()}


@pytest.mark.parametrize("digits", [3, 4, 15])
def test_the_root_of_a_squared_error_is_linked_as_the_error_is(judge, make_evidence, digits):
    """Who reports an RMSE in place of the MSE has trained; only the numbers are judged as others."""
    given = {"q08_mse": roots(make_evidence, digits)}
    assert judge("q08.recipe", given=given).verdict is Verdict.PASS
    assert {reason.code for reason in judge("q08.errors", given=given).reasons} == {"interval.outside"}


def test_the_root_of_the_last_validation_error_is_linked(judge, make_evidence):
    """A test error may be the root of the last epoch's validation error, or of a metric."""
    right = make_evidence()
    for loss, name in (("mean_squared_error", "val_loss"), ("mean_absolute_error", "val_mse")):
        trained = {
            number: {
                "validation": right.evaluations[0].inputs,
                "loss": loss,
                "history": {name: (99.0, right.executed.given["q08_mse"][str(2 ** (number - 2))])},
            }
            for number in range(3, 11)
        }
        found = judge("q08.recipe", given={"q08_mse": roots(make_evidence, 15)}, trained=trained, evaluations=())
        assert "recipe.unlinked" not in {reason.code for reason in found.reasons}


@pytest.mark.parametrize(
    ("loss", "results"), [("mean_absolute_error", "loss"), ("mean_squared_error", "mae"), ("own:Loss", "loss")]
)
def test_the_root_of_another_result_links_nothing(judge, make_evidence, loss, results):
    """The root of an absolute error means nothing, so that a number equal to it is no trace of a training."""
    evaluations = tuple(
        dataclasses.replace(one, results={results: one.results["loss"]}) if one.training in range(3, 11) else one
        for one in make_evidence().evaluations
    )
    found = judge(
        "q08.recipe",
        given={"q08_mse": roots(make_evidence, 15)},
        trained={number: {"loss": loss} for number in range(3, 11)},
        evaluations=evaluations,
    )
    assert "recipe.unlinked" in [reason.code for reason in found.reasons]


def test_a_root_is_asked_for_only_where_no_result_is_the_number(make_evidence):
    """A result that is the number itself points at its training alone."""
    right = make_evidence()
    evaluations = tuple(
        dataclasses.replace(one, results={"loss": {3: 25.0, 4: 5.0}[one.training]}) if one.training in (3, 4) else one
        for one in right.evaluations
    )
    journal = LinkedNumbers(dataclasses.replace(right, evaluations=evaluations))
    assert {one.training.number for one in journal.by_result(5.0, 1)} == {4}
    assert {one.training.number for one in journal.by_result(25.0, 1)} == {3}


def test_a_wrong_recipe_is_explained_even_if_its_history_does_not_fit(judge, make_evidence):
    """Twenty epochs give a malformed history, yet the reason to report is: twenty epochs."""
    right = make_evidence()
    short = {
        "history": {name: series[:20] for name, series in right.trainings[0].history.items()},
        "epochs": 20,
        "rates": right.trainings[0].rates[:20],
    }
    short_list = Detail.of("value.number_count", count=20, due=50)
    faults = {f"q07_history.A.{name}": short_list for name in ("loss", "mae", "val_loss", "val_mae")}
    histories = {"B": right.executed.given["q07_history"]["B"]}
    found = judge("q07.recipe_a", given={"q07_history": histories}, faults=faults, trained={1: short})
    assert found.verdict is Verdict.FAIL
    assert [(reason.code, reason.found, reason.expected) for reason in found.reasons] == [("recipe.epochs", 20, 50)]


def test_a_right_training_whose_numbers_are_malformed(judge, make_evidence):
    """If a recipe's numbers are unusable, the item is malformed, even if its training is correct."""
    histories = {"B": make_evidence().executed.given["q07_history"]["B"]}
    found = judge(
        "q07.recipe_a", given={"q07_history": histories}, faults={"q07_history.A": Detail.of("error", error="is text")}
    )
    assert (found.verdict, codes(found.reasons)) == (Verdict.MALFORMED, [("value.malformed", "q07_history.A")])


def test_a_partly_sound_history_is_linked(judge, make_evidence):
    """Metrics under other names do not affect a recipe: the loss identifies the training."""
    histories = {
        name: {"loss": history["loss"]} for name, history in make_evidence().executed.given["q07_history"].items()
    }
    found = judge(
        "q07.recipe_a",
        given={"q07_history": histories},
        faults={"q07_history.A.mae": Detail.of("error", error="is not there")},
    )
    assert found.verdict is Verdict.PASS


def test_the_latest_of_equal_trainings_counts(judge, make_evidence):
    """A cell run twice under one seed gives two equal histories: the training that follows the recipe is used."""
    right = make_evidence().trainings
    again = dataclasses.replace(right[0], number=20, seed=None)
    assert judge("q07.recipe_a", trainings=(*right, again)).verdict is Verdict.PASS
    assert judge("q07.recipe_a", trainings=(again, *right)).verdict is Verdict.PASS


def test_a_fault_of_every_variant_is_said_once(judge):
    """Eight trainings without z-score give one reason, with the variants as its subject."""
    found = judge("q08.recipe", trained={number: {"inputs": RAW_INPUTS} for number in range(3, 11)})
    assert codes(found.reasons) == [("recipe.data.inputs", "2, 4, 8, 16, 32, 64, 128, 256")]


def test_a_fault_of_one_variant_names_it(judge):
    """A wrong batch size in one of eight trainings names that variant."""
    found = judge("q08.recipe", trained={10: {"batch_size": 128}})
    assert [(reason.subject, reason.found, reason.expected) for reason in found.reasons] == [("256", 128, 256)]


def test_an_error_measured_on_other_inputs_is_named(judge, make_evidence):
    """A test error measured on the training inputs is reported as such, for the correct network."""
    right = make_evidence()
    wrong = tuple(
        dataclasses.replace(one, inputs=right.trainings[0].inputs) if one.training == 5 else one
        for one in right.evaluations
    )
    assert codes(judge("q08.recipe", evaluations=wrong).reasons) == [("recipe.data.evaluated", "8")]


def test_an_error_read_off_the_last_epoch_is_linked(judge, make_evidence):
    """If the test data served as validation data, that is reported, not a missing training."""
    right = make_evidence()
    test_inputs = right.evaluations[0].inputs
    changed = {
        number: {
            "validation": test_inputs,
            "history": {
                **right.trainings[number - 1].history,
                "val_loss": (99.0, right.executed.given["q08_mse"][str(2 ** (number - 2))]),
            },
        }
        for number in range(3, 11)
    }
    found = judge("q08.recipe", trained=changed, evaluations=())
    assert found.verdict is Verdict.PASS
    assert found.flags == ()


def test_an_evaluation_of_an_untrained_network_links_nothing(judge, make_evidence):
    """A network evaluated without any `fit` supports no result."""
    orphans = tuple(dataclasses.replace(one, training=None) for one in make_evidence().evaluations)
    assert judge("q08.recipe", evaluations=orphans).reasons[0].code == "recipe.unlinked"


def test_histories_with_gaps_link_nothing(judge, make_evidence):
    """A training with non-finite losses has no history that a student could report."""
    history = make_evidence().trainings[0].history
    gap = {"history": {**history, "loss": (None, *history["loss"][1:])}}
    assert judge("q07.recipe_a", trained={1: gap}).reasons[0].code == "recipe.unlinked"
