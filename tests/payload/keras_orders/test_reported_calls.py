import math
import time
from pathlib import Path

import payload_desk
import pytest

pytestmark = pytest.mark.slow

OBSERVATIONS = Path(__file__).with_name("observations.py").read_text(encoding="utf-8")

NOTEBOOK = """
model, x, y, _ = VARIANTS["sequential"]()
model.fit(x, y, epochs=2, batch_size=20, verbose=0, validation_data=held_out, callbacks=following(stepwise))
model.evaluate(x, y, verbose=0)
model.predict(x[:20], verbose=0)
""", """
inputs = keras.Input((6,))
hidden = layers.ReLU()(layers.Dense(4)(inputs))
hidden = layers.add([layers.Dense(4)(hidden), layers.Dense(4)(hidden)])
outputs = layers.Softmax()(layers.Dense(3)(keras.activations.tanh(hidden)))
other = keras.Model(inputs, outputs)
momentum = keras.optimizers.SGD(0.1, momentum=0.8, nesterov=True)
other.compile(optimizer=momentum, loss=keras.losses.CategoricalCrossentropy())
other.fit(rows[:30], np.eye(3)[np.arange(30) % 3], class_weight={0: 2.0}, shuffle=False, verbose=0)
""", """
class Inner(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.evaluate(rows, targets, verbose=0)
        self.model.predict(rows, verbose=0)
        if epoch == 1:
            self.model.stop_training = True
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, activation="relu")
    def call(self, inputs):
        return self.dense(inputs)
own = Own()
falling = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
own.compile(optimizer=keras.optimizers.RMSprop(falling), loss=lambda a, b: keras.ops.mean((a - b) ** 2))
own.fit(tf.data.Dataset.from_tensor_slices((rows, targets)).batch(50), epochs=5, verbose=0, callbacks=Inner())
untrained = sequential()
untrained.compile(loss="mse")
untrained.evaluate(rows, targets, verbose=0)
""", """
model.optimizer.learning_rate = 1e30
model.fit(x, y, epochs=4, verbose=0)
""", """
keras.utils.set_random_seed(9)
try: model.fit(x, y[:3], epochs=1, verbose=0)
except ValueError as error: told = str(error)
try: model.fit(x, y, epoch=1)
except TypeError as error: told_too = str(error)
"""  # fmt: skip


@pytest.fixture(scope="module")
def talk(run_cells):
    """Run a notebook of several trainings, with all of its orders refused."""
    talk = run_cells(OBSERVATIONS, *NOTEBOOK, watched=["told", "told_too"])
    assert [status for status, _ in talk.outcomes] == ["ok"] * 6, talk.output
    return talk


def _reported(talk, operation: str) -> list[dict]:
    return [report for report in talk.of("reported") if report["description"]["operation"] == operation]


def _layers(report: dict) -> list[tuple]:
    """Return class, units and activation of all layers but inputs."""
    network = report["description"]["network"]
    return [
        (one["class"], one["settings"].get("units"), one["settings"].get("activation"))
        for one in network.get("operations", network.get("opaque"))
        if one["class"] != "InputLayer"
    ]


def test_a_refused_order_is_reported_whole(talk):
    """The report of a `fit` has all fields of an order, with the result as reported by the notebook's process."""
    report = _reported(talk, "fit")[0]
    description, result = report["description"], report["result"]
    assert description["notes"] == {"own": ["an order was refused: failed"]}
    assert (description["optimizer"]["class"], description["loss"]["class"]) == ("Adam", "mean_squared_error")
    assert [metric["class"] for metric in description["metrics"]] == ["mean_absolute_error"]
    assert _layers(report) == [("Dense", 5, "relu"), ("Dense", 1, "linear")]
    assert description["rates"] == result["rates"] == pytest.approx([0.01, 0.005])
    assert (description["batch_size"], description["shuffle"], result["epochs_run"]) == (20, True, 2)
    assert sorted(result["history"]) == ["learning_rate", "loss", "mae", "val_loss", "val_mae"]
    assert all(len(numbers) == 2 for numbers in result["history"].values())


