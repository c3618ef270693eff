from pathlib import Path

import pytest

OBSERVATIONS = Path(__file__).with_name("observations.py").read_text(encoding="utf-8")

# In the payload's own process: its modules are there under a private name.
TAKE = """
import inspect, sys
calls = sys.modules["_autograder_payload.keras_calls.calls"]
plans = sys.modules["_autograder_payload.keras_calls.plans"]
L, M, O = keras.losses, keras.metrics, keras.optimizers
falling = O.schedules.ExponentialDecay(0.001, 10, 0.9)

def fingerprint(make=sequential, optimizer=None, loss="mse", metrics=("mae",), x=rows, y=targets, seed=3, weights=None,
                prepare=lambda model: None, compile_options={}, **options):
    keras.utils.set_random_seed(seed)
    model = make()
    model.compile(optimizer or O.Adam(), loss=loss, metrics=list(metrics), **compile_options)
    prepare(model)
    bound = inspect.signature(type(model).fit).bind(model, x, y, **options)
    bound.apply_defaults()
    try:
        return plans.FitPlan.make(calls.read_fit(bound)).fingerprint or "no: the schedule has spoken in vain"
    except calls.NotReplayableError as reason:
        return f"no: {reason}"

def stack(*stacked):
    return lambda: keras.Sequential([keras.Input((6,)), *stacked])

def chained():
    inputs = keras.Input((6,), name="other")
    first = layers.Dense(5, activation=keras.activations.relu, name="mine")
    return keras.Model(inputs, layers.Dense(1)(first(inputs)))

def doubled():
    inputs = keras.Input((6,)); layer = layers.Dense(6)
    return keras.Model(inputs, layers.Dense(1)(layer(layer(inputs))))

def nested():
    return keras.Sequential([keras.Input((6,)), sequential(), layers.Dense(1)])

class Own(layers.Dense): pass
class OwnLoss(L.MeanSquaredError): pass
class OwnAdam(O.Adam): pass
class OwnModel(keras.Model):
    def __init__(self): super().__init__(); self.d = layers.Dense(1)
    def call(self, x): return self.d(x)
class Stopping(keras.callbacks.LearningRateScheduler): pass

def relu(x): return x * 2
def mean_squared_error(a, b): return a - b
def joined(axis):
    def make():
        inputs = keras.Input((6,)); a = layers.Dense(5)(inputs)
        return keras.Model(inputs, layers.Dense(1)(keras.ops.concatenate([a, inputs], axis=axis)))
    return make
def warmed(model): model.fit(rows, targets, epochs=1, verbose=0)
def rated(model): model.optimizer.learning_rate = 0.5
def frozen(model): model.layers[0].trainable = False
def patched(model): model.train_step = lambda data: {}
"""

