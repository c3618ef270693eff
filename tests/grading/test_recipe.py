import json
import math
import subprocess
import sys

import pytest

from autograder.grading import grade
from autograder.records import DataSummary, Detail, Layer
from autograder.rubric.checks.recipe import LayerRecipe, RatesRecipe, accepted_rates, differences
from autograder.rubric.checks.recipe.optimizers import OPTIMIZER_DEFAULTS

RAW_INPUTS = DataSummary((404, 13), 0.0, 711.0, 69.79, 144.39, (-0.152, 0.205, -0.707, -0.349))
ALL_ROWS = DataSummary((404, 13), -3.907, 9.934, -0.0039, 1.0053, (-0.0117, 0.0106, 0.0158, 0.0035))
UNSEEN = DataSummary((), 0.0, 0.0, 0.0, 0.0, ())
OWN_WEIGHTS = Detail.of("initial.bias", layer="Dense")
DECAYED = tuple(0.02 * math.exp(-0.05 * step) for step in range(1, 40))
ADAM = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999}


def dense(*units, **settings):
    """Build layers of Keras's class Dense."""
    return tuple(Layer("Dense", {"units": count, "activation": "relu", **settings}) for count in units)


MUTANTS = [
    pytest.param(1, {"epochs": 20, "rates": (0.001,) * 20}, {"recipe.epochs"}, id="20 epochs"),
    pytest.param(1, {"epochs": 60, "rates": (0.001,) * 60}, {"recipe.epochs"}, id="60 epochs"),
    pytest.param(1, {"optimizer": "SGD", "optimizer_settings": {}}, {"recipe.optimizer"}, id="SGD"),
    pytest.param(1, {"optimizer_settings": {"beta_1": 0.8, "beta_2": 0.999}}, {"recipe.optimizer_setting"}, id="beta"),
    pytest.param(1, {"optimizer_settings": {}}, {"recipe.optimizer_setting"}, id="unknown settings"),
    pytest.param(11, {"optimizer_settings": {"momentum": 0.0}}, {"recipe.optimizer_setting"}, id="no momentum"),
    pytest.param(1, {"rates": (0.01,) * 50}, {"recipe.rates"}, id="ten times the rate"),
    pytest.param(2, {"rates": (0.02,) * 50}, {"recipe.rates"}, id="constant rate"),
    pytest.param(2, {"rates": (0.02,) * 11 + DECAYED}, {"recipe.rates_late"}, id="rates a step late"),
    pytest.param(2, {"rates": (0.02,) * 12 + DECAYED[:38]}, {"recipe.rates"}, id="rates two epochs late"),
    pytest.param(2, {"rates": ()}, {"recipe.rates"}, id="no rates"),
    pytest.param(2, {"rates": (float("nan"),) * 50}, {"recipe.rates"}, id="nan rates"),
    pytest.param(1, {"optimizer_settings": {**ADAM, "amsgrad": True}}, {"recipe.optimizer_setting"}, id="amsgrad"),
    pytest.param(1, {"optimizer_settings": {**ADAM, "weight_decay": 0.01}}, {"recipe.optimizer_setting"}, id="decay"),
    pytest.param(1, {"optimizer_settings": {**ADAM, "epsilon": 1e12}}, {"recipe.optimizer_setting"}, id="epsilon"),
    pytest.param(
        1, {"optimizer_settings": {**ADAM, "gradient_accumulation_steps": 13}}, {"recipe.optimizer_setting"}, id="steps"
    ),
    pytest.param(11, {"optimizer_settings": {"momentum": 0.8, "nesterov": True}}, {"recipe.optimizer_setting"}, id="n"),
    pytest.param(1, {"optimizer_settings": {**ADAM, "weight_decay": 0.0, "epsilon": 1e-7}}, set(), id="Keras's own"),
    pytest.param(1, {"options": ("loss_weights=[0.0]",)}, {"recipe.options"}, id="loss weights"),
    pytest.param(1, {"options": ("max_steps_per_epoch=1",)}, {"recipe.options"}, id="one batch an epoch"),
    pytest.param(1, {"options": ("max_steps_per_epoch=13",)}, set(), id="every batch of an epoch"),
    pytest.param(1, {"options": ("steps_per_epoch=12",)}, {"recipe.options"}, id="all batches but one"),
    pytest.param(1, {"options": ("steps_per_epoch=many",)}, {"recipe.options"}, id="steps that are no number"),
    pytest.param(
        1, {"options": ("steps_per_epoch=13",), "batch_size": 0}, {"recipe.options"}, id="steps of unseen batches"
    ),
    pytest.param(1, {"options": ("kernel_initializer=HeNormal",)}, {"recipe.options"}, id="initialiser"),
    pytest.param(1, {"options": ("trainable=False",)}, {"recipe.options"}, id="frozen"),
    pytest.param(1, {"layers": dense(16, 8, 1, trainable=False)}, {"recipe.options"}, id="frozen layers"),
    pytest.param(
        1,
        {"initial_values": OWN_WEIGHTS},
        {"recipe.initial_values"},
        id="weights of one's own",
    ),
    pytest.param(1, {"options": ("EarlyStopping(patience=3)",)}, set(), id="early stopping that never stopped"),
    pytest.param(
        1, {"options": ("EarlyStopping(restore_best_weights=True)",)}, {"recipe.options"}, id="best weights restored"
    ),
    pytest.param(
        1, {"options": ("TerminateOnNaN", "ModelCheckpoint(filepath='a')", "verbose=0")}, set(), id="watching"
    ),
    pytest.param(1, {"options": ("class_weight", "sample_weight")}, {"recipe.options"}, id="weighted rows"),
    pytest.param(1, {"options": ("Schedule of __main__()",)}, {"recipe.own"}, id="a callback of one's own"),
    pytest.param(1, {"options": ("ModelCheckpoint(filepath='a long",)}, set(), id="an option that was cut"),
    pytest.param(1, {"seed": None, "shuffle": False}, set(), id="no seed where it decides nothing"),
    pytest.param(1, {"options": ("EarlyStopping and more",)}, {"recipe.options"}, id="an option of no known form"),
    pytest.param(1, {"options": ("validation_split=0.3",)}, {"recipe.options"}, id="fewer rows"),
    pytest.param(1, {"layers": dense(16, 8, 1, kernel_regularizer="L2")}, {"recipe.options"}, id="regularised"),
    pytest.param(1, {"layers": (*dense(16, 8, 1), Layer("Dropout", {"rate": 0.5}))}, {"recipe.layers"}, id="dropout"),
    pytest.param(
        1, {"layers": (*dense(16, 8, 1), Layer("Noise of __main__", {}))}, {"recipe.layers"}, id="a layer of one's own"
    ),
    pytest.param(1, {"batch_size": 0}, set(), id="batches that are not seen"),
    pytest.param(1, {"inputs": UNSEEN, "targets": UNSEEN}, {"recipe.data.unseen"}, id="data that are not seen"),
    pytest.param(1, {"validation": UNSEEN}, {"recipe.data.unseen"}, id="validation data that are not seen"),
    pytest.param(1, {"batch_size": 16}, {"recipe.batch_size"}, id="batch size"),
    pytest.param(1, {"loss": "mean_absolute_error"}, {"recipe.loss"}, id="loss"),
    pytest.param(1, {"validation": None}, {"recipe.validation"}, id="no validation"),
    pytest.param(3, {"validation": ALL_ROWS}, set(), id="validation where it changes no number"),
    pytest.param(1, {"seed": None}, {"recipe.seeded"}, id="no seed"),
    pytest.param(2, {"continues": 1}, {"recipe.continued"}, id="trained before"),
    pytest.param(1, {"seed": 0}, set(), id="the seed 0"),
    pytest.param(1, {"layers": dense(16, 8, 1, activation="tanh")}, {"recipe.layers"}, id="tanh"),
    pytest.param(1, {"layers": dense(16, 8), "parameters": 360}, {"recipe.layers", "recipe.parameters"}, id="too few"),
    pytest.param(1, {"layers": dense(16, 8, 1, 1)}, {"recipe.layers"}, id="too many"),
    pytest.param(1, {"layers": dense(1, 8, 16)}, set(), id="another order"),
    pytest.param(1, {"inputs": RAW_INPUTS}, {"recipe.data.inputs"}, id="no z-score"),
    pytest.param(1, {"inputs": ALL_ROWS}, {"recipe.data.inputs"}, id="z-score of all rows"),
    pytest.param(1, {"targets": ALL_ROWS}, {"recipe.data.targets"}, id="other targets"),
    pytest.param(1, {"validation": ALL_ROWS}, {"recipe.data.validation"}, id="other validation data"),
    pytest.param(1, {"shuffle": False, "cell": 9, "seconds": 0.0, "replayed": True}, set(), id="what no recipe asks"),
]


