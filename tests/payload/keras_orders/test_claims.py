import math
from pathlib import Path

import pytest

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
    """Run one notebook of several trainings."""
    talk = run_cells(OBSERVATIONS, *NOTEBOOK, watched=["told", "told_too"])
    assert [status for status, _ in talk.outcomes] == ["ok"] * 6, talk.output
    return talk


def _layers(training: dict) -> list[tuple]:
    return [
        (layer["kind"], layer["settings"].get("units"), layer["settings"].get("activation"))
        for layer in training["layers"]
    ]


def test_a_training_is_journalled_whole(talk):
    """Recipe, data, rates and results of a `fit` are there, in the words that the rubric uses."""
    training = talk.of("training")[0]
    assert {
        key: training[key] for key in ("number", "cell", "parameters", "optimizer", "loss", "metrics", "epochs")
    } == {
        "number": 1,
        "cell": 1,
        "parameters": 41,
        "optimizer": "Adam",
        "loss": "mean_squared_error",
        "metrics": ["loss", "mae", "learning_rate"],
        "epochs": 2,
    }
    assert _layers(training) == [("Dense", 5, "relu"), ("Dense", 1, "linear")]
    assert training["rates"] == pytest.approx([0.01, 0.005])
    assert (training["batch_size"], training["shuffle"], training["seed"], training["replayed"]) == (
        20,
        True,
        None,
        False,
    )
    assert training["optimizer_settings"]["beta_1"] == 0.9
    assert sorted(training["history"]) == ["learning_rate", "loss", "mae", "val_loss", "val_mae"]
    assert all(len(numbers) == 2 for numbers in training["history"].values())
    assert training["seconds"] > 0


def test_data_is_summed_up(talk):
    """Shape, extremes, mean, spread and probes of inputs, targets and validation inputs."""
    training = talk.of("training")[0]
    assert [training[part]["shape"] for part in ("inputs", "targets", "validation")] == [[50, 6], [50, 1], [20, 6]]
    inputs = training["inputs"]
    assert inputs["minimum"] < inputs["mean"] < inputs["maximum"]
    assert inputs["std"] == pytest.approx(1, abs=0.2)
    assert len(set(inputs["probes"])) == 4
    assert talk.of("evaluation")[0]["inputs"] == inputs


def test_validation_inside_a_fit_is_no_evaluation(talk):
    """Only what the notebook itself called counts: an `evaluate` inside `fit`, or in a callback, does not."""
    assert [(frame["cell"], frame["training"]) for frame in talk.of("evaluation")] == [(1, 1), (1, 1), (3, None)]
    assert list(talk.of("evaluation")[0]["results"]) == ["loss", "mae"]


def test_a_prediction_is_an_evaluation_without_results(talk):
    """It says which inputs the network predicted; what the notebook computes of it is not seen."""
    prediction = talk.of("evaluation")[1]
    assert (prediction["results"], prediction["inputs"]["shape"]) == ({}, [20, 6])


def test_a_network_that_is_trained_on_says_so(talk):
    """The second training of a network names its first; a new network names none."""
    assert [training["continues"] for training in talk.of("training")] == [None, None, None, 1]


def test_questions_differ(talk):
    """A training and an evaluation ask under fingerprints of their own."""
    assert talk.of("ask")[0]["fingerprint"] != talk.of("ask")[1]["fingerprint"]


def test_an_activation_of_its_own_reads_as_part_of_its_layer(talk):
    """Fused across a single link, never across a layer that has other readers or adds several."""
    assert _layers(talk.of("training")[1]) == [
        ("Dense", 4, "relu"),
        ("Dense", 4, "linear"),
        ("Dense", 4, "linear"),
        ("Add", None, None),
        ("Tanh", None, None),
        ("Dense", 3, "softmax"),
    ]


def test_what_cannot_be_replayed_is_journalled_too(talk):
    """Class weights, a subclassed model, a loss of the notebook's, a data set: no fingerprint, but a journal."""
    weighted, own = talk.of("training")[1:3]
    assert (weighted["loss"], weighted["shuffle"], weighted["rates"]) == (
        "categorical_crossentropy",
        False,
        [pytest.approx(0.1)],
    )
    assert weighted["optimizer_settings"]["momentum"] == 0.8
    assert (own["loss"], own["epochs"], own["parameters"]) == ("<lambda> of __main__", 2, 7)
    assert _layers(own) == [("Dense", 1, "relu")]
    assert own["rates"] == [pytest.approx(0.5), pytest.approx(0.25)]
    assert own["inputs"]["shape"] == []


def test_a_diverging_history_is_null_where_it_is_not_finite(talk):
    """NaN and infinity have no place in JSON; the place stays, the number goes."""
    losses = talk.of("training")[3]["history"]["loss"]
    assert len(losses) == 4
    assert losses[-1] is None
    assert all(value is None or math.isfinite(value) for value in losses)


def test_a_wrong_call_gets_the_message_of_keras(talk):
    """A student who calls `fit` wrongly reads what Keras says, and nothing is journalled."""
    assert "cardinality" in talk.values["told"]
    assert "epoch" in talk.values["told_too"]
    assert len(talk.of("training")) == 4


def test_a_schedule_speaks_once_an_epoch(run_cells):
    """Asked ahead for the fingerprint, it is not asked again by `fit`: a schedule that counts sees no difference."""
    talk = run_cells(
        OBSERVATIONS,
        "keras.utils.set_random_seed(3)\nasked = []\n"
        "def counting(epoch, rate):\n    asked.append(epoch)\n    return 0.1 / len(asked)\n"
        "model, x, y, _ = VARIANTS['sequential']()\n"
        "scheduler = keras.callbacks.LearningRateScheduler(counting)\n"
        "model.fit(x, y, epochs=3, verbose=0, callbacks=[scheduler])\nkept = scheduler.schedule is counting",
        watched=["asked", "kept"],
    )
    assert talk.values == {"asked": [0, 1, 2], "kept": True}
    assert talk.of("training")[0]["rates"] == pytest.approx([0.1, 0.05, 0.1 / 3])


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