SAME = {
    "again": "fingerprint()",
    "the functional style": "fingerprint(chained)",
    "an optimizer by name": "fingerprint(optimizer='adam')",
    "an optimizer of another name": "fingerprint(optimizer=O.Adam(name='mine'))",
    "a loss by its long name": "fingerprint(loss='mean_squared_error')",
    "a loss by its class": "fingerprint(loss=L.MeanSquaredError(name='mine'))",
    "a loss by its function": "fingerprint(loss=L.mean_squared_error)",
    "a metric by its class": "fingerprint(metrics=[M.MeanAbsoluteError(name='mae')])",
    "32-bit data": "fingerprint(x=rows.astype('float32'))",
    "data in a tensor": "fingerprint(x=tf.constant(rows, 'float32'))",
    "the default batch size": "fingerprint(batch_size=32)",
    "another verbosity": "fingerprint(verbose=2)",
    "an empty list of callbacks": "fingerprint(callbacks=[])",
}
DIFFERENT = {
    "other weights": "fingerprint(seed=4)",
    "another activation": "fingerprint(stack(layers.Dense(5, 'tanh'), layers.Dense(1)))",
    "another rate": "fingerprint(optimizer=O.Adam(0.01))",
    "another rate set later": "fingerprint(prepare=rated)",
    "a moment": "fingerprint(optimizer=O.Adam(beta_1=0.8))",
    "another optimizer": "fingerprint(optimizer='sgd')",
    "a rate that decays": "fingerprint(optimizer=O.Adam(falling))",
    "another loss": "fingerprint(loss='mae')",
    "another reduction": "fingerprint(loss=L.MeanSquaredError(reduction='sum'))",
    "no metric": "fingerprint(metrics=[])",
    "a metric of another name": "fingerprint(metrics=['mean_absolute_error'])",
    "data a little off": "fingerprint(x=rows + 1e-6)",
    "fewer rows": "fingerprint(x=rows[:49], y=targets[:49])",
    "other targets": "fingerprint(y=targets + 1)",
    "another batch size": "fingerprint(batch_size=16)",
    "more epochs": "fingerprint(epochs=2)",
    "no shuffling": "fingerprint(shuffle=False)",
    "validation": "fingerprint(validation_data=held_out)",
    "validation in other batches": "fingerprint(validation_data=held_out, validation_batch_size=4)",
    "a schedule": "fingerprint(callbacks=following(lambda epoch, rate: 0.5))",
    "another schedule": "fingerprint(callbacks=following(lambda epoch, rate: 0.25))",
    "a frozen layer": "fingerprint(prepare=frozen)",
    "a trained network": "fingerprint(prepare=warmed)",
    "an operation": "fingerprint(joined(-1))",
    "a penalty": "fingerprint(stack(layers.Dense(5, 'relu', kernel_regularizer='l2'), layers.Dense(1)))",
}
REFUSED = {
    "a layer of the notebook": "fingerprint(stack(Own(1)))",
    "a model of the notebook": "fingerprint(OwnModel)",
    "a loss of the notebook": "fingerprint(loss=OwnLoss())",
    "a loss function of the notebook": "fingerprint(loss=mean_squared_error)",
    "a metric function of the notebook": "fingerprint(metrics=[mean_squared_error])",
    "an optimizer of the notebook": "fingerprint(optimizer=OwnAdam())",
    "a callback of the notebook": "fingerprint(callbacks=[Stopping(lambda epoch: 0.1)])",
    "early stopping": "fingerprint(callbacks=keras.callbacks.EarlyStopping())",
    "an activation that is called relu": "fingerprint(stack(layers.Dense(1, relu)))",
    "a replaced step": "fingerprint(prepare=patched)",
    "a layer used twice": "fingerprint(doubled)",
    "a model inside": "fingerprint(nested)",
    "two losses": "fingerprint(compile_options={'loss_weights': [1.0]})",
    "weighted metrics": "fingerprint(compile_options={'weighted_metrics': ['mae']})",
    "eager steps": "fingerprint(compile_options={'run_eagerly': True})",
    "several steps at once": "fingerprint(compile_options={'steps_per_execution': 2})",
    "a split": "fingerprint(validation_split=0.1)",
    "weights of classes": "fingerprint(class_weight={0: 1.0})",
    "weights of rows": "fingerprint(sample_weight=np.ones(50))",
    "a late start": "fingerprint(epochs=2, initial_epoch=1)",
    "steps": "fingerprint(steps_per_epoch=1)",
    "validation now and then": "fingerprint(validation_data=held_out, validation_freq=2)",
    "a data set of TensorFlow": "fingerprint(x=tf.data.Dataset.from_tensor_slices(rows).batch(8), y=None)",
    "a data frame": "fingerprint(x=__import__('pandas').DataFrame(rows))",
    "a schedule that raises": "fingerprint(callbacks=following(lambda epoch, rate: 1 / 0))",
    "a schedule that says no float": "fingerprint(callbacks=following(lambda epoch, rate: 'fast'))",
    "a schedule for a decaying rate": "fingerprint(optimizer=O.Adam(falling), callbacks=following(decaying))",
    "no epochs": "fingerprint(epochs=0)",
}


