"""Warm notebooks: a forked notebook sees and computes the same as one started in its jail."""

import pytest

from autograder.records import RunVerdict
from autograder.sandbox.warm_start import modules_for

# What the fork server itself is made of; a notebook that imports them finds no others.
SERVERS = {"_ctypes", "ctypes", "ctypes._endian", "gc", "pkgutil", "resource"}

LOOK = (
    f"""
import os, sys
SERVERS = {SERVERS!r}
"""
    """
def read(path):
    with open(path) as file:
        return file.read()
status = dict(line.split(":\\t", 1) for line in read("/proc/self/status").splitlines() if ":\\t" in line)
seen = {
    "rights": {name: value for name, value in status.items() if name.startswith(("Cap", "Uid", "Gid", "Groups"))},
    "signals": {name: value for name, value in status.items() if name.startswith("Sig") and name != "SigQ"},
    "status": [status[name].strip() for name in ("PPid", "Umask", "NoNewPrivs", "Seccomp", "TracerPid", "Threads")],
    "environment": sorted(read("/proc/self/environ").split("\\0")),
    "variables": sorted(os.environ.items()),
    "command": read("/proc/self/cmdline").split("\\0")[:4],
    "arguments": sys.argv[:-2],
    "original arguments": sys.orig_argv[:-2],
    "path": sys.path,
    "limits": read("/proc/self/limits"),
    "control groups": read("/proc/self/cgroup"),
    "killed first": read("/proc/self/oom_score_adj"),
    "mounts": [line.split()[3:6] for line in read("/proc/self/mountinfo").splitlines()],
    "folder": os.getcwd(),
    "files": sorted(os.listdir("/")) + sorted(os.listdir("/payload")),
    "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
    "modules": sorted(set(sys.modules) - SERVERS),
    "main": (__name__, sorted(vars(sys.modules["__main__"]))),
    "hash": hash("inception"),
    "streams": [repr(type(stream)) + stream.encoding for stream in (sys.__stdout__, sys.__stderr__)],
}
q01_probabilities = repr(seen)
"""
)

IMPORTS = """
import sys
def there():
    # Of some packages, whatever looks at all modules imports the rest.
    return sorted(name for name in sys.modules if name.split(".")[0] in ("sklearn", "scipy", "numpy", "matplotlib"))
steps = [there()]
import matplotlib
steps += [hasattr(matplotlib, "pyplot"), there()]
import sklearn.metrics
steps += [hasattr(matplotlib, "pyplot"), there()]
from matplotlib import pyplot
steps += [there(), sys.modules["__mp_main__"] is sys.modules["__main__"]]
import importlib
steps += [sklearn.metrics.__spec__.name, type(sklearn.metrics.__loader__).__name__, pyplot.__file__]
steps.append(importlib.reload(sklearn.metrics) is sklearn.metrics)
q01_probabilities = repr(steps)
"""

TRAINS = """
import keras, numpy, tensorflow, sys

class Own(keras.layers.Dense):
    pass

keras.utils.set_random_seed(3)
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(8, 3), keras.layers.Flatten(), Own(10)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
draws = numpy.random.default_rng(0)
history = model.fit(draws.normal(size=(256, 28, 28, 1)), draws.integers(0, 10, 256), epochs=2, verbose=0)
threads = tensorflow.config.threading.get_intra_op_parallelism_threads()
product = float((draws.normal(size=(300, 300)) @ draws.normal(size=(300, 300))).sum())
weights = [weight.tobytes().hex()[:64] for weight in model.get_weights()]
q01_probabilities = repr([history.history["loss"], product, threads, weights, len(sys.modules)])
"""

DRAWS = """
import random, numpy, uuid
q01_probabilities = [random.random(), numpy.random.random(), float(uuid.uuid4().int % 10**12)]
"""


def values(run):
    """Return the value of `q01_probabilities` in a run."""
    assert run.verdict is RunVerdict.COMPLETE, (run.detail, run.output_tail)
    assert {cell.status for cell in run.cells} == {"ok"}, run.cells
    return run.values["q01_probabilities"]


def test_a_warm_notebook_sees_what_a_cold_one_sees(run_cells):
    """Rights, limits, variables, command line, mounts and modules are equal for cold and warm starts."""
    assert values(run_cells(LOOK)) == values(run_cells(LOOK, warm=False))


@pytest.mark.slow
def test_modules_that_were_imported_before_are_not_seen(run_cells):
    """A module, with its own imports, is visible once it is imported, and not before."""
    assert values(run_cells(IMPORTS)) == values(run_cells(IMPORTS, warm=False))


@pytest.mark.slow
def test_a_file_of_the_notebooks_own_comes_first(run_cells):
    """A file that a notebook writes under a package's name takes precedence on import, as in a cold start."""
    own = """
    import os, sys
    sys.path.insert(0, os.getcwd())
    open("sklearn.py", "w").write("mine = 1")
    import sklearn
    q01_probabilities = sklearn.mine
    """
    assert values(run_cells(own)) == values(run_cells(own, warm=False)) == 1


def test_a_missing_name_is_missing(run_cells):
    """Preloaded modules do not add names to a notebook that does not import them."""
    run = run_cells(
        """
        if False:
            import numpy
        try:
            numpy.zeros(1)
        except NameError as error:
            q01_probabilities = str(error)
        """
    )
    assert values(run) == "name 'numpy' is not defined"


def test_figures_and_data_sets_are_looked_after(run_cells):
    """Hooks that run after an import also run for a preloaded module."""
    run = run_cells("from matplotlib import pyplot\npyplot.plot([1, 2, 4])\npyplot.show()")
    assert [figure["lines"] for figure in run.figures] == [[[1.0, 2.0, 4.0]]]


def test_random_numbers_are_each_notebooks_own(run_cells):
    """Two forks of one process draw different numbers, from every preloaded generator."""
    first, second = values(run_cells(DRAWS)), values(run_cells(DRAWS))
    assert all(one != other for one, other in zip(first, second, strict=True))


@pytest.mark.slow
def test_a_training_gives_the_same_bits(run_cells):
    """A training in the notebook itself gives the losses, weights and modules of a cold start, bit for bit."""
    warm = [values(run_cells(TRAINS)) for _ in range(2)]
    assert warm == [values(run_cells(TRAINS, warm=False))] * 2


@pytest.mark.slow
def test_tensorflow_draws_each_notebooks_own(run_cells):
    """Unseeded generators of TensorFlow and Keras differ between forks as well."""
    draws = """
import keras, tensorflow
q01_probabilities = [
    float(tensorflow.random.uniform(())),
    float(keras.random.uniform((1,))[0]),
    float(tensorflow.random.get_global_generator().uniform(())),
    float(keras.layers.Dense(1)(tensorflow.ones((1, 3)))[0, 0]),
]
"""
    first, second = values(run_cells(draws)), values(run_cells(draws))
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_only_what_is_named_is_imported_before():
    """A notebook that does not import TensorFlow neither waits for it nor holds it in memory, whatever its text."""
    assert modules_for(["x = 1"]) == ("IPython.core.interactiveshell",)
    assert modules_for(["# keras", "print('import tensorflow')", "report(versions={'numpy': 2})"]) == modules_for([])
    assert "tensorflow" in modules_for(["if True:\n    import numpy as np, tensorflow as tf"])
    assert "sklearn" not in modules_for(["import matplotlib.pyplot as plt"])
    assert "tensorflow" not in modules_for(["from sklearn.svm import SVC", "import numpy"])
    assert {"tensorflow", "keras", "numpy"} <= set(modules_for(["", "from keras import layers"]))