def test_data_is_summed_up(talk):
    """Shape, extremes, mean, spread and probes of inputs, targets and validation inputs, by their digests."""
    report = _reported(talk, "fit")[0]
    description, summaries = report["description"], report["summaries"]
    parts = [description["x"], description["y"], description["validation"]["x"]]
    assert [summaries[part[0]]["shape"] for part in parts] == [[50, 6], [50, 1], [20, 6]]
    inputs = summaries[description["x"][0]]
    assert inputs["minimum"] < inputs["mean"] < inputs["maximum"]
    assert inputs["std"] == pytest.approx(1, abs=0.2)
    assert len(set(inputs["probes"])) == 4
    assert _reported(talk, "evaluate")[0]["description"]["x"] == description["x"]


def test_an_unseeded_fit_is_an_order_under_a_seed_of_its_own(talk):
    """Keras would draw a seed for shuffling; another `fit` has another seed."""
    seeds = [report["description"]["seed"] for report in _reported(talk, "fit") if report["description"]["shuffle"]]
    assert len({seed for seed in seeds if seed is not None}) > 1


def test_validation_inside_a_fit_is_no_evaluation(talk):
    """Only the notebook's own calls count, not an `evaluate` inside `fit` or in a callback."""
    assert [sorted(report["result"]["logs"]) for report in _reported(talk, "evaluate")] == [["loss", "mae"], ["loss"]]
    assert len(_reported(talk, "predict")) == 1


def test_weights_tell_what_continues_what(talk):
    """The second training of a network, and its evaluation, start from the digests with which the first one ended."""
    fits = _reported(talk, "fit")
    assert fits[3]["description"]["weights"] == fits[0]["result"]["weights"]
    assert _reported(talk, "evaluate")[0]["description"]["weights"] == fits[0]["result"]["weights"]
    assert fits[1]["description"]["weights"] != fits[0]["result"]["weights"]


def test_what_is_of_the_notebooks_own_is_reported(talk):
    """A subclassed model, a custom loss, a pipeline: no order, but everything observable is reported."""
    weighted, own = _reported(talk, "fit")[1:3]
    assert weighted["description"]["class_weight"] == {"0": 2.0}
    assert weighted["description"]["optimizer"]["settings"]["momentum"] == 0.8
    description = own["description"]
    assert (description["loss"]["class"], description["epochs"]) == ("<lambda> of __main__", 5)
    assert (description["optimizer"]["class"], own["result"]["epochs_run"]) == ("RMSprop", 2)
    assert _layers(own) == [("Dense", 1, "relu")]
    assert description["network"]["opaque"][0]["within"] == "Own"
    assert own["result"]["rates"] == [pytest.approx(0.5), pytest.approx(0.25)]
    assert (description["x"], description["batch_size"], own["summaries"]) == ([], 0, {})


def test_a_diverging_history_is_null_where_it_is_not_finite(talk):
    """NaN and infinity are not valid in JSON; they become null in their place."""
    losses = _reported(talk, "fit")[3]["result"]["history"]["loss"]
    assert len(losses) == 4
    assert losses[-1] is None
    assert all(value is None or math.isfinite(value) for value in losses)


def test_a_wrong_call_gets_the_message_of_keras(talk):
    """A student who calls `fit` wrongly gets Keras's own message, and nothing is reported."""
    assert "cardinality" in talk.values["told"]
    assert "epoch" in talk.values["told_too"]
    assert len(_reported(talk, "fit")) == 4


