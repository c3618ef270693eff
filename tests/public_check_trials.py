"""Try the public checks of questions 7 and 10 on right and wrong functions; print what they say, as JSON.

    python tests/public_check_trials.py NOTEBOOK

A script of its own, since Keras must not be loaded into the process that runs the tests and forks commands.
"""

import json
import math
import sys
from pathlib import Path

import keras
import numpy as np

CHECKS = ("test_q07_form", "test_q10_form")


def z_scored(rows):
    """Return random features with mean 0 and standard deviation 1."""
    values = np.random.default_rng(3).normal(size=(rows, 13))
    return (values - values.mean(axis=0)) / values.std(axis=0)


def convolved(inputs, filters, size):
    """Return a convolution of an input."""
    return keras.layers.Conv2D(filters, size, padding="same", activation="relu")(inputs)


def swapped_module(inputs, one, to_3, three, to_5, five, pool):
    """Return a module with a small convolution where the large one is due."""
    branches = [convolved(inputs, one, 1), convolved(convolved(inputs, to_3, 1), three, 3)]
    branches += [convolved(convolved(inputs, to_5, 1), five, 3), convolved(inputs, pool, 1)]
    return keras.layers.Concatenate()(branches)


def flat(units, activation=None):
    """Return a builder of a network without convolutions."""
    return lambda: keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(units, activation=activation)]
    )


WRONG = (
    ("x_train", z_scored(404) * 3),
    ("x_test", z_scored(102)),
    ("build_boston_network", lambda: keras.Sequential([keras.Input((13,)), keras.layers.Dense(2)])),
    ("build_boston_network", lambda: ...),
    ("decay_from_epoch_10", lambda _epoch, rate: rate),
    ("decay_from_epoch_10", lambda _epoch, rate: rate * 0.9),
    ("decay_from_epoch_10", lambda _epoch, _rate: ...),
    ("inception_module", swapped_module),
    ("inception_module", lambda inputs, *filters: convolved(inputs, filters[0], 1)),
    ("residual_block", lambda inputs, filters: convolved(convolved(inputs, filters, 3), filters, 3)),
    ("residual_block", lambda inputs, _filters: inputs),
    ("build_resnet", flat(9, "softmax")),
    ("build_inception", flat(10)),
)


def main(path):
    """Print what the checks blame besides the answers: of the solution, of nothing at all, and of each mistake."""
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
    tests, solved = {}, {"keras": keras, "np": np, "math": math}
    for name in ("q07-tests", "q10-tests"):
        exec(cells[name], tests)  # noqa: S102 (the project's own notebook)
    for name in ("q07-network", "q10-blocks", "q10-networks"):
        exec(cells[name], solved)  # noqa: S102 (likewise)
    solved |= {"x_train": z_scored(404), "x_test": z_scored(102) + 0.1}

    def blamed(variables):
        names = set()
        for check in CHECKS:
            try:
                tests[check](variables)
            except AssertionError as problem:
                names |= {line.partition(":")[0] for line in str(problem).splitlines() if not line.startswith("q")}
        return sorted(names)

    blank = {"keras": keras, "np": np, "x_train": ..., "build_inception": ...}
    found = {
        "solution": blamed(solved),
        "nothing": [*blamed({}), *blamed(blank)],
        "mistakes": [[name, blamed({**solved, name: wrong})] for name, wrong in WRONG],
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
