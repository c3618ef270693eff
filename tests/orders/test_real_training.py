"""A real notebook with a real trainer: its orders are attested, known to the next notebook, and recorded faithfully."""

import pytest
from orders_to_try import limits

from autograder.evidence.admission import admit_evaluations, admit_trainings
from autograder.orders import Desk, OrderStore
from autograder.records import Cell, Job, RunVerdict
from autograder.rubric import RunSpec
from autograder.sandbox import open_sandbox

pytestmark = [pytest.mark.slow]

SOURCE = """
import keras
keras.utils.set_random_seed(21)
(x, y), (x_test, y_test) = keras.datasets.boston_housing.load_data()
mean, std = x.mean(axis=0), x.std(axis=0)
x, x_test = (x - mean) / std, (x_test - mean) / std
network = keras.Sequential([
    keras.Input(shape=(13,)), keras.layers.Dense(16), keras.layers.Activation("relu"), keras.layers.Dropout(0.1),
    keras.layers.BatchNormalization(), keras.layers.Dense(1, activation="relu"),
])
network.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse", metrics=["mae"])
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5 if epoch else rate)
first = network.fit(x, y, epochs=2, validation_data=(x_test, y_test), callbacks=[schedule], verbose=0)
second = network.fit(x, y, epochs=1, verbose=0)
q01_losses = network.evaluate(x_test, y_test, verbose=0)
"""


def run(folder, data_home, source=SOURCE):
    """Execute a notebook in the strictest sandbox, with a class's folder of answers."""
    run_spec = RunSpec(assignment="tiny", variables={}, limits=limits(
        cell_seconds=120, notebook_seconds=240, memory_mebibytes=4_000, processes=256, output_mebibytes=4,
        files_mebibytes=64, evidence_mebibytes=8,
    ))  # fmt: skip
    with Desk(run_spec.limits, OrderStore(folder / "reference"), OrderStore(folder / "own"), 1) as desk:
        box = open_sandbox("auto", run_spec, data_home.path, desk)
        desk.engage(box.start_trainer)
        done = box.run(Job("1" * 16, "ana", "ana.ipynb", "ab" * 32, "en", (Cell(0, source),)))
    assert (done.verdict, done.cells[0].status) == (RunVerdict.COMPLETE, "ok"), (done.detail, done.output_tail)
    return done


@pytest.fixture(scope="module")
def runs(tmp_path_factory, data_home):
    """Run the notebook twice over one folder, and another one that is written differently."""
    folder = tmp_path_factory.mktemp("class")
    other = SOURCE.replace('metrics=["mae"]', "metrics=[]").replace(
        'keras.layers.Dense(16), keras.layers.Activation("relu")',
        'keras.layers.Dense(16), keras.layers.Activation("relu", name="mine")',
    )
    return [run(folder, data_home), run(folder, data_home), run(folder, data_home, other)]


def journal(done):
    """Return a run's journal as admitted by evidence."""
    trainings, faults = admit_trainings(done.trainings)
    evaluations, more = admit_evaluations(done.evaluations, trainings)
    assert (faults, more) == ([], [])
    return trainings, evaluations


def test_what_a_notebook_orders_is_attested_and_known_to_the_next(runs):
    """Three orders: trained for the first, answered for the second and for one that requests fewer metrics."""
    assert [(done.usage.unknown, done.usage.replayed) for done in runs] == [(3, 0), (0, 3), (0, 3)]
    for done in runs:
        trainings, evaluations = journal(done)
        assert all(one.attested for one in (*trainings, *evaluations))
        assert [one.replayed for one in trainings] == [done is not runs[0]] * 2


def test_both_journals_say_the_same(runs):
    """Except for `replayed` and the duration."""
    first, second = (
        [{**one, "replayed": None, "seconds": None} for one in (*done.trainings, *done.evaluations)]
        for done in runs[:2]
    )
    assert first == second


def test_an_entry_says_all_that_a_recipe_asks_about(runs):
    """Layers, parameters, rates, data, history, and which training continues which."""
    (first, second), (evaluation,) = journal(runs[0])
    assert [(layer.kind, layer.settings.get("activation")) for layer in first.layers] == [
        ("Dense", "relu"), ("Dropout", None), ("BatchNormalization", None), ("Dense", "relu"),
    ]  # fmt: skip
    assert first.parameters == 13 * 16 + 16 + 4 * 16 + 16 + 1
    assert (first.loss, first.optimizer, first.optimizer_settings["beta_1"]) == ("mean_squared_error", "Adam", 0.9)
    assert first.rates == pytest.approx((0.02, 0.01))
    assert first.metrics == ("loss", "mae", "learning_rate")
    assert set(first.history) == {"loss", "mae", "val_loss", "val_mae", "learning_rate"}
    assert (first.seed, first.batch_size, first.epochs, first.inputs.shape) == (21, 32, 2, (404, 13))
    assert (first.options, first.initial_values, first.continues) == ((), None, None)
    assert (second.continues, second.resumes, second.initial_values) == (1, True, None)
    assert second.starts_at == first.ends_at != first.starts_at
    assert (evaluation.training, evaluation.weights) == (2, second.ends_at)
    assert set(evaluation.results) == {"loss", "mae"}
