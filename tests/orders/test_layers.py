"""Layers are shown by what they compute, not by how they were written."""

from orders_to_try import dense, network

from autograder.orders.description import Graph, Opaque
from autograder.orders.layers import summarise_layers


def layer(kind, before, **settings):
    """Describe a layer of any class with its inputs."""
    fed = [{"from": place, "tensor": 0} for place in ([before] if isinstance(before, int) else before)]
    call = fed if isinstance(before, int) else [fed]
    return {"class": kind, "settings": settings, "differs": [], "call": call, "options": {}}


def shown(*layers, **changed):
    """Return kind and activation of every layer shown."""
    graph = Graph.model_validate({**network(*layers), **changed})
    return [(one["kind"], one["settings"].get("activation")) for one in summarise_layers(graph)]


def test_an_activation_of_its_own_is_shown_in_the_layer_before():
    """As a layer of any of its classes, as an operation, and TensorFlow's under the name of its function."""
    for activation in (
        layer("Activation", 1, activation="relu"),
        layer("Activation", 1, activation="tf.nn:relu"),
        layer("ReLU", 1, max_value=None, negative_slope=0.0, threshold=0.0),
        layer("ops.nn:Relu", 1),
        layer("activations.activations:ReLU", 1),
    ):
        assert shown(dense(8, 0, "linear"), activation, dense(1, 2)) == [("Dense", "relu"), ("Dense", "relu")]


def test_an_activation_is_shown_by_itself_where_the_layer_before_has_or_feeds_more():
    """It then computes something else than that layer's own activation would."""
    leaky = layer("ReLU", 1, max_value=6.0, negative_slope=0.0, threshold=0.0)
    assert shown(dense(8, 0, "linear"), leaky) == [("Dense", "linear"), ("ReLU", None)]
    twice = [dense(8, 0, "tanh"), layer("Activation", 1, activation="relu")]
    assert shown(*twice) == [("Dense", "tanh"), ("Activation", "relu")]
    branches = [dense(8, 0, "linear"), layer("Activation", 1, activation="relu"), layer("Add", [1, 2])]
    assert shown(*branches) == [("Dense", "linear"), ("Activation", "relu"), ("Add", None)]
    outputs = [{"from": 1, "tensor": 0}, {"from": 2, "tensor": 0}]
    assert shown(dense(8, 0, "linear"), layer("Activation", 1, activation="relu"), outputs=outputs) == [
        ("Dense", "linear"),
        ("Activation", "relu"),
    ]


def test_a_layer_and_an_operation_that_compute_the_same_have_one_name():
    """`keras.layers.Add` and `keras.ops.add`."""
    assert shown(dense(8, 0), dense(8, 0), layer("ops.numpy:Add", [1, 2]))[-1] == ("Add", None)


def test_what_binds_a_layers_weights_is_shown_by_its_class():
    """A penalty or constraint changes what is learned."""
    graph = Graph.model_validate(network(dense(8, 0, kernel_regularizer={"class": "L2", "settings": {"l2": 0.01}})))
    assert summarise_layers(graph)[0]["settings"]["kernel_regularizer"] == "L2"


def test_of_own_blocks_the_layers_are_shown_within_their_class():
    """The summary says what is not visible."""
    opaque = Opaque.model_validate({"opaque": [{"class": "Dense", "settings": {"units": 8}, "within": "Block"}]})
    assert summarise_layers(opaque) == [{"kind": "Dense", "settings": {"within": "Block", "units": 8}}]