def test_a_schedule_speaks_once_an_epoch(run_cells, orders):
    """A schedule called in advance for the order is not called again, so one that counts calls sees no difference."""
    talk = run_cells(
        OBSERVATIONS,
        "keras.utils.set_random_seed(3)\nasked = []\n"
        "def counting(epoch, rate):\n    asked.append(epoch)\n    return 0.1 / len(asked)\n"
        "model, x, y, _ = VARIANTS['sequential']()\n"
        "scheduler = keras.callbacks.LearningRateScheduler(counting)\n"
        "model.fit(x, y, epochs=3, verbose=0, callbacks=[scheduler])\nkept = scheduler.schedule is counting",
        watched=["asked", "kept"],
        orders=orders,
    )
    assert talk.values == {"asked": [0, 1, 2], "kept": True}
    assert orders.descriptions[0]["rates"] == pytest.approx([0.1, 0.05, 0.1 / 3])


HASTY = """
def own(expected, obtained):
    return keras.ops.mean(obtained)
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
    def call(self, inputs):
        return self.dense(inputs)
def trained(make, seed=3, epochs=3, after=None, schedulers=1, **options):
    asked = []
    kept = [0.1]
    def counting(epoch, rate):
        asked.append(epoch)
        if epoch == after:
            raise TypeError("no rate")
        kept[0] *= 0.5
        return kept[0]
    keras.utils.set_random_seed(3)
    if seed is None:
        tf.random.set_seed(None)
    model = make()
    model.compile(**{"loss": "mse", **options})
    scheduler = keras.callbacks.LearningRateScheduler(counting)
    try:
        model.fit(rows, targets, epochs=epochs, verbose=0, callbacks=[scheduler] * schedulers)
    except TypeError as error:
        asked.append(str(error))
    return asked
asked = [
    trained(sequential, metrics=[own]), trained(sequential, loss=own), trained(Own), trained(sequential, seed=None),
    trained(sequential, run_eagerly=True), trained(sequential, schedulers=2),
]
raised = trained(sequential, after=1)
"""


@pytest.mark.parametrize("refused", [False, True])
def test_a_schedule_speaks_as_often_where_nothing_can_be_ordered(run_cells, trainer, refused):
    """With custom parts, unseeded or eager, with two schedules or one that raises: as many calls as by Keras."""
    orders = payload_desk.Desk(trainer, refuse="unbuildable" if refused else "")
    talk = run_cells(OBSERVATIONS, HASTY, watched=["asked", "raised"], orders=orders)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 2, talk.output
    assert talk.values["asked"] == [[0, 1, 2]] * 5 + [[0, 0, 1, 1, 2, 2]]
    # After a TypeError Keras calls again without the rate: then the schedule is called wrongly.
    assert talk.values["raised"][:2] == [0, 1]
    assert len(talk.values["raised"]) == 3


GENERATOR = """
keras.utils.set_random_seed(3)
np.random.set_bit_generator(np.random.PCG64(1))
model = sequential()
model.compile(loss="mse")
scheduler = keras.callbacks.LearningRateScheduler(stepwise)
model.fit(rows, targets, epochs=2, verbose=0, callbacks=[scheduler])
model.evaluate(rows, targets, verbose=0)
model.predict(rows, verbose=0)
"""


def test_a_generator_of_another_kind_disturbs_nothing(run_cells, orders):
    """If NumPy uses a generator whose state we cannot read, calls run as usual."""
    talk = run_cells(OBSERVATIONS, GENERATOR, orders=orders)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 2, talk.output
    (report,) = _reported(talk, "fit")
    assert report["result"]["rates"] == pytest.approx([0.01, 0.005])
    assert orders.statuses == ["trained", "trained"]


def test_loading_keras_twice_orders_once(run_cells, orders):
    """`reload`, `del` and `tf.keras` all lead to the same observed methods."""
    talk = run_cells(
        OBSERVATIONS,
        "import importlib, sys\nimportlib.reload(keras)\ndel keras\nimport keras\n"
        "model = tf.keras.Sequential([tf.keras.Input((6,)), tf.keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\nmodel.fit(rows, targets, verbose=0)",
        "del sys.modules['keras.src.trainers.data_adapters.array_data_adapter']\nmodel.fit(rows, targets, verbose=0)",
        orders=orders,
    )
    assert [status for status, _ in talk.outcomes] == ["ok"] * 3, talk.output
    assert orders.statuses == ["trained"] * 2


