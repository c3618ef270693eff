"""Orders for tests of the desk, and a trainer that answers without training where only the desk is tested."""

import dataclasses
import threading

import numpy as np

from autograder.errors import EnvironmentFault
from autograder.orders.arrays import array_of
from autograder.orders.description import read_order
from autograder.orders.order_store import Kept, Made
from autograder.records import Job
from autograder.rubric.run_spec import Limits

LIMITS = Limits(
    cell_seconds=10, notebook_seconds=20, memory_mebibytes=1000, processes=50, output_mebibytes=1, files_mebibytes=1,
    evidence_mebibytes=1,
)  # fmt: skip


def limits(**changed):
    """Return limits with some of them changed."""
    return LIMITS.model_copy(update=changed)


def job(mode="replay", name="ana"):
    """Return a job without cells, as the desk uses only its mode."""
    return Job(id=name, student=name, source="", notebook_sha256="", language="en", cells=(), mode=mode)


def dense(units, before, activation="relu", **settings):
    """Describe a layer as the payload does."""
    initial = {"kernel_initializer": {"class": "GlorotUniform", "settings": {}, "differs": []}}
    return {
        "class": "Dense",
        "settings": {
            "units": units,
            "activation": activation,
            "use_bias": True,
            "trainable": True,
            **initial,
            **settings,
        },
        "differs": ["units", "activation", *settings],
        "call": [{"from": before, "tensor": 0}],
        "options": {},
    }


def network(*layers):
    """Describe a chain of layers after an input of three numbers."""
    start = {"class": "InputLayer", "settings": {"shape": [None, 3]}, "differs": ["shape"], "call": [], "options": {}}
    operations = [start, *layers]
    return {
        "operations": operations,
        "inputs": [{"from": 0, "tensor": 0}],
        "outputs": [{"from": len(operations) - 1, "tensor": 0}],
    }


def metric(name, **settings):
    """Describe a metric."""
    return {"name": name, "class": "mean_absolute_error", "settings": settings, "differs": []}


@dataclasses.dataclass
class Ordered:
    """An order and its arrays."""

    plain: dict
    arrays: dict

    def read(self):
        """Return the description as parsed by the desk."""
        return read_order(self.plain)


def glorot(rng, fan_in, fan_out):
    """Draw a kernel as Keras does."""
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_in, fan_out)).astype(np.float32)


def make_order(operation="fit", seed=0, **changed):
    """Return an order with a network of two layers, like the payload's."""
    rng = np.random.default_rng(seed)
    weights = [glorot(rng, 3, 8), np.zeros(8, np.float32), glorot(rng, 8, 1), np.zeros(1, np.float32)]
    state = [np.array(0), np.array(0.01, np.float32), *(np.zeros_like(one) for one in weights)]
    x, y = rng.normal(size=(20, 3)).astype(np.float32), rng.normal(size=20).astype(np.float32)
    groups = {"weights": weights, "optimizer_state": state, "x": [x], "y": [y]}
    packed = {name: [array_of(one) for one in group] for name, group in groups.items()}
    digests = {name: [one.header.sha256 for one in group] for name, group in packed.items()}
    plain = {
        "format": 1,
        "operation": operation,
        "versions": {"keras": "3", "tensorflow": "2"},
        "floatx": "float32",
        "determinism": False,
        "jit_compile": False,
        "network": network(dense(8, 0), dense(1, 1)),
        "weights": digests["weights"],
        "x": digests["x"],
        "batch_size": 32,
    }
    if operation != "predict":
        plain |= {
            "loss": {"class": "mean_squared_error", "settings": {}, "differs": []},
            "metrics": [],
            "y": digests["y"],
        }
    if operation == "fit":
        settings = {"learning_rate": 0.01, "beta_1": 0.9, "weight_decay": None}
        plain |= {
            "seed": 21,
            "optimizer": {"class": "Adam", "settings": settings, "differs": ["learning_rate"]},
            "optimizer_state": digests["optimizer_state"],
            "epochs": 3,
            "shuffle": True,
        }
    plain |= changed
    return Ordered(plain, {one.header.sha256: one for group in packed.values() for one in group})


def make_kept(made=None, value=1.0, size=50):
    """Return an answer to a prediction."""
    outputs = array_of(np.full((size, 1), value, np.float32))
    return Kept(
        operation="predict",
        result={"outputs": [outputs.header.sha256], "seconds": 0.5},
        metrics=[],
        arrays={outputs.header.sha256: outputs},
        summaries={"a" * 64: {"shape": [3], "mean": 0.5}},
        parameters=369,
        initial_values=None,
        made=made or Made({"keras": "3"}, "a processor", "avx2"),
    )


class CannedTrainer:
    """Speaks as a trainer does and answers at once: weights a little further on, a loss per epoch.

    It stands in for a real one only where a test looks at the desk: at waiting, limits, deaths and damage.
    """

    def __init__(self, faults=(), gate=None):
        self.faults = list(faults)
        self.gate = gate
        self.orders = []
        self.closed = threading.Event()
        self._arrays = {}
        self._frames = [{"type": "hello", "versions": {}}]

    def send_array(self, sha256, dtype, shape, content):
        """Receive an array."""
        self._arrays[sha256] = np.frombuffer(bytes(content), dtype).reshape(shape)

    def send_message(self, message):
        """Receive an order and create its answer."""
        if self.gate is not None:
            self.gate.wait(60)
        self.orders.append(message["description"])
        fault = self.faults.pop(0) if self.faults else None
        self._frames = list(fault(message) if fault else self._answer(message["number"], message["description"]))

    def receive(self, _timeout):
        """Return the next frame; without one, a real trainer would be dead or silent."""
        if self.closed.is_set() or not self._frames:
            raise EnvironmentFault("a trainer failed: killed by signal 9")
        return self._frames.pop(0)

    def close(self):
        """End."""
        self.closed.set()

    def _answer(self, number, description):
        moved = [self._arrays[sha] + (self._arrays[sha].dtype.kind == "f") for sha in description["weights"]]
        names = ["loss", *(one["name"] for one in description.get("metrics", []))]
        epochs = description.get("epochs", 1)
        rows = {name: array_of(np.linspace(2, 1, epochs) + place) for place, name in enumerate(names)}
        states = {name: [array_of(np.float32(place))] for place, name in enumerate(names)}
        result = {"seconds": 0.5}
        sent = []
        if description["operation"] != "predict":
            named = [[name, one.header.sha256] for name, one in rows.items()]
            sent += [*rows.values(), *(one for group in states.values() for one in group)]
            result["metric_states"] = [[name, [one.header.sha256 for one in group]] for name, group in states.items()]
            result["history" if description["operation"] == "fit" else "logs"] = named
        if description["operation"] == "fit":
            weights = [array_of(one) for one in moved]
            state = [array_of(self._arrays[sha] + 1) for sha in description["optimizer_state"]]
            rates = array_of(np.full(epochs, 0.01))
            sent += [*weights, *state, rates]
            result |= {
                "rates": rates.header.sha256,
                "epochs_run": epochs,
                "weights": [one.header.sha256 for one in weights],
                "optimizer_state": [one.header.sha256 for one in state],
                "callbacks": [],
            }
        if description["operation"] == "predict":
            outputs = array_of(np.ones((20, 1), np.float32))
            sent.append(outputs)
            result["outputs"] = [outputs.header.sha256]
        for one in sent:
            yield one.header.message
            if one.header.size_bytes:
                yield bytes(one.content)
        yield {"type": "result", "number": number, "result": result}