@pytest.fixture(scope="session")
def recipes(key_spec):
    """Every recipe by the number of a training that follows it, with the name of its item."""
    q07, q08, q10 = (key_spec.questions[name].items for name in ("q07", "q08", "q10"))
    merged = q08["recipe"].recipe.model_copy(update={"batch_size": 2, "epochs": 10})
    return {
        1: ("q07.recipe_a", "", q07["recipe_a"].recipe),
        2: ("q07.recipe_b", "", q07["recipe_b"].recipe),
        3: ("q08.recipe", "2", merged),
        11: ("q10.recipe_inception", "", q10["recipe_inception"].recipe),
        12: ("q10.recipe_resnet", "", q10["recipe_resnet"].recipe),
    }


@pytest.fixture(scope="session")
def compare(make_evidence, recipes, baseline):
    """Compare a training, with fields changed, against its recipe."""

    def compared(number, **fields):
        item, variant, recipe = recipes[number]
        (training,) = (one for one in make_evidence(trained={number: fields}).trainings if one.number == number)
        return differences(training, recipe, variant, baseline.training_data(item, variant))

    return compared


@pytest.mark.parametrize(
    "kind", ["ActivityRegularization", "RandomFlip", "Rescaling", "Multiply", "Add", "SpatialDropout3D", "TrueDivide"]
)
def test_a_layer_without_weights_that_changes_what_is_learned_is_one_too_many(
    make_evidence, key_spec, baseline, find, kind
):
    """A penalty, augmented data, a modified output: not requested, although they have no parameters."""
    layers = (*make_evidence().trainings[0].layers, Layer(kind, {}))
    found = find(grade(make_evidence(trained={1: {"layers": layers}}), key_spec, baseline), "q07.recipe_a")
    assert [(reason.code, reason.found) for reason in found.reasons] == [("recipe.layers", f"{kind}()")], found