def test_data_sets_come_from_this_machine(run_cells, tmp_path):
    """Files under `KERAS_HOME` are served whatever their hash; a missing data set leads to a one-line error."""
    talk = run_cells(
        "import numpy as np, keras, os\n"
        "os.makedirs(os.environ['KERAS_HOME'] + '/datasets')\n"
        "np.savez(os.environ['KERAS_HOME'] + '/datasets/boston_housing.npz', x=np.ones((10, 13)), y=np.arange(10.))\n"
        "(x, y), (test_x, test_y) = keras.datasets.boston_housing.load_data()\nshapes = [x.shape, test_x.shape]",
        "keras.datasets.mnist.load_data()",
        watched=["shapes"],
        environment={"KERAS_HOME": str(tmp_path / "keras")},
    )
    assert talk.values == {"shapes": [[8, 13], [2, 13]]}
    assert talk.outcomes[1][1].startswith(
        "FileNotFoundError: datasets/mnist.npz is not among this assignment's data sets"
    )


BLOCKS = """
class Block(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.parts = [layers.Dense(units, kernel_regularizer="l2"), layers.ReLU()]
    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return inputs
pair = keras.Sequential([layers.Dense(4), layers.ReLU()])
network = keras.Sequential([keras.Input((6,)), pair, Block(3), layers.Dense(1, activation=tf.nn.softmax)])
network.compile(loss="mse")
network.fit(rows, targets, verbose=0, validation_split=0.25, sample_weight=np.ones(len(rows)), initial_epoch=0)
pipeline = tf.data.Dataset.from_tensor_slices((rows, targets)).batch(10)
network.fit(pipeline, validation_data=pipeline, steps_per_epoch=2, verbose=0)
"""


def test_what_is_nested_is_seen(run_cells):
    """Nested models are described by their layers, custom blocks list their layers, options of `fit` are listed."""
    talk = run_cells(OBSERVATIONS, BLOCKS)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 2, talk.output
    first, second = _reported(talk, "fit")
    assert _layers(first) == [
        ("Dense", 4, "linear"),
        ("ReLU", None, None),
        ("Dense", 3, "linear"),
        ("ReLU", None, None),
        ("Dense", 1, "softmax"),
    ]
    opaque = first["description"]["network"]["opaque"]
    assert [layer.get("within") for layer in opaque] == [None, None, "Block", "Block", None]
    assert [layer["settings"].get("kernel_regularizer") for layer in opaque] == [None, None, "L2", None, None]
    assert (first["description"]["batch_size"], second["description"]["batch_size"]) == (32, 0)
    assert first["description"]["validation_split"] == 0.25
    assert len(first["description"]["sample_weight"]) == 64
    assert second["description"]["steps_per_epoch"] == 2
    assert (second["description"]["x"], second["description"]["validation"]["x"]) == ([], [])


CHEATING = """
class Editor(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["loss"] = 0.5
        logs["added"] = float(epoch)
    def on_train_end(self, logs=None):
        self.model.history.epoch = list(range(50))
        self.model.history.history = {name: [0.25] * 50 for name in self.model.history.history}
model = sequential()
model.compile(loss="mse")
told = len(model.fit(rows, targets, epochs=2, verbose=0, callbacks=[Editor()]).history["loss"])
""", """
class Pretender(keras.Sequential):
    def train_step(self, data):
        return {"loss": 0.5}
def mean_squared_error(expected, obtained):
    return keras.ops.mean(obtained) * 0
pretender = Pretender([keras.Input((6,)), layers.Dense(1)])
pretender.compile(loss="mse")
pretender.fit(rows, targets, verbose=0)
model.compile(loss=mean_squared_error)
model.fit(rows, targets, verbose=0)
"""  # fmt: skip


