"""First weights: those that Keras draws by default pass, in any layer and for any seed; chosen ones are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders_to_try import dense, glorot, network

from autograder.orders.arrays import array_of
from autograder.orders.description import Graph
from autograder.orders.initial import unusual_start

NETWORK = Graph.model_validate(network(dense(16, 0), dense(1, 1)))


def start(seed=0, **changed):
    """Return the first weights of the network, with some replaced."""
    rng = np.random.default_rng(seed)
    weights = {
        "kernel": glorot(rng, 13, 16),
        "bias": np.zeros(16, np.float32),
        "kernel_2": glorot(rng, 16, 1),
        "bias_2": np.zeros(1, np.float32),
    }
    return [array_of(one) for one in (weights | changed).values()]


@given(st.integers(0, 2**32 - 1))
def test_what_is_drawn_as_keras_draws_is_usual(seed):
    """An honest seed is never called a choice."""
    assert unusual_start(NETWORK, start(seed)) == ""


KERNEL = glorot(np.random.default_rng(5), 13, 16)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"bias": np.full(16, -1, np.float32)}, "Dense: a bias that does not start at 0"),
        ({"kernel": 3 * KERNEL}, "Dense: a kernel beyond Keras's default bounds"),
        ({"kernel": KERNEL / 100}, "Dense: a kernel that is not drawn evenly"),
        ({"kernel": -np.abs(KERNEL)}, "Dense: a kernel that is not drawn evenly"),
        ({"kernel": np.zeros_like(KERNEL)}, "Dense: a kernel that is not drawn evenly"),
        ({"kernel": np.repeat(KERNEL[:, :1], 16, axis=1) * np.sqrt(1.0)}, "Dense: a kernel"),
        ({"kernel": np.full_like(KERNEL, np.nan)}, "Dense: weights that are no numbers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_chosen_is_named(changed, says):
    """A network that is dead by design is no unlucky seed."""
    assert unusual_start(NETWORK, start(**changed)).startswith(says)


def test_normalisation_and_generators_have_their_own_starts():
    """Scale and variance at 1, shift and mean at 0; the state of a generator is no weight."""
    graph = Graph.model_validate(
        network(
            {"class": "BatchNormalization", "settings": {}, "call": [{"from": 0, "tensor": 0}]},
            {"class": "Dropout", "settings": {"rate": 0.5}, "call": [{"from": 1, "tensor": 0}]},
            dense(1, 2),
        )
    )
    ones, zeros = np.ones(3, np.float32), np.zeros(3, np.float32)
    kernel = glorot(np.random.default_rng(1), 3, 1)

    def begun(*normalisation):
        seed = np.array([1, 2])
        return unusual_start(graph, list(map(array_of, [*normalisation, seed, kernel, np.zeros(1, np.float32)])))

    assert begun(ones, zeros, zeros, ones) == ""
    assert begun(ones, zeros, zeros + 5, ones) == "BatchNormalization: a bias that does not start at 0"
    assert begun(ones / 2, zeros, zeros, ones) == "BatchNormalization: a scale that does not start at 1"


def test_weights_of_a_layer_that_is_not_listed_are_told_by_their_shape():
    """Kernels as ever; single rows stand at 0 or at 1."""
    graph = Graph.model_validate(network({"class": "Novel", "settings": {}, "call": [{"from": 0, "tensor": 0}]}))
    assert unusual_start(graph, list(map(array_of, [KERNEL, np.zeros(4, np.float32), np.ones(4, np.float32)]))) == ""
    assert unusual_start(graph, [array_of(np.full(4, 0.3, np.float32))]).startswith("a layer: ")
