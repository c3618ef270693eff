"""A real notebook in a real jail with a real trainer: notebook, desk and trainer understand each other."""

from pathlib import Path

import pytest

from autograder.orders import Desk, OrderStore
from autograder.records import Cell, Job, RunVerdict
from autograder.rubric import RunSpec
from autograder.sandbox import open_sandbox

pytestmark = pytest.mark.slow

PREPARATION = """
import numpy as np, tensorflow as tf, keras
from keras import layers

def network(cls=layers.Dense):
    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input((13,)), cls(16, activation="relu"), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model

def plain(history):
    return {name: [float(value) for value in values] for name, values in history.history.items()}

draws = np.random.default_rng(0)
x, x_new = draws.normal(size=(404, 13)), draws.normal(size=(102, 13))
y, y_new = 2 * x[:, 0], 2 * x_new[:, 0]
"""

ORDERED = """
model = network()
q01_history = plain(model.fit(x, y, epochs=3, validation_split=0.2, verbose=0))
q01_more = plain(model.fit(x, y, epochs=5, initial_epoch=3, verbose=0))
q01_test = [float(value) for value in model.evaluate(x_new, y_new, verbose=0)]
q01_sum = float(model.predict(x_new, verbose=0).sum())
"""

OWN = {
    "layer": "class Mine(layers.Dense): pass\nnetwork(Mine).fit(x, y, epochs=2, verbose=0)",
    "step": """
class Model(keras.Model):
    def train_step(self, data):
        return super().train_step(data)
inputs = keras.Input((13,))
model = Model(inputs, layers.Dense(1)(inputs))
model.compile("sgd", "mse")
model.fit(x, y, epochs=2, verbose=0)
""",
    "subclass": """
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
    def call(self, inputs):
        return self.dense(inputs)
model = Model()
model.compile("sgd", "mse")
model.fit(x, y, epochs=2, verbose=0)
model.evaluate(x_new, y_new, verbose=0)
model.predict(x_new, verbose=0)
""",
    "loss": """
model = network()
model.compile("sgd", lambda true, predicted: tf.reduce_mean((true - predicted) ** 4))
model.fit(x, y, epochs=2, verbose=0)
model.evaluate(x_new, y_new, verbose=0)
""",
    "dataset": "network().fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(32), epochs=2, verbose=0)",
    "generator": """
def batches():
    while True:
        yield x[:32], y[:32]
network().fit(batches(), steps_per_epoch=2, epochs=2, verbose=0)
""",
    "callback": """
class Watch(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(epoch)
network().fit(x, y, epochs=2, verbose=0, callbacks=[Watch()])
""",
    "not finite": """
model = network()
model.compile(keras.optimizers.SGD(1e6), "mse")
model.fit(x, y, epochs=2, verbose=0)
""",
    "direct": "model = network()\nmodel(x[:3]); model(x[:3], training=True); model.predict_on_batch(x[:3])",
    "batches": "model = network()\nfor _ in range(3): model.train_on_batch(x[:32], y[:32])\nmodel.test_on_batch(x, y)",
    "loop": """
model, optimizer = network(), keras.optimizers.SGD()
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y[:, None]) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
""",
    "thread": """
import threading
model = network()
thread = threading.Thread(target=lambda: model.fit(x, y, epochs=2, verbose=0))
thread.start()
thread.join()
""",
    "wrong": "network().fit(x, y[:3], epochs=2, verbose=0)",
}
FAILS = ["wrong"]


@pytest.fixture
def execute(tmp_path):
    """Execute cells with a real trainer and a store that lives as long as the test."""
    variables = {f"q01_{name}": {"type": "number"} for name in ("history", "more", "test", "sum")}
    limits = {
        "cell_seconds": 120,
        "notebook_seconds": 300,
        "memory_mebibytes": 4096,
        "processes": 512,
        "output_mebibytes": 4,
        "files_mebibytes": 256,
        "evidence_mebibytes": 8,
    }
    run_spec = RunSpec.model_validate({"assignment": "test", "variables": variables, "limits": limits})

    def execute(*sources, mode="replay"):
        cells = tuple(Cell(index, source) for index, source in enumerate((PREPARATION, *sources)))
        job = Job("job", "ana", "ana.ipynb", "0" * 64, "en", cells, mode=mode)
        with Desk(run_spec.limits, OrderStore(tmp_path / "known"), OrderStore(tmp_path / "own"), 1) as desk:
            sandbox = open_sandbox("bubblewrap", run_spec, Path(tmp_path), desk)
            desk.engage(sandbox.start_trainer)
            return sandbox.run(job)

    return execute


def test_first_notebook_is_trained_for_and_the_next_is_answered(execute):
    """A repeated training has bit-identical numbers, also when retrained, and its journal entries are attested."""
    first, second = execute(ORDERED), execute(ORDERED)
    again = execute(ORDERED, mode="train")
    for run in (first, second, again):
        assert (run.verdict, run.detail) == (RunVerdict.COMPLETE, None), run.output_tail
        assert run.values == first.values
        assert [cell.status for cell in run.cells] == ["ok"] * len(run.cells), run.cells
        assert [(entry["attested"], entry["continues"]) for entry in run.trainings] == [(True, None), (True, 1)]
        assert [(entry["attested"], entry["training"]) for entry in run.evaluations] == [(True, 2), (True, 2)]
    assert (first.usage.unknown, first.usage.replayed) == (4, 0)
    assert (second.usage.unknown, second.usage.replayed) == (0, 4)


def test_whatever_is_no_order_breaks_no_protocol(execute):
    """Custom layers, losses, steps, data and callbacks, calls outside `fit`, loops, threads: the notebook completes."""
    run = execute(*OWN.values())
    assert (run.verdict, run.detail) == (RunVerdict.COMPLETE, None), run.output_tail
    failed = [name for name, cell in zip(OWN, run.cells[1:], strict=True) if cell.status != "ok"]
    assert failed == FAILS
    assert {loop["kind"] for loop in run.loops} == {"train_on_batch", "apply_gradients"}