@pytest.mark.parametrize("number", [1, 2, 3, 11, 12])
def test_the_right_training_has_no_difference(compare, number):
    """A training as requested differs in nothing, whatever layers without weights it has."""
    assert compare(number) == ()


@pytest.mark.parametrize(("number", "fields", "expected"), MUTANTS)
def test_each_mutant_is_named(compare, number, fields, expected):
    """A training that differs in one field has exactly that reason, and no flag of hidden parts."""
    found = compare(number, **fields)
    assert {reason.code for reason in found} == expected
    assert all(reason.public for reason in found)


@pytest.mark.parametrize("scale", [math.sqrt(403 / 404), 1 + 1e-7])
def test_data_may_be_apart_by_rounding(compare, scale):
    """A z-score with the sample's deviation, and float32 instead of float64, count as the same data."""
    right = DataSummary((404, 13), -3.82, 9.23, 0.0, 1.0, (-0.0113, 0.0108, 0.0159, 0.0034))
    same = DataSummary(
        right.shape, -3.82 * scale, 9.23 * scale, 1e-8, scale, tuple(probe * scale for probe in right.probes)
    )
    assert compare(1, inputs=same) == ()


def test_axes_of_length_one_do_not_matter(compare):
    """Targets as a column are the same targets."""
    column = DataSummary((404, 1), 5.0, 50.0, 22.395, 9.199, (-0.3118, -0.0406, -0.0886, -0.0462))
    assert compare(1, targets=column) == ()


def test_the_layers_reason_counts_both_sides(compare):
    """The reason lists layers that are too many and layers that are missing, each kind once."""
    (reason,) = compare(1, layers=dense(16, 1, 1))
    assert reason.found == "Dense(activation=relu, units=1)"
    assert reason.expected == "Dense(activation=relu, units=8)"


@pytest.mark.parametrize(
    ("settings", "same"),
    [
        ({"filters": 64, "kernel_size": [3, 3], "activation": "linear"}, True),
        ({"filters": 64, "kernel_size": 3, "activation": "linear"}, True),
        ({"filters": 64, "kernel_size": [3, 3]}, True),
        ({"filters": 64, "kernel_size": [3, 3], "activation": None}, True),
        ({"filters": 64, "kernel_size": [3, 3], "activation": "relu"}, False),
        ({"filters": 64, "kernel_size": [3, 5], "activation": "linear"}, False),
        ({"filters": 64, "kernel_size": 5, "activation": "linear"}, False),
        ({"filters": 32, "kernel_size": [3, 3], "activation": "linear"}, False),
        ({}, False),
    ],
)
def test_settings_may_be_written_in_other_ways(make_evidence, recipes, settings, same):
    """A kernel of 3 equals 3x3, and no activation equals the linear one; anything else differs."""
    asked = (LayerRecipe(kind="Conv2D", filters=64, kernel_size=[3, 3], activation="linear"),)
    recipe = recipes[12][2].model_copy(update={"layers": asked})
    (training,) = (
        one
        for one in make_evidence(trained={12: {"layers": (Layer("Conv2D", settings),)}}).trainings
        if one.number == 12
    )
    assert (differences(training, recipe, "", None) == ()) is same