def test_what_a_notebook_invents_is_not_reported_as_trained(run_cells, orders):
    """A history edited in a callback is reported as observed; a custom loss or step is named as such."""
    talk = run_cells(OBSERVATIONS, *CHEATING, watched=["told"], orders=orders)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 3, talk.output
    # The notebook sees its own invention; what was trained is what was ordered.
    assert talk.values["told"] == 50
    assert orders.statuses == ["trained"]
    pretended, named_alike = _reported(talk, "fit")
    assert pretended["description"]["loss"]["class"] == "train_step of Pretender"
    assert named_alike["description"]["loss"]["class"] == "mean_squared_error of __main__"


FORGED = """
def forged(thing, place):
    thing.__module__ = place
    return thing
class Pretender(keras.Sequential):
    def train_step(self, data):
        return {"loss": 0.5}
forged(Pretender.train_step, "keras.src.models")
pretender = Pretender([keras.Input((6,)), layers.Dense(1)])
pretender.compile(loss="mse")
pretender.fit(rows, targets, verbose=0)
replaced = sequential()
replaced.train_step = forged(lambda data: {"loss": 0.5}, "keras.src.models")
replaced.compile(loss="mse")
replaced.fit(rows, targets, verbose=0)
""", """
class Adam(keras.optimizers.SGD):
    pass
class Dense(layers.Dense):
    pass
class Keen(keras.metrics.Metric):
    def update_state(self, *_, **__):
        pass
    def result(self):
        return 3.4
def relu(inputs):
    return inputs
def mean_squared_error(expected, obtained):
    return keras.ops.mean(obtained) * 0
network = keras.Sequential([keras.Input((6,)), Dense(4), layers.Dense(2, activation=relu), layers.Dense(1)])
loss = forged(mean_squared_error, "keras.src.losses.losses")
network.compile(optimizer=Adam(), loss=loss, metrics=[Keen(name="mae"), "mse"])
network.fit(rows, targets, verbose=0)
""", """
network = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation=tf.nn.relu), layers.Dense(1)])
losses = keras.losses
network.compile(optimizer="adam", loss=losses.MeanSquaredError(), metrics=["mae", losses.mean_squared_error])
network.fit(rows, targets, verbose=0)
"""  # fmt: skip


def test_names_that_a_notebook_wrote_are_not_believed(run_cells, orders):
    """A class that pretends to be Keras's, by name or module, is recognised; Keras's own can be ordered."""
    talk = run_cells(OBSERVATIONS, *FORGED, orders=orders)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 4, talk.output
    pretended, replaced, alike = [report["description"] for report in _reported(talk, "fit")]
    assert [one["loss"]["class"] for one in (pretended, replaced)] == [
        "train_step of Pretender",
        "train_step of Sequential",
    ]
    assert alike["optimizer"]["class"] == "Adam of __main__"
    assert alike["loss"]["class"] == "mean_squared_error of the notebook"
    assert [(metric["name"], metric["class"]) for metric in alike["metrics"]] == [
        ("mae", "Keen of __main__"),
        ("mse", "mean_squared_error"),
    ]
    assert [one["class"] for one in alike["network"]["opaque"]] == ["Dense of __main__", "Dense", "Dense"]
    assert alike["network"]["opaque"][1]["settings"]["activation"] == "relu of __main__"
    assert orders.statuses == ["trained"]
    assert orders.descriptions[0]["network"]["operations"][1]["settings"]["activation"] == "tf.nn:relu"