@pytest.fixture(scope="module")
def fingerprints(run_cells):
    """Take all fingerprints in one process: importing Keras is what takes the time."""
    everything = {"reference": "fingerprint()", **SAME, **DIFFERENT, **REFUSED}
    take = "taken = {}\n" + "\n".join(f"taken[{name!r}] = {text}" for name, text in everything.items())
    talk = run_cells(OBSERVATIONS, TAKE, take, watched=["taken"])
    assert talk.outcomes == [("ok", "")] * 3, talk.output
    return talk.values["taken"]


@pytest.mark.parametrize("name", SAME)
def test_what_has_no_influence_is_left_out(fingerprints, name):
    """The same training has the same fingerprint, in whatever way it was written down."""
    assert fingerprints[name] == fingerprints["reference"]


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_decides_the_result_is_in(fingerprints, name):
    """Each difference that can change a number gives a fingerprint of its own."""
    assert len(fingerprints[name]) == 64, fingerprints[name]
    assert [other for other, taken in fingerprints.items() if taken == fingerprints[name]] == [name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_fingerprint_can_hold_is_trained(fingerprints, name):
    """Code of the notebook inside a training, or a way of training that we don't model, is never replayed."""
    assert fingerprints[name].startswith("no: ")


@pytest.fixture(scope="module")
def operations(run_cells):
    """Fingerprint two graphs that differ in an operation's setting alone."""
    talk = run_cells(
        OBSERVATIONS,
        TAKE + "def rolled(shift):\n"
        "    def make():\n"
        "        inputs = keras.Input((6,))\n"
        "        return keras.Model(inputs, layers.Dense(1)(keras.ops.roll(layers.Dense(5)(inputs), shift, axis=1)))\n"
        "    return make",
        "taken = [fingerprint(rolled(shift)) for shift in (1, 1, 2)]",
        watched=["taken"],
    )
    return talk.values["taken"]


def test_settings_of_plain_operations_count(operations):
    """`keras.ops` inside a functional model: Keras's configuration hides their settings, the fingerprint doesn't."""
    assert operations[0] == operations[1] != operations[2]


def test_a_network_and_its_twin_train_alike(run_cells):
    """A `Sequential` and its functional twin, which share a fingerprint, really train to the same bits."""
    talk = run_cells(
        OBSERVATIONS,
        TAKE,
        "seen = []\n"
        "for make in (sequential, chained):\n"
        "    keras.utils.set_random_seed(3)\n"
        "    model = make()\n"
        "    model.compile(optimizer='adam', loss='mse', metrics=['mae'])\n"
        "    history = model.fit(rows, targets, epochs=3, verbose=0, validation_data=held_out)\n"
        "    seen.append([repr(history.history), *state(model)])",
        watched=["seen"],
        mode="train",
    )
    assert talk.values["seen"][0] == talk.values["seen"][1]


def test_taking_a_fingerprint_moves_no_generator(run_cells):
    """Building a model ahead of `fit`, and asking a schedule that draws numbers, leaves the generators as they were."""
    talk = run_cells(
        OBSERVATIONS,
        TAKE,
        "seen = []\n"
        "def noted(model): seen.append(generators())\n"
        "def generators(): return repr([random.getstate(), np.random.get_state(), tf_rng().getstate()])\n"
        "def tf_rng(): return sys.modules['tensorflow.python.eager.context'].context()._rng\n"
        "def drawing(epoch, rate): return 0.1 * random.random() * float(np.random.random())\n"
        "for make, x, y in ((unbuilt, rows, targets), (convolutional, images, classes)):\n"
        "    text = fingerprint(make, x=x, y=y, prepare=noted, callbacks=following(drawing), epochs=4)\n"
        "    seen.append(generators())\n"
        "    assert len(text) == 64\n"
        "drawn = [seen[0] == seen[1], seen[2] == seen[3]]",
        watched=["drawn"],
    )
    assert talk.values["drawn"] == [True, True], talk.output
