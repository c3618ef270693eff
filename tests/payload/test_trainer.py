"""The trainer's process, controlled through its pipe: what it builds and refuses, what persists, what it survives."""

import copy
import os
import signal
import threading
import time
from pathlib import Path

import payload_desk
import pytest

pytestmark = pytest.mark.slow

OBSERVATIONS = (Path(__file__).parent / "keras_orders" / "observations.py").read_text(encoding="utf-8")
FIT = """
keras.utils.set_random_seed(3)
model, x, y, _ = VARIANTS["validation"]()
model.fit(x, y, epochs=2, verbose=0, validation_data=held_out, callbacks=[keras.callbacks.EarlyStopping()])
"""


@pytest.fixture(scope="module")
def order(run_cells, trainer):
    """An order as a notebook places it, with its arrays."""
    orders = payload_desk.Desk(trainer)
    talk = run_cells(OBSERVATIONS, FIT, orders=orders)
    assert orders.statuses == ["trained"], talk.output
    return orders.descriptions[0], orders.arrays


def test_the_trainer_greets_with_its_versions(trainer):
    """The versions that decide a training are sent before the first order."""
    assert trainer.hello["type"] == "hello"
    assert set(trainer.hello["versions"]) >= {"python", "numpy", "keras", "tensorflow"}


def test_it_forks_with_one_thread(trainer):
    """A process with several threads must not fork: locks of other threads would stay locked in the child."""
    status = Path(f"/proc/{trainer.process.pid}/status").read_text(encoding="ascii")
    assert "Threads:\t1\n" in status


def test_an_order_gives_the_same_twice(trainer, order):
    """Nothing of one order persists to the next."""
    first, arrays = trainer.train(*order)
    second, again = trainer.train(*order)
    for message in (first, second):
        assert message["result"].pop("seconds") > 0
        assert message["result"].pop("cpu_seconds") > 0
    assert first == second
    assert {digest: array.tobytes() for digest, array in arrays.items()} == {
        digest: array.tobytes() for digest, array in again.items()
    }


def _operation(description: dict, **changed) -> None:
    description["network"]["operations"][1].update(changed)


def _setting(description: dict, name: str, value) -> None:
    description["network"]["operations"][1]["settings"][name] = value


