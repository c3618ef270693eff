import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

OBSERVATIONS = Path(__file__).with_name("observations.py").read_text(encoding="utf-8")

# In the payload's own process its modules have private names.
TAKE = """
import inspect, json, sys

inside = lambda name: sys.modules["_autograder_payload." + name]
L, M, O, C = keras.losses, keras.metrics, keras.optimizers, keras.callbacks
falling = O.schedules.ExponentialDecay(0.001, 10, 0.9)

def describe(make=sequential, optimizer=None, loss="mse", metrics=("mae",), x=rows, y=targets, seed=3,
             prepare=lambda model: None, compile_options={}, **options):
    keras.utils.set_random_seed(seed)
    model = make()
    model.compile(optimizer or O.Adam(), loss=loss, metrics=list(metrics), **compile_options)
    prepare(model)
    bound = inspect.signature(type(model).fit).bind(model, x, y, **options)
    bound.apply_defaults()
    attempt = inside("keras_orders.attempt").Attempt(bound, inside("keras_orders.reading").read_fit)
    if attempt.is_whole:
        attempt.ask_schedule()
    if not attempt.is_whole:
        return f"no: {attempt.left_out or attempt._reasons}"
    description = dict(attempt.description)
    description.pop("metrics")
    return json.dumps(description, sort_keys=True)

def stack(*stacked):
    return lambda: keras.Sequential([keras.Input((6,)), *stacked])

def chained():
    inputs = keras.Input((6,), name="other")
    first = layers.Dense(5, activation=keras.activations.relu, name="mine")
    return keras.Model(inputs, layers.Dense(1)(first(inputs)))

def doubled():
    inputs = keras.Input((6,)); layer = layers.Dense(6)
    return keras.Model(inputs, layers.Dense(1)(layer(layer(inputs))))

def nested_twice():
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(6)])
    return keras.Sequential([keras.Input((6,)), inner, layers.Dense(6), inner, layers.Dense(1)])

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
def all_frozen(model): model.trainable = False
def patched(model): model.train_step = lambda data: {}
"""

