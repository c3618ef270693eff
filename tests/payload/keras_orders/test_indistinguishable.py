import json
import subprocess
import sys
from pathlib import Path

import payload_desk
import pytest

pytestmark = pytest.mark.slow

OBSERVATIONS = (Path(__file__).parent / "observations.py").read_text(encoding="utf-8")
FAST = ("schedule", "stopping")
SLOW = (
    *("convolutional", "sequential", "validation", "functional", "unbuilt", "unbuilt_even", "stepwise", "own_history"),
    *("rate_object", "diverging", "decaying_weights", "class_weights", "sample_weights", "plateau", "not_a_number"),
    *("late", "frames", "averaged", "accumulated", "normalized", "listed", "nested"),
)


def _plainly(names: tuple[str, ...], environment: dict[str, str]) -> dict:
    """Observe the same networks in a Python without any of our code."""
    text = f"{OBSERVATIONS}\nimport json\nprint()\nprint(json.dumps({{name: observe(name) for name in {names!r}}}))"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True, env=environment or None
    )
    return json.loads(ran.stdout.splitlines()[-1])


def _compare(run_cells, trainer, names: tuple[str, ...], environment: dict[str, str] | None = None) -> None:
    observe = f"seen = {{name: observe(name) for name in {names!r}}}"
    orders = payload_desk.Desk(trainer)
    plain = _plainly(names, environment or {})
    trained = run_cells(OBSERVATIONS, observe, watched=["seen"], orders=orders, environment=environment)
    assert trained.outcomes == [("ok", "")] * 2, trained.output
    # Each network: a fit, two evaluations that are one order, a prediction, and a fit with an observing callback.
    assert len(orders.statuses) == 5 * len(names)
    assert set(orders.statuses) == {"trained", "known"}, trained.output
    again = run_cells(OBSERVATIONS, observe, watched=["seen"], orders=orders, environment=environment)
    assert orders.statuses[-5 * len(names) :] == ["known"] * 5 * len(names)
    for name in names:
        for what, expected in plain[name].items():
            for talk in (trained, again):
                assert talk.values["seen"][name][what] == expected, (name, what)
    # What really ran here was not an order; the fit with the observing callback equals the order.
    for talk in (trained, again):
        assert {report["description"]["operation"] for report in talk.of("reported")} == {"evaluate", "predict"}


@pytest.mark.timeout(300)
def test_an_answer_is_a_training(run_cells, trainer):
    """Trained in another process, or known, a network is bit for bit the same as trained here.

    History, weights, optimizer, metrics, callbacks, predictions, a second real `fit`, the saved model, `summary`, and
    the next draws of every generator equal those of a Python without the payload.
    """
    _compare(run_cells, trainer, FAST)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("names", [SLOW[place : place + 7] for place in range(0, len(SLOW), 7)])
def test_every_kind_of_training_is_an_order(run_cells, trainer, names):
    """This holds for each way of writing a network, optimizer, schedule and call that can be ordered."""
    _compare(run_cells, trainer, names)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_do_not_matter(run_cells, threads):
    """With one thread and with two, in the notebook as in the trainer, the bits are the same."""
    told = {f"TF_NUM_{kind}_THREADS": threads for kind in ("INTRAOP", "INTEROP")}
    trainer = payload_desk.Trainer(told)
    try:
        _compare(run_cells, trainer, ("convolutional",), {**told, "PATH": "/usr/bin:/bin"})
    finally:
        trainer.close()


METRICS = """
def trained(metrics, **options):
    keras.utils.set_random_seed(5)
    model = sequential()
    model.compile("adam", "mse", metrics=metrics)
    history = model.fit(rows, targets, epochs=2, verbose=0, validation_data=held_out, **options)
    return [list(history.history.items()), model.evaluate(rows, targets, verbose=0), *state(model)]
"""


def test_an_answer_with_more_metrics_serves_an_order_with_fewer(run_cells, orders):
    """Metrics decide nothing: a training with two metrics answers an order with none, and looks like one with none."""
    talk = run_cells(
        OBSERVATIONS,
        METRICS,
        "trained(['mse', 'mae'])\nseen = trained([])\nfirst = trained(['mae'])",
        watched=["seen", "first"],
        orders=orders,
    )
    alone = run_cells(
        OBSERVATIONS, METRICS, "seen = trained([])\nfirst = trained(['mae'])", watched=["seen", "first"], orders=None
    )
    assert orders.statuses == ["trained", "trained", "known", "known", "known", "known"], talk.output
    assert talk.values == alone.values


LEFT_OUT = """
class Own(keras.callbacks.Callback):
    def __init__(self, act): super().__init__(); self.act = act
    def on_epoch_begin(self, epoch, logs=None): self.act(self.model, epoch)
def look(model, epoch): pass
def slow_down(model, epoch): model.optimizer.learning_rate = 0.01 / (epoch + 1)
def meddle(model, epoch): model.layers[-1].set_weights([weights * 0 for weights in model.layers[-1].get_weights()])
def own_metric(expected, obtained): return keras.ops.max(keras.ops.abs(expected - obtained))
def train(act, metrics=("mae",), more=()):
    keras.utils.set_random_seed(5)
    model = sequential()
    model.compile("adam", "mse", metrics=list(metrics))
    model.fit(rows, targets, epochs=3, verbose=0, callbacks=[Own(act), *more])
checkpoint = keras.callbacks.ModelCheckpoint("best.keras", monitor="loss", save_best_only=True)
train(look)
train(slow_down)
train(look, metrics=["mae", own_metric])
train(look, more=[checkpoint, keras.callbacks.CSVLogger("log.csv"), keras.callbacks.EarlyStopping("loss")])
import os
files = [os.path.exists(name) for name in ("best.keras", "log.csv")]
train(meddle)
"""


def test_an_own_part_that_only_looks_on_is_proven_by_comparison(run_cells, orders):
    """Custom callbacks that observe or set a rate, custom metrics, files that Keras writes: equal without them."""
    talk = run_cells(OBSERVATIONS, LEFT_OUT, watched=["files"], orders=orders)
    assert talk.outcomes == [("ok", "")] * 2, talk.output
    assert talk.values == {"files": [True, True]}
    assert len(orders.descriptions) == 5
    rates = [description.get("rates") for description in orders.descriptions]
    assert rates[1] == pytest.approx([0.01, 0.005, 0.01 / 3])
    assert [rate is None for rate in rates] == [True, False, True, True, True]
    # The last one trained something else than was ordered.
    (report,) = talk.of("reported")
    assert report["description"]["notes"] == {"own": ["Own"]}
    assert report["result"]["epochs_run"] == 3