FORGED = {
    "a class that runs code": lambda order: _operation(order, **{"class": "Lambda", "settings": {"function": "print"}}),
    "a class by its path": lambda order: _operation(order, **{"class": "os:system"}),
    "a function outside Keras": lambda order: _operation(order, **{"class": "ops.numpy:os"}),
    "an activation of another place": lambda order: _setting(order, "activation", "get"),
    "an object in a setting": lambda order: _setting(order, "kernel_initializer", {"class": "STFT", "settings": {}}),
    "a setting that is not there": lambda order: _setting(order, "surprise", 1),
    "a setting left out": lambda order: order["network"]["operations"][1]["settings"].pop("use_bias"),
    "a difference hidden": lambda order: order["optimizer"].update(differs=[]),
    "a tensor from nowhere": lambda order: _operation(order, call=[{"from": 7, "tensor": 0}]),
    "a tensor from the end": lambda order: _operation(order, call=[{"from": -1, "tensor": 0}]),
    "too few weights": lambda order: order["weights"].pop(),
    "weights of another shape": lambda order: order["weights"].reverse(),
    "a loss of another place": lambda order: order["loss"].update({"class": "get"}),
    "a callback that writes files": lambda order: order["callbacks"][0].update({"class": "CSVLogger"}),
    "other versions": lambda order: order["versions"].update(keras="2.0"),
    "more than it reads": lambda order: order.update(surprise=1),
    "another operation": lambda order: order.update(operation="export"),
    "nothing": lambda order: order.clear(),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_not_built_as_described_is_not_trained(trainer, order, name):
    """An order with a part that is not allowed, or that is rebuilt differently, is refused; the trainer continues."""
    description, arrays = order
    forged = copy.deepcopy(description)
    FORGED[name](forged)
    message, received = trainer.train(forged, arrays)
    assert (message["type"], received) == ("unbuildable", {})
    assert 0 < len(message["detail"]) <= 300


def test_a_training_that_raises_has_failed(trainer, order):
    """Keras's exception is reported in one line; the trainer serves the next order."""
    description, arrays = order
    short = {**description, "rates": [0.1]}
    message, _ = trainer.train(short, arrays)
    assert message["type"] == "failed"
    assert "IndexError" in message["detail"]


def test_a_training_that_dies_is_said_to_have_died(trainer, order):
    """The death of a child causes no broken frame and no verdict on the order; the next order is served."""
    description, arrays = order
    endless = {name: value for name, value in description.items() if name != "callbacks"} | {"epochs": 1_000_000}
    killer = threading.Thread(target=_kill_child, args=(trainer.process.pid,))
    killer.start()
    message, received = trainer.train(endless, arrays)
    killer.join()
    assert (message["type"], received) == ("died", {})
    assert "signal 9" in message["detail"]
    assert trainer.train(description, arrays)[0]["type"] == "result"


def _kill_child(parent: int) -> None:
    # The child of an earlier order may still exist.
    time.sleep(2)
    os.kill(_child(parent), signal.SIGKILL)


def _child(parent: int) -> int:
    """Return the process of the trainer's child; there is at most one."""
    return int(Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii"))


NETWORKS = """
def network(*layers, shape=(13,)):
    model = keras.Sequential([keras.Input(shape), *layers, keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model

L = keras.layers
keras.utils.set_random_seed(5)
rows = np.random.default_rng(5).normal(size=(100, 13)).astype("float32")
targets = rows[:, :1] * 2 + 1
"""
NORMALIZED = "scale = L.Normalization(); scale.adapt(rows); model = network(scale, L.Dense(4)); x = rows"
BUILT = {
    "dense": "model, x = network(L.Dense(16, activation='relu')), rows",
    "of layers with a state": "model, x = network(L.Dense(8), L.BatchNormalization(), L.Dropout(0.5)), rows",
    "normalized": NORMALIZED,
    "recurrent": "model, x = network(L.Reshape((13, 1)), L.LSTM(4)), rows",
    "convolutional": (
        "model, x = network(L.Conv2D(4, 3, activation='relu'), L.GlobalMaxPooling2D(), shape=(8, 8, 2)), "
        "np.random.default_rng(1).random((100, 8, 8, 2), dtype='float32')"
    ),
    "with a schedule": "model, x = network(L.Dense(4, kernel_regularizer='l2'), L.GaussianNoise(0.1)), rows",
}
CALLS = """
model.fit(x, targets, batch_size=16, epochs=2, verbose=0, validation_data=(x[:30], targets[:30]))
model.evaluate(x[:64], targets[:64], verbose=0)
model.evaluate(x[:50], targets[:50], batch_size=20, verbose=0)
model.predict(x[:70], verbose=0)
model.compile(loss="mae", metrics=["mse"])
model.evaluate(x, targets, batch_size=100, verbose=0)
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_process_that_trained_evaluates_to_the_bits_of_a_new_one(run_cells, threads):
    """Whatever the network, and whatever was evaluated in the process before; no order sees traces of another."""
    environment = {f"TF_NUM_{kind}_THREADS": threads for kind in ("INTRAOP", "INTEROP")}
    one, other = (payload_desk.Trainer(environment) for _ in range(2))
    orders, processes = payload_desk.Desk(one), []
    talk = run_cells(
        "import keras, numpy as np", NETWORKS, *(f"{built}\n{CALLS}" for built in BUILT.values()), orders=orders
    )
    assert orders.statuses == ["trained"] * 5 * len(BUILT), talk.output
    # One call of every network in turn: the other trainer's last child always has another network.
    for description in (one for call in range(1, 5) for one in orders.descriptions[call::5]):
        message, arrays = other.train(description, orders.arrays)
        processes.append(_child(other.process.pid))
        [(_, result, known)] = orders.known[payload_desk.order_hash(description)]
        assert _without_times(message["result"]) == _without_times(result)
        assert _bytes(arrays) == _bytes(known)
    assert len(set(processes)) == 4 * len(BUILT)
    one.close()
    other.close()


def _without_times(result: dict) -> dict:
    return {name: value for name, value in result.items() if name not in ("seconds", "cpu_seconds")}


def _bytes(arrays: dict) -> dict:
    return {digest: array.tobytes() for digest, array in arrays.items()}


@pytest.fixture(scope="module")
def session(run_cells, trainer):
    """A training, two evaluations of its final weights and one of its initial weights, and all arrays."""
    orders = payload_desk.Desk(trainer)
    cells = (BUILT["of layers with a state"], "first = model.get_weights()", CALLS, "model.set_weights(first)")
    talk = run_cells(
        "import keras, numpy as np", NETWORKS, *cells, "model.evaluate(x, targets, verbose=0)", orders=orders
    )
    assert orders.statuses == ["trained"] * 6, talk.output
    return orders


def test_evaluations_are_made_where_the_network_is(trainer, session):
    """One process serves a training and all evaluations and predictions of its network, with any weights."""
    processes = []
    for description in session.descriptions:
        assert trainer.train(description, session.arrays)[0]["type"] == "result"
        processes.append(_child(trainer.process.pid))
    assert len(processes) == 6
    assert len(set(processes)) == 1


def test_a_training_gets_a_process_of_its_own(trainer, session):
    """This includes one that continues the previous training."""
    description, *_ = session.descriptions
    processes = set()
    for _ in range(2):
        trainer.train(description, session.arrays)
        processes.add(_child(trainer.process.pid))
    assert len(processes) == 2


@pytest.mark.parametrize("change", [{"epsilon": 1e-3}, {"determinism": True}, {"max_steps_per_epoch": 1}])
def test_what_keras_is_told_for_all_calls_ends_the_process(trainer, session, change):
    """Global settings of one order do not apply to the next."""
    fit, evaluation, *_ = session.descriptions
    expected = _without_times(trainer.train(evaluation, session.arrays)[0]["result"])
    trainer.train({**fit, **change}, session.arrays)
    before = _child(trainer.process.pid)
    assert _without_times(trainer.train(evaluation, session.arrays)[0]["result"]) == expected
    assert _child(trainer.process.pid) != before


def test_an_evaluation_survives_the_process_that_trained(trainer, session):
    """If it is killed while it waits, another process evaluates."""
    fit, evaluation, *_ = session.descriptions
    trainer.train(fit, session.arrays)
    os.kill(_child(trainer.process.pid), signal.SIGKILL)
    assert trainer.train(evaluation, session.arrays)[0]["type"] == "result"


def test_what_is_refused_there_is_tried_anew(trainer, session):
    """A kept process cannot refuse an order by itself: the cause may be the process, not the order."""
    fit, evaluation, *_ = session.descriptions
    trainer.train(fit, session.arrays)
    before = _child(trainer.process.pid)
    message, _ = trainer.train({**evaluation, "surprise": 1}, session.arrays)
    assert message["type"] == "unbuildable"
    assert not Path(f"/proc/{before}").exists()
    assert trainer.train(evaluation, session.arrays)[0]["type"] == "result"


def test_a_process_with_much_memory_does_not_stay(run_cells, trainer):
    """Its memory would be missing for others."""
    orders = payload_desk.Desk(trainer)
    build = "model = network(L.Dense(4), shape=(3000,))\nx = np.zeros((20_000, 3000), 'float32')"
    evaluate = "model.evaluate(x, np.zeros((20_000, 1), 'float32'), batch_size=1000, verbose=0)"
    run_cells("import keras, numpy as np", NETWORKS, f"{build}\n{evaluate}", orders=orders)
    assert orders.statuses == ["trained"]
    children = Path(f"/proc/{trainer.process.pid}/task/{trainer.process.pid}/children")
    # The answer comes first; how soon the process is gone depends on the machine.
    deadline = time.monotonic() + 60
    while children.read_text(encoding="ascii") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert children.read_text(encoding="ascii") == ""
