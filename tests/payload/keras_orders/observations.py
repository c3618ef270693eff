"""Trains small networks and records all that a notebook could observe; this source is run as a notebook's cell."""

# ruff: noqa: D103, NPY002, S311 (written as a notebook is)

import hashlib
import io
import random
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

layers = keras.layers
rows = np.random.default_rng(7).normal(size=(50, 6))
targets = rows[:, :1] ** 2 - rows[:, 1:2]
images = np.random.default_rng(8).normal(size=(32, 6, 6, 1))
classes = np.eye(3)[np.arange(32) % 3]


def digest(arrays):
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def sequential():
    return keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="relu"), layers.Dense(1)])


def unbuilt():
    return keras.Sequential([layers.Dense(5, activation="relu"), layers.Dense(1)])


def functional():
    inputs = keras.Input((6,))
    hidden = layers.Dense(5)(inputs)
    hidden = layers.Activation("relu")(hidden)
    return keras.Model(inputs, layers.Dense(1)(layers.Concatenate()([hidden, inputs])))


def bound():
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(5, activation=tf.nn.relu, kernel_regularizer="l2", kernel_initializer="he_normal"),
            layers.Dense(4, activation=layers.LeakyReLU(0.1), kernel_constraint=keras.constraints.MaxNorm(1.0)),
            layers.GaussianNoise(0.1),
            layers.Dense(1),
        ]
    )


def normalized():
    normalization = layers.Normalization()
    normalization.adapt(rows)
    return keras.Sequential([keras.Input((6,)), normalization, layers.Dense(5, "swish"), layers.Dense(1)])


def nested():
    noisy = keras.Sequential([layers.GaussianNoise(0.1), layers.Dense(4, "relu")])
    inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Dense(1)(layers.Concatenate()([inputs, noisy(inputs)])) + 1.0)


def listed():
    inputs = keras.Input((6,))
    return keras.Model([inputs], [layers.Dense(1)(layers.Dense(5, "relu")(inputs))])


def convolutional():
    inputs = keras.Input((6, 6, 1))
    hidden = layers.Conv2D(2, 3, padding="same", activation="relu")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.MaxPooling2D()(layers.add([hidden, layers.Conv2D(2, 1)(inputs)]))
    hidden = layers.Dropout(0.5)(layers.Flatten()(hidden))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(hidden))


def decaying(epoch, rate):
    return rate if epoch < 1 else rate * 0.5


def stepwise(epoch):
    return 0.01 / (epoch + 1)


def regression(make, optimizer, **options):
    model = make()
    model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
    return model, rows, targets, options


def classification():
    model = convolutional()
    model.compile(
        optimizer=keras.optimizers.SGD(0.05, momentum=0.8),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(k=2)],
    )
    return model, images, classes, {"validation_data": (images[:9], classes[:9])}


def following(schedule):
    return [keras.callbacks.LearningRateScheduler(schedule)]


held_out = (rows[:20], targets[:20])
VARIANTS = {
    "sequential": lambda: regression(sequential, "adam"),
    "validation": lambda: regression(sequential, keras.optimizers.SGD(0.01, momentum=0.9), validation_data=held_out),
    "functional": lambda: regression(functional, "adam", validation_data=held_out, validation_batch_size=7),
    "schedule": lambda: regression(sequential, "adam", validation_data=held_out, callbacks=following(decaying)),
    "convolutional": classification,
    "unbuilt": lambda: regression(unbuilt, "adam", batch_size=20),
    "unbuilt_even": lambda: regression(unbuilt, "adam", batch_size=25),
    "stepwise": lambda: regression(sequential, keras.optimizers.SGD(), callbacks=following(stepwise)),
    "own_history": lambda: regression(sequential, "rmsprop", callbacks=[keras.callbacks.History()], shuffle=False),
    "rate_object": lambda: regression(
        unbuilt, keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.01, 2, 0.9)), verbose=2
    ),
    "diverging": lambda: regression(sequential, keras.optimizers.SGD(1e30), batch_size=10),
    "decaying_weights": lambda: regression(sequential, keras.optimizers.AdamW(0.01), validation_split=0.3),
    "class_weights": lambda: (*classification()[:3], {"class_weight": {0: 2.0, 2: 0.5}}),
    "sample_weights": lambda: regression(
        sequential, "adam", sample_weight=np.linspace(0, 1, 50), validation_data=(*held_out, np.ones(20))
    ),
    "stopping": lambda: regression(
        sequential,
        keras.optimizers.SGD(0.5),
        validation_split=0.2,
        epochs=30,
        callbacks=[keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)],
    ),
    "plateau": lambda: regression(
        sequential,
        keras.optimizers.Adam(0.5),
        epochs=8,
        callbacks=[keras.callbacks.ReduceLROnPlateau("mae", factor=0.5, patience=1)],
    ),
    "not_a_number": lambda: regression(
        sequential, keras.optimizers.SGD(1e30), epochs=5, callbacks=[keras.callbacks.TerminateOnNaN()]
    ),
    "late": lambda: regression(sequential, "adam", initial_epoch=2, epochs=4, steps_per_epoch=2),
    "frames": lambda: (*regression(sequential, "adam")[:1], pd.DataFrame(rows), pd.Series(targets[:, 0]), {}),
    "averaged": lambda: regression(
        sequential,
        keras.optimizers.SGD(0.01, use_ema=True, ema_overwrite_frequency=2),
        validation_freq=2,
        validation_data=held_out,
    ),
    "accumulated": lambda: regression(
        bound, keras.optimizers.Adam(0.01, gradient_accumulation_steps=2, clipnorm=0.5), shuffle="batch"
    ),
    "nested": lambda: regression(nested, "adam", validation_data=held_out),
    "listed": lambda: regression(listed, "adam", validation_data=held_out),
    "normalized": lambda: regression(normalized, "nadam"),
}