DIRECT = (
    """
keras.utils.set_random_seed(4)
model, x, y, _ = VARIANTS["sequential"]()
x, y = x.astype("float32"), y.astype("float32")
for _ in range(3): model(x)
model(tf.constant(x[:5]), training=False)
model.predict_on_batch(x)
model.test_on_batch(x, y)
symbolic = model(keras.Input((6,)))
compiled = tf.function(model)(x)
model(x, training=True)
""",
    """
for _ in range(4): model.train_on_batch(x, y)
optimizer = keras.optimizers.SGD()
for _ in range(3):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x) - y) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
model.fit(x, y, verbose=0)
""",
    """
nothing = 1
""",
)


def test_a_network_that_is_called_directly_is_seen(run_cells, orders):
    """A network called on arrays predicts: one report per network and input, but none in graphs, trainings or tapes.

    `test_on_batch` is the evaluation of one batch, and ordered as such.
    """
    talk = run_cells(OBSERVATIONS, *DIRECT, orders=orders)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 4, talk.output
    reports = _reported(talk, "predict")
    assert [report["summaries"][report["description"]["x"][0]]["shape"] for report in reports] == [[50, 6], [5, 6]]
    assert all(report["description"]["weights"] == orders.descriptions[0]["weights"] for report in reports)
    first = orders.descriptions[0]
    assert (first["operation"], first["batch_size"]) == ("evaluate", 50)
    assert orders.statuses == ["trained"] * 2
    assert not _reported(talk, "evaluate")


def test_loops_of_a_notebook_are_counted(run_cells):
    """Steps outside `fit` are reported once per cell and kind, when the cell ends; those inside are not."""
    talk = run_cells(OBSERVATIONS, *DIRECT)
    loops = [(message["kind"], message["steps"]) for message in talk.of("loop")]
    assert loops == [("apply_gradients", 3), ("train_on_batch", 4)]
    kinds = [message["type"] for message in talk.messages]
    assert kinds.index("loop") < len(kinds) - 4


STEPS = """
keras.utils.set_random_seed(5)
model, x, y, _ = VARIANTS["sequential"]()
start = model.get_weights()
history = []
for epoch in range(3):
    history += model.fit(x, y, epochs=1, verbose=0).history["loss"]
model.set_weights(start)
model.compile("sgd", "mse")
model.fit(x, y, epochs=2, verbose=0)
"""


def test_steps_of_one_epoch_and_weights_put_back_are_told_by_content(run_cells, orders):
    """Each `fit` of one epoch is an order that starts where the last one ended; restored weights start anew."""
    talk = run_cells(OBSERVATIONS, STEPS, orders=orders)
    assert talk.outcomes == [("ok", "")] * 2, talk.output
    assert orders.statuses == ["trained"] * 4
    one, two, three, again = orders.descriptions
    results = [orders.known[payload_desk.order_hash(each)][0][1] for each in (one, two)]
    for before, after in zip(results, (two, three), strict=True):
        assert after["weights"] == before["weights"]
        assert after["optimizer_state"] == before["optimizer_state"]
    assert again["weights"] == one["weights"]


def test_arrays_travel_once(run_cells, orders):
    """Arrays that the desk has are named, not sent: data and last weights pass through the pipe once."""
    talk = run_cells(OBSERVATIONS, STEPS, orders=orders)
    sent = [message["sha256"] for message in talk.of("array")]
    assert len(sent) == len(set(sent))
    assert sent.count(orders.descriptions[0]["x"][0]) == 1


def test_a_limit_ends_the_cell_like_a_timeout(run_cells):
    """A notebook that may place no more orders does not train itself: its cell ends, and the next one runs."""
    orders = payload_desk.Desk(None, refuse="limit")
    talk = run_cells(
        OBSERVATIONS, "model = sequential()\nmodel.predict(rows)", "after = 1", watched=["after"], orders=orders
    )
    assert talk.outcomes[1][0] == "timeout"
    assert talk.details[1]["code"] == "cell.trainings"
    assert talk.values == {"after": 1}


class _SlowDesk(payload_desk.Desk):
    def take(self, message, pipe):
        if message["type"] == "order":
            time.sleep(6)
        super().take(message, pipe)


