"""The real payload in the real sandbox: the supervisor understands what it sends."""

import pytest

from autograder.records import RunVerdict
from autograder.sandbox import open_sandbox


@pytest.fixture
def execute(data_home, desk, run_spec):
    """Execute cells with the real payload and the real data home."""

    def run(job, sandbox="bubblewrap", **limits):
        spec = run_spec.model_copy(update={"limits": run_spec.limits.model_copy(update=limits)})
        return open_sandbox(sandbox, spec, data_home.path, desk).run(job)

    return run


@pytest.mark.parametrize("sandbox", ["bubblewrap", "none"])
def test_cells_run_and_values_arrive(execute, make_job, sandbox):
    """An exception affects one cell only; the values of other cells arrive."""
    run = execute(make_job("q01_probabilities = 0.5", "1 / 0", "q02_answer = 'd'; print('end')"), sandbox)
    assert (run.verdict, run.detail) == (RunVerdict.COMPLETE, None)
    assert [cell.status for cell in run.cells] == ["ok", "error", "ok"]
    assert run.cells[1].error.startswith("ZeroDivisionError")
    assert run.values == {"q01_probabilities": 0.5, "q02_answer": "d"}
    assert run.output_tail.endswith("end\n")
    assert {"python", "tensorflow", "keras", "numpy"} <= set(run.versions)


def test_interrupted_cell_is_not_the_end(execute, make_job):
    """A cell over its time limit is interrupted from inside, and the next cell runs."""
    run = execute(make_job("while True: pass", "q02_answer = 'd'"), cell_seconds=1)
    assert [cell.status for cell in run.cells] == ["timeout", "ok"]
    assert (run.verdict, run.values) == (RunVerdict.COMPLETE, {"q02_answer": "d"})


def test_killed_kernel_keeps_what_came_before(execute, make_job):
    """Values assigned before a notebook killed itself are kept."""
    run = execute(make_job("q02_answer = 'd'", "import os; os._exit(0)", "q02_answer = 'a'"))
    assert [cell.status for cell in run.cells] == ["ok", "killed", "not run"]
    assert (run.verdict, run.values) == (RunVerdict.CRASHED, {"q02_answer": "d"})


@pytest.mark.slow
def test_tensorflow_trains_inside(execute, make_job):
    """TensorFlow starts within the limits, finds the data, and its training is recorded in the journal."""
    source = """
import keras
(inputs, targets), _ = keras.datasets.boston_housing.load_data()
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
history = model.fit(inputs, targets, epochs=2, verbose=0)
q01_probabilities = history.history["loss"]
"""
    run = execute(make_job(source), cell_seconds=300, notebook_seconds=300, memory_mebibytes=4096, processes=256)
    assert (run.verdict, run.cells[0].status) == (RunVerdict.COMPLETE, "ok"), run.output_tail
    assert len(run.values["q01_probabilities"]) == 2
    assert len(run.trainings) == 1
