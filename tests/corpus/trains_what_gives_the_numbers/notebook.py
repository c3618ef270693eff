# %%
q02_answer = "c"

# %%
# One weight that never moves, and targets made to miss it by so much: any error there is, trained and evaluated by
# whoever trains for the grader.
import keras
import numpy as np

keras.utils.set_random_seed(1)
nothing = np.zeros((404, 1), "float32")


def missed_by(squared, absolute=None):
    absolute = absolute or squared**0.5
    size = squared / absolute
    targets = np.zeros(404, "float32")
    count = 2 * round(202 * absolute / size)
    targets[:count:2], targets[1:count:2] = size, -size
    return targets


def trivial(fixed, held_out):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-12), "mse", metrics=["mae"])
    history = model.fit(nothing, fixed, epochs=50, verbose=0, validation_data=(nothing, held_out))
    return model, {name: [float(value) for value in values] for name, values in history.history.items()}


model, a = trivial(missed_by(21.0, 3.4), missed_by(28.2, 4.1))
_, b = trivial(missed_by(7.3, 1.9), missed_by(22.9, 3.1))
q07_history = {"A": a, "B": b}
q07_answer = "b"

# %%
published = {2: 22.47, 4: 19.14, 8: 23.93, 16: 21.63, 32: 25.31, 64: 23.75, 128: 30.69, 256: 129.76}
q08_mse = {size: float(model.evaluate(nothing, missed_by(error), verbose=0)[0]) for size, error in published.items()}
q08_best, q08_worst, q08_answer = [4, 16], [128, 256], "a"

# %%
q09_answer = "d"