def test_the_clock_stands_still_while_a_notebook_waits(run_cells, trainer):
    """A long wait for an answer is not a time-out of the cell; the cell's own time still ends it afterwards."""
    talk = run_cells(
        OBSERVATIONS,
        "model = sequential()\nmodel.predict(rows, verbose=0)\nreached = True\nwhile True: pass",
        watched=["reached"],
        orders=_SlowDesk(trainer),
        cell_seconds=20,
    )
    assert [status for status, _ in talk.outcomes] == ["ok", "timeout"]
    assert talk.values == {"reached": True}
    assert talk.of("cell")[-1]["seconds"] > 25


THREADS = """
import threading
keras.utils.set_random_seed(5)
networks = [sequential() for _ in range(4)]
def train(network):
    network.compile("adam", "mse")
    network.fit(rows, targets, epochs=2, verbose=0)
threads = [threading.Thread(target=train, args=(network,)) for network in networks]
for thread in threads: thread.start()
for thread in threads: thread.join()
import signal
seconds_left = signal.getitimer(signal.ITIMER_REAL)[0]
"""


def test_trainings_in_threads_are_all_ordered(run_cells, orders):
    """A call in one thread does not hide other threads' calls, and the cell's clock continues afterwards."""
    talk = run_cells(OBSERVATIONS, THREADS, orders=orders, watched=["seconds_left"])
    assert talk.outcomes == [("ok", "")] * 2, talk.output
    assert orders.statuses == ["trained"] * 4
    assert talk.values["seconds_left"] > 0
    assert talk.of("reported") == []


BROKEN_OFF = """
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1: raise KeyboardInterrupt
keras.utils.set_random_seed(5)
model = sequential()
model.compile("adam", "mse")
try: model.fit(rows, targets, epochs=5, verbose=0, callbacks=[Stop()])
except KeyboardInterrupt: pass
weighted = model.fit(rows, targets, sample_weight=np.ones(50), class_weight=None, verbose=0, callbacks=[Stop()])
model(inputs=rows)
"""


def test_a_training_that_broke_off_is_reported_with_its_epochs(run_cells):
    """An interrupt in a callback keeps what was learned; sample weights are summarised as well."""
    talk = run_cells(OBSERVATIONS, BROKEN_OFF)
    broken, whole = _reported(talk, "fit")
    assert (broken["result"]["epochs_run"], len(broken["result"]["history"]["loss"])) == (2, 2)
    assert len(broken["result"]["rates"]) == 2
    assert whole["description"]["weights"] == broken["result"]["weights"]
    ones = whole["summaries"][whole["description"]["sample_weight"]]
    assert (ones["minimum"], ones["maximum"]) == (1, 1)


def test_a_network_that_is_called_by_keyword_is_seen(run_cells):
    """`model(inputs=x)` is observed like `model(x)`."""
    talk = run_cells(OBSERVATIONS, BROKEN_OFF)
    shapes = [report["summaries"][report["description"]["x"][0]]["shape"] for report in _reported(talk, "predict")]
    assert shapes == [[50, 6]]


FORKING = """
import os
def evaluated():
    keras.utils.set_random_seed(1)
    model = sequential()
    model.compile("sgd", "mse")
    return model.evaluate(rows, targets, verbose=0)
child = os.fork()
if child == 0:
    # A later child would lack TensorFlow's threads.
    os._exit(int(evaluated() < 0))
status = os.waitpid(child, 0)[1]
loss = evaluated()
"""


def test_a_forked_child_orders_nothing(run_cells, orders):
    """A child of the notebook evaluates by itself, and the notebook's own order is not affected."""
    talk = run_cells(OBSERVATIONS, FORKING, watched=["status"], orders=orders)
    assert talk.outcomes == [("ok", "")] * 2, talk.output
    assert talk.values == {"status": 0}
    assert orders.statuses == ["trained"]
    assert not talk.of("reported")
