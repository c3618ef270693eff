import pytest
from judging import Given, passes

from autograder.records import Reason
from autograder.rubric.checks.own_numbers import OwnExtremes, OwnOrder

NAN = float("nan")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["b", "a", "c"], True),
        (["b", "c", "a"], True),
        (["a", "b", "c"], False),
        (["c", "a", "b"], False),
        (["b", "b", "a"], False),
        (["b", "a"], False),
    ],
)
def test_own_order(names, expected):
    """Smallest first by the student's own numbers; equal ones, a and c, in any order; each name once."""
    item = OwnOrder(points=1, check="own_order", value="q01_order", numbers="q01_losses")
    assert passes(item.judge([names, {"a": 2.0, "b": 1.0, "c": 2.0}], Given())) is expected


@pytest.mark.parametrize(
    ("which", "keys", "expected"),
    [
        ("smallest", [2, 4], True),
        ("smallest", [4, 2], True),
        ("smallest", [4.0, 8.0], True),
        ("smallest", [2, 8], False),
        ("smallest", [4, 4], False),
        ("smallest", [4, 5], False),
        ("smallest", [4, NAN], False),
        ("largest", [16, 2], True),
        ("largest", [16, 8], True),
        ("largest", [16, 4], False),
    ],
)
def test_own_extremes(which, keys, expected):
    """The two extreme keys in any order; 2 and 8 have equal numbers and may swap; each key once."""
    item = OwnExtremes(points=1, check="own_extremes", value="q08_best", numbers="q08_mse", which=which)
    numbers = {"2": 20.0, "4": 10.0, "8": 20.0, "16": 30.0}
    assert passes(item.judge([keys, numbers], Given())) is expected


def test_a_wrong_order_is_told_with_the_one_that_the_numbers_give():
    """Smallest first."""
    item = OwnOrder(points=1, check="own_order", value="q01_order", numbers="q01_losses")
    (reason,) = item.judge([["a", "b", "c"], {"a": 2.0, "b": 1.0, "c": 3.0}], Given()).reasons
    assert reason == Reason("own_order.wrong", "q01_order", "a, b, c", "b, a, c", public=False)


@pytest.mark.parametrize(("which", "due"), [("smallest", "4, 2"), ("largest", "16, 8")])
def test_wrong_extremes_are_told_with_those_that_the_numbers_give(which, due):
    """As many as are asked for, the outermost first."""
    item = OwnExtremes(points=1, check="own_extremes", value="q08_best", numbers="q08_mse", which=which)
    (reason,) = item.judge([[32, 2], {"2": 18.0, "4": 10.0, "8": 20.0, "16": 30.0, "32": 19.0}], Given()).reasons
    assert reason == Reason("own_extremes.wrong", "q08_best", "32, 2", due, public=False)


def test_all_keys_are_their_own_extremes():
    """Where every number is asked for, nothing is left that could be smaller."""
    item = OwnExtremes(points=1, check="own_extremes", value="q08_best", numbers="q08_mse", which="smallest")
    assert passes(item.judge([[2, 4], {"2": 3.0, "4": 1.0}], Given()))
