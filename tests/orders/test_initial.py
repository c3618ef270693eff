"""Initial weights: Keras's defaults pass for any layer and seed; chosen weights are reported."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders_to_try import dense, glorot, network

from autograder.orders.arrays import array_of
from autograder.orders.description import Graph
from autograder.orders.initial import unusual_start
from autograder.records import Detail

NETWORK = Graph.model_validate(network(dense(16, 0), dense(1, 1)))


def start(seed=0, **changed):
    """Return the network's initial weights, with some replaced."""
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
    """An honest seed is never reported as chosen weights."""
    assert unusual_start(NETWORK, start(seed)) is None


KERNEL = glorot(np.random.default_rng(5), 13, 16)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"bias": np.full(16, -1, np.float32)}, "initial.bias"),
        ({"kernel": 3 * KERNEL}, "initial.kernel_bounds"),
        ({"kernel": KERNEL / 100}, "initial.kernel_spread"),
        ({"kernel": -np.abs(KERNEL)}, "initial.kernel_spread"),
        ({"kernel": np.zeros_like(KERNEL)}, "initial.kernel_spread"),
        ({"kernel": np.repeat(KERNEL[:, :1], 16, axis=1) * np.sqrt(1.0)}, "initial.kernel_"),
        ({"kernel": np.full_like(KERNEL, np.nan)}, "initial.not_finite"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_chosen_is_named(changed, says):
    """A network that is dead by design is not taken for an unlucky seed."""
    found = unusual_start(NETWORK, start(**changed))
    assert found.code.startswith(says)
    assert found.fields == {"layer": "Dense"}


def test_normalisation_and_generators_have_their_own_starts():
    """Scale and variance start at 1, shift and mean at 0; a generator's state is not a weight."""
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

    assert begun(ones, zeros, zeros, ones) is None
    assert begun(ones, zeros, zeros + 5, ones) == Detail.of("initial.bias", layer="BatchNormalization")
    assert begun(ones / 2, zeros, zeros, ones) == Detail.of("initial.scale", layer="BatchNormalization")


def test_weights_of_a_layer_that_is_not_listed_are_told_by_their_shape():
    """Matrices count as kernels; vectors must be all 0 or all 1."""
    graph = Graph.model_validate(network({"class": "Novel", "settings": {}, "call": [{"from": 0, "tensor": 0}]}))
    assert unusual_start(graph, list(map(array_of, [KERNEL, np.zeros(4, np.float32), np.ones(4, np.float32)]))) is None
    assert unusual_start(graph, [array_of(np.full(4, 0.3, np.float32))]) == Detail.of("initial.constant", layer="Layer")