DECAYING = RatesRecipe(initial=0.02, constant_epochs=10, decay=0.05, rounded_digits=4)


def stepwise(epochs, *, digits=None):
    """Compute the rates as a Keras schedule does, from the previous epoch's rate."""
    rates, rate = [], 0.02
    for epoch in range(epochs):
        if epoch >= 10:
            rate = rate * math.exp(-0.05)
            rate = rate if digits is None else round(rate, digits)
        rates.append(rate)
    return tuple(rates)


@pytest.mark.parametrize("digits", [None, 4, 5, 6])
def test_rates_rounded_or_not_are_accepted(compare, digits):
    """A schedule that rounds each step to at least four digits is as correct as one that does not."""
    assert compare(2, rates=stepwise(50, digits=digits)) == ()


def test_the_accepted_sequences_are_those_of_a_schedule():
    """The exact and the stepwise rounded sequence are what a schedule computes from epoch to epoch."""
    exact, rounded, *_ = accepted_rates(DECAYING, 50)
    assert exact == pytest.approx(stepwise(50))
    assert rounded == pytest.approx(stepwise(50, digits=4))


def test_without_decay_the_rate_is_constant():
    """A recipe without decay has a single sequence of equal rates."""
    assert accepted_rates(RatesRecipe(initial=0.05), 3) == ((0.05, 0.05, 0.05),)


@pytest.mark.parametrize(
    ("epoch", "factor", "passes"), [(30, 1.0009, True), (30, 1.0015, False), (1, 0.9991, True), (1, 0.998, False)]
)
def test_rates_at_the_bound(compare, epoch, factor, passes):
    """A rate may differ by 0.1 %; otherwise the reason names the epoch, the found and the requested rate."""
    rates = list(stepwise(50))
    rates[epoch - 1] *= factor
    found = compare(2, rates=tuple(rates))
    assert (found == ()) is passes
    assert all(reason.found.fields["epoch"] == epoch for reason in found)


def test_a_decay_that_begins_an_epoch_late_is_named(compare):
    """The first wrong epoch is named, not the last, together with the requested rate."""
    late = (0.02, *stepwise(49))
    (reason,) = compare(2, rates=late)
    assert reason.found == Detail.of("recipe.rate", epoch=11, rate=0.02)
    assert reason.expected == Detail.of("recipe.rate", epoch=11, rate=pytest.approx(0.0190246, rel=1e-5))


def test_freezing_and_starving_a_training_is_seen(compare):
    """One batch per epoch, frozen layers, no loss and a huge epsilon are all reported."""
    options = ("trainable=False", "loss_weights=[0.0]", "max_steps_per_epoch=1")
    found = compare(1, options=options, optimizer_settings={**ADAM, "epsilon": 1e12})
    assert {reason.code: reason.found for reason in found} == {
        "recipe.options": ", ".join(options),
        "recipe.optimizer_setting": "epsilon=1e+12",
    }


_ASK_KERAS = """
import json, keras
names = json.loads(input())
print(json.dumps({name: getattr(keras.optimizers, name)().get_config() for name in names}))
"""


@pytest.mark.slow
def test_the_optimizers_defaults_are_keras_s():
    """The table's settings equal the installed Keras's defaults, and none is omitted by oversight."""
    done = subprocess.run(
        [sys.executable, "-c", _ASK_KERAS],
        input=json.dumps([*OPTIMIZER_DEFAULTS]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    left_out = {"name", "learning_rate", "ema_momentum", "ema_overwrite_frequency"}
    installed = {
        name: {setting: value for setting, value in settings.items() if setting not in left_out}
        for name, settings in json.loads(done.stdout).items()
    }
    assert {name: dict(settings) for name, settings in OPTIMIZER_DEFAULTS.items()} == installed