SAME = {
    "again": "describe()",
    "the functional style": "describe(chained)",
    "an optimizer by name": "describe(optimizer='adam')",
    "an optimizer of another name": "describe(optimizer=O.Adam(name='mine'))",
    "a loss by its long name": "describe(loss='mean_squared_error')",
    "a loss by its class": "describe(loss=L.MeanSquaredError(name='mine'))",
    "a loss by its function": "describe(loss=L.mean_squared_error)",
    "no metric": "describe(metrics=[])",
    "other metrics": "describe(metrics=['mse', M.R2Score()])",
    "32-bit data": "describe(x=rows.astype('float32'))",
    "data in a tensor": "describe(x=tf.constant(rows, 'float32'))",
    "data in a frame": "describe(x=pd.DataFrame(rows))",
    "targets in a series": "describe(y=pd.Series(targets[:, 0], index=range(100, 150)))",
    "the default batch size": "describe(batch_size=32)",
    "another verbosity": "describe(verbose=2)",
    "an empty list of callbacks": "describe(callbacks=[])",
    "a history of one's own": "describe(callbacks=[C.History()])",
    "weights of one class that is not there": "describe(class_weight=None)",
}
DIFFERENT = {
    "other weights": "describe(seed=4)",
    "another activation": "describe(stack(layers.Dense(5, 'tanh'), layers.Dense(1)))",
    "another rate": "describe(optimizer=O.Adam(0.01))",
    "another rate set later": "describe(prepare=rated)",
    "a moment": "describe(optimizer=O.Adam(beta_1=0.8))",
    "a huge epsilon": "describe(optimizer=O.Adam(epsilon=1e12))",
    "another optimizer": "describe(optimizer='sgd')",
    "a rate that decays": "describe(optimizer=O.Adam(falling))",
    "another loss": "describe(loss='mae')",
    "another reduction": "describe(loss=L.MeanSquaredError(reduction='sum'))",
    "a loss that weighs nothing": "describe(compile_options={'loss_weights': [0.0]})",
    "weighted metrics": "describe(compile_options={'weighted_metrics': ['mse']})",
    "data a little off": "describe(x=rows + 1e-6)",
    "fewer rows": "describe(x=rows[:49], y=targets[:49])",
    "other targets": "describe(y=targets + 1)",
    "another batch size": "describe(batch_size=16)",
    "more epochs": "describe(epochs=2)",
    "no shuffling": "describe(shuffle=False)",
    "shuffled batches": "describe(shuffle='batch')",
    "validation": "describe(validation_data=held_out)",
    "validation in other batches": "describe(validation_data=held_out, validation_batch_size=4)",
    "validation now and then": "describe(validation_data=held_out, validation_freq=2)",
    "weighted validation": "describe(validation_data=(*held_out, np.ones(20)))",
    "a split": "describe(validation_split=0.1)",
    "a schedule": "describe(callbacks=following(lambda epoch, rate: 0.5))",
    "another schedule": "describe(callbacks=following(lambda epoch, rate: 0.25))",
    "a frozen layer": "describe(prepare=frozen)",
    "a frozen model": "describe(prepare=all_frozen)",
    "a trained network": "describe(prepare=warmed)",
    "an operation": "describe(joined(-1))",
    "a penalty": "describe(stack(layers.Dense(5, 'relu', kernel_regularizer='l2'), layers.Dense(1)))",
    "a bound": "describe(stack(layers.Dense(5, 'relu', kernel_constraint='non_neg'), layers.Dense(1)))",
    "another initialiser": "describe(stack(layers.Dense(5, 'relu', kernel_initializer='zeros'), layers.Dense(1)))",
    "TensorFlow's activation": "describe(stack(layers.Dense(5, tf.nn.relu), layers.Dense(1)))",
    "weights of classes": "describe(class_weight={0: 2.0})",
    "weights of rows": "describe(sample_weight=np.ones(50))",
    "a late start": "describe(epochs=2, initial_epoch=1)",
    "steps": "describe(steps_per_epoch=1, batch_size=32)",
    "early stopping": "describe(callbacks=C.EarlyStopping('loss'))",
    "more patience": "describe(callbacks=C.EarlyStopping('loss', patience=3))",
    "a rate that waits": "describe(callbacks=C.ReduceLROnPlateau('loss'))",
    "averages": "describe(optimizer=O.Adam(use_ema=True))",
    "accumulated gradients": "describe(optimizer=O.Adam(gradient_accumulation_steps=2))",
}
REFUSED = {
    "a layer of the notebook": "describe(stack(Own(1)))",
    "a model of the notebook": "describe(OwnModel)",
    "a loss of the notebook": "describe(loss=OwnLoss())",
    "a loss function of the notebook": "describe(loss=mean_squared_error)",
    "a metric function of the notebook": "describe(metrics=[mean_squared_error])",
    "an optimizer of the notebook": "describe(optimizer=OwnAdam())",
    "a callback of the notebook": "describe(callbacks=[Stopping(lambda epoch: 0.1)])",
    "an activation that is called relu": "describe(stack(layers.Dense(1, relu)))",
    "a function in a layer": "describe(stack(layers.Lambda(lambda x: x), layers.Dense(1)))",
    "a replaced step": "describe(prepare=patched)",
    "a layer used twice": "describe(doubled)",
    "a model inside that is used twice": "describe(nested_twice)",
    "eager steps": "describe(compile_options={'run_eagerly': True})",
    "several steps at once": "describe(compile_options={'steps_per_execution': 2})",
    "a data set of TensorFlow": "describe(x=tf.data.Dataset.from_tensor_slices(rows).batch(8), y=None)",
    "a schedule that raises": "describe(callbacks=following(lambda epoch, rate: 1 / 0))",
    "a schedule that says no float": "describe(callbacks=following(lambda epoch, rate: 'fast'))",
    "a schedule for a decaying rate": "describe(optimizer=O.Adam(falling), callbacks=following(decaying))",
    "a schedule that may not speak to its end": "describe(callbacks=[*following(decaying), C.EarlyStopping('loss')])",
    "a watched metric that is not there": "describe(callbacks=C.EarlyStopping('val_accuracy'))",
    "no epochs": "describe(epochs=0)",
}


@pytest.fixture(scope="module")
def described(run_cells):
    """Describe all calls in one process, because importing Keras takes most of the time."""
    everything = {"reference": "describe()", **SAME, **DIFFERENT, **REFUSED}
    take = "taken = {}\n" + "\n".join(f"taken[{name!r}] = {text}" for name, text in everything.items())
    talk = run_cells(OBSERVATIONS, TAKE, take, watched=["taken"], value_bytes=2**22)
    assert talk.outcomes == [("ok", "")] * 3, talk.output
    return talk.values["taken"]