@pytest.mark.parametrize("mode", ["replay", "train"])
def test_a_schedule_speaks_as_often_where_nothing_can_be_replayed(run_cells, mode):
    """With an own metric, loss or model, unseeded or eagerly, with two schedules or one that raises: as by Keras."""
    talk = run_cells(OBSERVATIONS, HASTY, watched=["asked", "raised"], mode=mode)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 2, talk.output
    assert talk.values["asked"] == [[0, 1, 2]] * 5 + [[0, 0, 1, 1, 2, 2]]
    # Keras asks anew, without the rate, what raised a TypeError: the schedule is then called wrongly.
    assert talk.values["raised"][:2] == [0, 1]
    assert len(talk.values["raised"]) == 3
    *once, twice = [training["rates"] for training in talk.of("training")]
    assert once == [pytest.approx([0.05, 0.025, 0.0125])] * 5
    assert twice == pytest.approx([0.025, 0.00625, 0.0015625])


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


@pytest.mark.parametrize("mode", ["replay", "record"])
def test_a_generator_of_another_kind_disturbs_nothing(run_cells, mode):
    """Where NumPy draws from a generator whose state we cannot take, calls run and are journalled as ever."""
    talk = run_cells(OBSERVATIONS, GENERATOR, mode=mode)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 2, talk.output
    assert [training["rates"] for training in talk.of("training")] == [pytest.approx([0.01, 0.005])]
    assert len(talk.of("evaluation")) == 2
    assert not talk.of("record")


def test_loading_keras_twice_journals_once(run_cells):
    """`reload`, `del` and `tf.keras` all lead to the same observed methods."""
    talk = run_cells(
        OBSERVATIONS,
        "import importlib, sys\nimportlib.reload(keras)\ndel keras\nimport keras\n"
        "model = tf.keras.Sequential([tf.keras.Input((6,)), tf.keras.layers.Dense(1)])\n"
        "model.compile(loss='mse')\nmodel.fit(rows, targets, verbose=0)",
        "del sys.modules['keras.src.trainers.data_adapters.array_data_adapter']\nmodel.fit(rows, targets, verbose=0)",
    )
    assert [status for status, _ in talk.outcomes] == ["ok"] * 3, talk.output
    assert len(talk.of("training")) == 2


def test_data_sets_come_from_this_machine(run_cells, tmp_path):
    """Files under `KERAS_HOME` are served whatever their hash; a data set that is not there says so in one line."""
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


def test_what_is_nested_or_asked_of_fit_is_journalled(run_cells):
    """A model within a model is read through; a block of one's own shows its layers; options of `fit` are named."""
    talk = run_cells(OBSERVATIONS, BLOCKS)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 2, talk.output
    first, second = talk.of("training")
    assert _layers(first) == [
        ("Dense", 4, "relu"),
        ("Dense", 3, "linear"),
        ("ReLU", None, None),
        ("Dense", 1, "softmax"),
    ]
    assert [layer["settings"].get("within") for layer in first["layers"]] == [None, "Block", "Block", None]
    assert [layer["settings"].get("kernel_regularizer") for layer in first["layers"]] == [None, "L2", None, None]
    assert (first["options"], first["batch_size"]) == (["validation_split=0.25", "sample_weight"], 32)
    assert (second["options"], second["batch_size"]) == (["steps_per_epoch=2"], 0)
    assert [second[part]["shape"] for part in ("inputs", "validation")] == [[], []]


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


def test_what_a_notebook_invents_is_not_journalled_as_trained(run_cells):
    """A history edited in a callback is journalled as it was seen; an own loss or an own step is named as such."""
    talk = run_cells(OBSERVATIONS, *CHEATING, watched=["told"])
    assert [status for status, _ in talk.outcomes] == ["ok"] * 3, talk.output
    edited, pretended, named_alike = talk.of("training")
    # The notebook has what it made up; the journal has what was trained.
    assert talk.values["told"] == 50
    assert edited["epochs"] == len(edited["rates"]) == len(edited["history"]["loss"]) == 2
    assert not {0.25, 0.5} & set(edited["history"]["loss"])
    assert edited["history"]["added"] == [0.25, 0.25]
    assert pretended["loss"] == "train_step of Pretender"
    assert named_alike["loss"] == "mean_squared_error of __main__"


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


def test_names_that_a_notebook_wrote_are_not_believed(run_cells):
    """What calls itself Keras's, by its name or its module, is told from it; Keras's own goes by its plain name."""
    talk = run_cells(OBSERVATIONS, *FORGED)
    assert [status for status, _ in talk.outcomes] == ["ok"] * 4, talk.output
    pretended, replaced, alike, own = talk.of("training")
    assert (pretended["loss"], replaced["loss"]) == ("train_step of Pretender", "train_step of Sequential")
    assert (alike["optimizer"], alike["loss"]) == ("Adam of __main__", "mean_squared_error of the notebook")
    assert sorted(alike["metrics"]) == ["loss", "mae: Keen of __main__", "mse"]
    assert _layers(alike) == [
        ("Dense of __main__", 4, "linear"),
        ("Dense", 2, "relu of __main__"),
        ("Dense", 1, "linear"),
    ]
    assert (own["optimizer"], own["loss"]) == ("Adam", "mean_squared_error")
    assert sorted(own["metrics"]) == ["loss", "mae", "mean_squared_error"]
    assert _layers(own) == [("Dense", 4, "relu"), ("Dense", 1, "linear")]