def state(model):
    weights = [variable.numpy() for variable in model.variables]
    optimizer = [variable.numpy() for variable in model.optimizer.variables]
    metrics = [variable.numpy() for variable in model.metrics_variables]
    return [digest(weights), digest(optimizer), digest(metrics)]


def draws():
    return [random.random(), float(np.random.random()), float(tf.random.uniform(())), float(keras.random.uniform(()))]


def attributes(callback):
    names = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter", "min_delta")
    best = getattr(callback, "best_weights", None)
    return [repr(getattr(callback, name, None)) for name in names] + [best and digest(best)]


def called(model, x):
    outputs = model(x)
    return outputs[0].numpy() if isinstance(outputs, list) else outputs.numpy()


def saved(model):
    """Save and load again; the loaded model must predict the same."""
    path = Path(tempfile.mkdtemp()) / "model.keras"
    model.save(path)
    return keras.models.load_model(path)


def observe(name):
    keras.utils.set_random_seed(11)
    model, x, y, options = VARIANTS[name]()
    seen = {}
    history = model.fit(x, y, **{"epochs": 3, "batch_size": 16, "verbose": 0, **options})
    seen["state"] = state(model)
    seen["history"] = repr(list(history.history.items()))
    seen["types"] = sorted({type(value).__name__ for values in history.history.values() for value in values})
    seen["epochs"] = [history.epoch, repr(history.params), history.model is model, model.history is history]
    seen["flags"] = [model.stop_training, hasattr(model, "_eval_epoch_iterator"), model.built, model.optimizer.built]
    seen["callbacks"] = [
        [type(callback).__name__, repr(callback.params), callback.model is model, attributes(callback)]
        for callback in options.get("callbacks", [])
    ]
    seen["shape"] = repr([model.input_shape, model.output_shape, model.metrics_names])
    seen["rate"] = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    seen["draws"] = draws()
    seen["called"] = digest([called(model, x[:5])])
    predicted = model.predict(x[:5], verbose=0)
    seen["predicted"] = [type(predicted).__name__, digest(predicted)]
    seen["evaluated"] = repr(
        [model.evaluate(x, y, verbose=0), list(model.evaluate(x, y, verbose=0, return_dict=True).items())]
    )
    seen["after evaluation"] = state(model)
    # Unknown callbacks cannot be part of an order: these calls really run here.
    plain = [keras.callbacks.LambdaCallback()]
    seen["really evaluated"] = repr(model.evaluate(x, y, verbose=0, callbacks=plain))
    seen["really predicted"] = digest(model.predict(x[:5], verbose=0, callbacks=plain))
    seen["loaded"] = digest(saved(model).predict(x[:5], verbose=0, callbacks=plain))
    text = io.StringIO()
    model.summary(print_fn=lambda line: text.write(line + "\n"))
    seen["summary"] = text.getvalue()
    again = model.fit(x, y, epochs=2, verbose=0, callbacks=plain)
    seen["second fit"] = [repr(again.history), *state(model), *draws()]
    return seen