@pytest.mark.parametrize("name", SAME)
def test_what_has_no_influence_is_left_out(described, name):
    """The same training has the same description, however it was written."""
    assert described[name] == described["reference"]


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_decides_the_result_is_in(described, name):
    """Each difference that can change a number changes the description."""
    assert described[name].startswith("{"), described[name]
    assert [other for other, taken in described.items() if taken == described[name]] == [name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_description_can_hold_is_no_order(described, name):
    """The notebook's code inside a training, or a way of training that we do not model, is never a complete order."""
    assert described[name].startswith("no: ")


NAMED = {
    "another rate": ("optimizer", ["learning_rate"]),
    "a huge epsilon": ("optimizer", ["epsilon"]),
    "another reduction": ("loss", ["reduction"]),
    "accumulated gradients": ("optimizer", ["gradient_accumulation_steps"]),
    "reference": ("optimizer", []),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_differs_from_keras_is_named(described, name):
    """The judge sees by name every setting that differs from Keras's defaults, and no other."""
    part, differs = NAMED[name]
    assert json.loads(described[name])[part]["differs"] == differs


@pytest.mark.parametrize(
    ("name", "differs"),
    [
        ("reference", ["units", "activation"]),
        ("a frozen layer", ["trainable", "units", "activation"]),
        ("a frozen model", ["trainable", "units", "activation"]),
        ("another initialiser", ["units", "activation", "kernel_initializer"]),
        ("a penalty", ["units", "activation", "kernel_regularizer"]),
    ],
)
def test_what_differs_of_a_layer_is_named(described, name, differs):
    """Trainable flags and initialisers are settings like any other."""
    assert json.loads(described[name])["network"]["operations"][1]["differs"] == differs


@pytest.fixture(scope="module")
def operations(run_cells):
    """Describe two graphs that differ only in an operation's setting."""
    talk = run_cells(
        OBSERVATIONS,
        TAKE + "def rolled(shift):\n"
        "    def make():\n"
        "        inputs = keras.Input((6,))\n"
        "        return keras.Model(inputs, layers.Dense(1)(keras.ops.roll(layers.Dense(5)(inputs), shift, axis=1)))\n"
        "    return make",
        "taken = [describe(rolled(shift)) for shift in (1, 1, 2)]",
        watched=["taken"],
    )
    return talk.values["taken"]


def test_settings_of_plain_operations_count(operations):
    """For `keras.ops` in a functional model, Keras's configuration omits the settings, the description does not."""
    assert operations[0] == operations[1] != operations[2]


def test_a_model_within_a_model_is_read_through(run_cells):
    """A nested model is described by its layers in its place, frozen if it is."""
    flat = (
        "lambda: keras.Sequential([keras.Input((6,)),"
        " layers.Dense(5, 'relu', trainable=THAWED), layers.Dense(1, trainable=THAWED), layers.Dense(1)])"
    )
    talk = run_cells(
        OBSERVATIONS,
        TAKE,
        "def freeze(model): model.layers[0].trainable = False\n"
        f"taken = [describe(nested), describe({flat.replace('THAWED', 'True')}),"
        f" describe(nested, prepare=freeze), describe({flat.replace('THAWED', 'False')})]",
        watched=["taken"],
    )
    thawed, thawed_flat, frozen, frozen_flat = talk.values["taken"]
    assert (thawed, frozen) == (thawed_flat, frozen_flat)
    assert thawed != frozen
    assert thawed[0] == "{", thawed


def test_a_network_and_its_twin_train_alike(run_cells):
    """A `Sequential` and its functional twin share a description, and really train to the same bits."""
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
    )
    assert talk.values["seen"][0] == talk.values["seen"][1]


def test_describing_moves_no_generator(run_cells):
    """Building a model before `fit`, and calling a schedule that draws numbers, leave the generators unchanged."""
    talk = run_cells(
        OBSERVATIONS,
        TAKE,
        "seen = []\n"
        "def noted(model): seen.append(generators())\n"
        "def generators(): return repr([random.getstate(), np.random.get_state(), tf_rng().getstate()])\n"
        "def tf_rng(): return sys.modules['tensorflow.python.eager.context'].context()._rng\n"
        "def drawing(epoch, rate): return 0.1 * random.random() * float(np.random.random())\n"
        "for make, x, y in ((unbuilt, rows, targets), (convolutional, images, classes)):\n"
        "    text = describe(make, x=x, y=y, prepare=noted, callbacks=following(drawing), epochs=4)\n"
        "    seen.append(generators())\n"
        "    assert text[0] == '{', text\n"
        "drawn = [seen[0] == seen[1], seen[2] == seen[3]]",
        watched=["drawn"],
    )
    assert talk.values["drawn"] == [True, True], talk.output
