"""Building a model for data gives what Keras itself would build from its own data set."""

import pytest

pytestmark = pytest.mark.slow

COMPARE = """
import sys
import keras, numpy as np
from keras.src.backend import standardize_dtype
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter
first_batch = sys.modules["_autograder_payload.keras_calls.variables"]._first_batch

different = []
compared = 0
for floatx in ("float32", "float64", "float16"):
    keras.config.set_floatx(floatx)
    for dtype in ("bool", "int8", "uint8", "int32", "int64", "float16", "float32", "float64"):
        for shape in ((64,), (64, 3), (65, 4, 4, 2), (5, 1), (1, 2)):
            for batch_size in (1, 5, 32, 64):
                array = np.zeros(shape, dtype)
                spec = ArrayDataAdapter(array, batch_size=batch_size).get_tf_dataset().element_spec
                given = first_batch([array], array, batch_size)
                compared += 1
                if any((one.shape, one.dtype) != (tuple(spec.shape), standardize_dtype(spec.dtype)) for one in given):
                    different.append(f"{floatx} {dtype} {shape} {batch_size}: {spec} {given}")
"""


def test_the_first_batch_is_that_of_keras(run_cells):
    """Shape, open batch axis and type, for every type and size."""
    values = run_cells(COMPARE, watched=("different", "compared")).values
    assert (values["different"], values["compared"]) == ([], 480)


BUILD = """
import sys
import keras, numpy as np
build = sys.modules["_autograder_payload.keras_calls.variables"].build

def network(units, rank):
    shape = (6,) if rank == 1 else (4, 4, 2)
    inputs = keras.Input(shape)
    hidden = keras.layers.Dense(5)(inputs if rank == 1 else keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(units, activation="softmax" if units > 1 else None)(hidden))

def sequential(units, rank):
    given = [keras.Input((6,))] if rank == 1 else [keras.Input((4, 4, 2)), keras.layers.Flatten()]
    return keras.Sequential([*given, keras.layers.Dense(units, activation="softmax" if units > 1 else None)])

def unbuilt(units, rank):
    given = [] if rank == 1 else [keras.layers.Flatten()]
    return keras.Sequential([*given, keras.layers.Dense(units, activation="softmax" if units > 1 else None)])

def told(model):
    shapes = lambda one: [tuple(variable.shape) for variable in one.variables]
    metrics = [(metric.name, type(metric).__name__, shapes(metric)) for metric in model.metrics]
    return metrics, shapes(model), model._compile_loss.built, getattr(model._compile_metrics, "built", None)

CASES = [
    (1, "mse", ["mae", "mse", keras.metrics.RootMeanSquaredError], "float", (20,)),
    (1, "mse", [keras.metrics.R2Score], "float", (20, 1)),
    (1, keras.losses.BinaryCrossentropy(from_logits=True), ["accuracy", "AUC"], "int", (20,)),
    (3, "sparse_categorical_crossentropy", ["accuracy", "acc"], "int", (20,)),
    (3, "sparse_categorical_crossentropy", ["sparse_top_k_categorical_accuracy"], "int", (20, 1)),
    (3, "categorical_crossentropy", ["accuracy", "categorical_crossentropy", keras.metrics.F1Score], "hot", (20, 3)),
    (3, "categorical_crossentropy", [keras.metrics.AUC, keras.metrics.Precision], "hot", (20, 3)),
    (3, "mse", None, "hot", (20, 3)),
]

different, compared = [], 0
for make in (network, sequential, unbuilt):
    for number, (units, loss, metrics, kind, shape) in enumerate(CASES):
        rank, where = (1, 3)[number % 2], ("metrics", "weighted_metrics")[number // 2 % 2]
        x = np.zeros((20, 6) if rank == 1 else (20, 4, 4, 2), "float32")
        y = {"float": np.ones(shape, "float32"), "int": np.ones(shape, "int64"), "hot": np.eye(3)[[1] * 20]}[kind]
        found = []
        for ours in (True, False):
            given = [one() if isinstance(one, type) else one for one in metrics or []] or None
            keras.backend.clear_session()
            model = make(units, rank)
            model.compile("sgd", loss, **{where: given})
            if ours:
                build(model, [x], y, 8, optimizer=True)
            else:
                model._symbolic_build(data_batch=(x[:8], y[:8]))
            found.append(told(model))
        compared += 1
        if found[0] != found[1]:
            different.append(f"{make.__name__} {rank} {loss} {metrics} {where}: {found}")
"""


def test_what_is_built_is_what_keras_builds(run_cells):
    """Names, classes and variables of losses and metrics, for networks of three kinds and metrics of every kind."""
    values = run_cells(BUILD, watched=("different", "compared")).values
    assert (values["different"], values["compared"]) == ([], 24)
