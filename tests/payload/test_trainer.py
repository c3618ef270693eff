"""The trainer's process, driven by its pipe: what it builds, what it refuses, and what it survives."""

import copy
import os
import signal
import threading
import time
from pathlib import Path

import payload_desk
import pytest

OBSERVATIONS = (Path(__file__).parent / "keras_orders" / "observations.py").read_text(encoding="utf-8")
FIT = """
keras.utils.set_random_seed(3)
model, x, y, _ = VARIANTS["validation"]()
model.fit(x, y, epochs=2, verbose=0, validation_data=held_out, callbacks=[keras.callbacks.EarlyStopping()])
"""


@pytest.fixture(scope="module")
def order(run_cells, trainer):
    """An order as a notebook places it, and its arrays."""
    orders = payload_desk.Desk(trainer)
    talk = run_cells(OBSERVATIONS, FIT, orders=orders)
    assert orders.statuses == ["trained"], talk.output
    return orders.descriptions[0], orders.arrays


def test_the_trainer_greets_with_its_versions(trainer):
    """What decides a training is named before the first order."""
    assert trainer.hello["type"] == "hello"
    assert set(trainer.hello["versions"]) >= {"python", "numpy", "keras", "tensorflow"}


def test_it_forks_with_one_thread(trainer):
    """A process of several threads must not fork: another one's locks would stay locked in the child."""
    status = Path(f"/proc/{trainer.process.pid}/status").read_text(encoding="ascii")
    assert "Threads:\t1\n" in status


def test_an_order_gives_the_same_twice(trainer, order):
    """Nothing of one order is there at the next."""
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
    """An order that names what is not on the list, or that comes out as another one, is refused; the trainer stays."""
    description, arrays = order
    forged = copy.deepcopy(description)
    FORGED[name](forged)
    message, received = trainer.train(forged, arrays)
    assert (message["type"], received) == ("unbuildable", {})
    assert 0 < len(message["detail"]) <= 300


def test_a_training_that_raises_has_failed(trainer, order):
    """What Keras raises is told in a line; the trainer serves the next order."""
    description, arrays = order
    short = {**description, "rates": [0.1]}
    message, _ = trainer.train(short, arrays)
    assert message["type"] == "failed"
    assert "IndexError" in message["detail"]


def test_a_training_that_dies_is_said_to_have_died(trainer, order):
    """A child that is killed takes nothing with it, no broken frame and no word on the order; the next is served."""
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
    children = Path(f"/proc/{parent}/task/{parent}/children")
    while not (child := children.read_text(encoding="ascii").strip()):
        time.sleep(0.05)
    time.sleep(1)
    os.kill(int(child), signal.SIGKILL)
