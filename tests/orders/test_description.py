"""Descriptions of orders: the key depends on content alone, and what the honest payload never sends is refused."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders_to_try import dense, make_order, metric, network

from autograder.errors import WireError
from autograder.orders.description import read_order, read_reported_call

ORDER = make_order(metrics=[metric("mae")], validation={"x": ["a" * 64], "y": ["b" * 64], "batch_size": 32})


def shuffled(value, rng):
    """Return JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        items = list(value.items())
        rng.shuffle(items)
        return {key: shuffled(item, rng) for key, item in items}
    return [shuffled(item, rng) for item in value] if isinstance(value, list) else value


def places(value, path=()):
    """Yield the path of every scalar."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))
    if not isinstance(value, dict | list):
        yield path


def changed(plain, path):
    """Return a description with one value replaced by another valid one."""
    result = copy.deepcopy(plain)
    parent = result
    for key in path[:-1]:
        parent = parent[key]
    value = parent[path[-1]]
    parent[path[-1]] = {
        bool: lambda: not value,
        int: lambda: value + 1,
        float: lambda: value / 2,
        str: lambda: "c" * 64 if len(value) == 64 else f"{value}x",
        type(None): lambda: 1,
    }[type(value)]()
    return result


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_is_nothing(rng):
    """Equal content has an equal key, however it was written."""
    assert read_order(shuffled(ORDER.plain, rng)).key == ORDER.read().key


def test_rows_that_are_not_shuffled_are_another_order():
    """`False` is a value, though it equals 0: the training is ordered, not refused."""
    unshuffled = {name: value for name, value in ORDER.plain.items() if name != "seed"} | {"shuffle": False}
    description = read_order(unshuffled)
    assert (description.call.shuffle, description.key == ORDER.read().key) == (False, False)


@given(st.lists(st.sampled_from(["mae", "mse", "accuracy"]), unique=True))
def test_metrics_are_nothing(names):
    """Metrics only observe: with more, fewer, others or none, it is the same training."""
    assert read_order({**ORDER.plain, "metrics": [metric(name) for name in names]}).key == ORDER.read().key


@pytest.mark.parametrize("path", [path for path in places(ORDER.plain) if path[0] != "metrics"], ids=str)
def test_any_other_change_is_another_order_or_none(path):
    """Whatever value is changed, it is never taken for the same order."""
    try:
        other = read_order(changed(ORDER.plain, path))
    except WireError:
        return
    assert other.key != ORDER.read().key


def test_a_description_names_all_its_arrays_once():
    """The order is fixed; the journal summarises the first inputs, targets and validation inputs."""
    description = ORDER.read()
    assert list(description.arrays()) == list(dict.fromkeys([*ORDER.arrays, "a" * 64, "b" * 64]))
    assert list(description.summarised()) == [ORDER.plain["x"][0], ORDER.plain["y"][0], "a" * 64]


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"format": 2}, id="another format"),
        pytest.param({"operation": "grade"}, id="another operation"),
        pytest.param({"points": 10}, id="an unknown field"),
        pytest.param({"x": ["../../etc/passwd"]}, id="no digest"),
        pytest.param({"x": ["a" * 64 + "\n"]}, id="a digest and more"),
        pytest.param({"x": []}, id="no inputs"),
        pytest.param({"weights": ["a" * 64] * 20_001}, id="too many arrays"),
        pytest.param({"epochs": True}, id="a truth value for a number"),
        pytest.param({"epochs": 0}, id="no epochs"),
        pytest.param({"batch_size": None}, id="no batch size"),
        pytest.param({"optimizer": None}, id="no optimizer"),
        pytest.param({"rates": [0.1] * 4}, id="more rates than epochs"),
        pytest.param({"rates": [10**400]}, id="a number without end"),
        pytest.param({"floatx": "f" * 3_000}, id="a long text"),
        pytest.param({"class_weight": [[0] * 1_000] * 1_000}, id="a million values"),
        pytest.param({"notes": {"own": []}}, id="a reported call's notes"),
        pytest.param({"parameters": 3}, id="a reported call's parameters"),
        pytest.param({"network": {"opaque": []}}, id="no graph"),
        pytest.param({"network": network(dense(8, 1))}, id="a layer that feeds itself"),
        pytest.param({"network": network(dense(8, -1))}, id="a layer from nowhere"),
        pytest.param({"network": {**network(dense(8, 0)), "outputs": [{"from": 9, "tensor": 0}]}}, id="no such end"),
    ],
)
def test_what_the_honest_payload_would_never_send_is_refused(forged):
    """Each fault is reported in one line that says where it is."""
    plain = {**ORDER.plain, **forged}
    with pytest.raises(WireError):
        read_order({name: value for name, value in plain.items() if value is not None})


@pytest.mark.parametrize("plain", [None, 3, "fit", [], {}])
def test_what_is_no_description_is_refused(plain):
    """Both for orders and for reported calls."""
    for read in (read_order, read_reported_call):
        with pytest.raises(WireError):
            read(plain)


def test_a_reported_call_may_lack_fields_that_were_not_visible():
    """A pipeline has no arrays, a custom network no graph, a custom loss no settings."""
    own = {"class": "Block of __main__", "settings": {"units": 8}, "within": "Block"}
    seen = {
        **{
            name: ORDER.plain[name]
            for name in ("format", "operation", "versions", "floatx", "determinism", "jit_compile")
        },
        "network": {"opaque": [own]},
        "weights": [],
        "x": [],
        "y": [],
        "batch_size": 0,
        "epochs": 0,
        "sample_weight": "",
        "steps_per_epoch": 10.0,
        "loss": {"class": "train_step of Mine", "settings": {}, "differs": []},
        "optimizer": {"class": "Mine of __main__", "settings": {}, "differs": []},
        "parameters": 369,
        "notes": {"own": ["train_step of Mine"]},
    }
    assert read_reported_call(json.loads(json.dumps(seen))).call.parameters == 369
