import pytest
from judging import Given, codes, passes

from autograder.rubric.checks.close import Close

NAN, INFINITY = float("nan"), float("inf")


def a_close(expected, absolute=0.01):
    """Build a `close` item."""
    return Close(points=1, check="close", value="q03_losses", expected=expected, absolute=absolute)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(
    ("distance", "expected"), [(0.0, True), (0.0099, True), (0.01, True), (0.010001, False), (9.0, False)]
)
def test_close_at_the_bound(sign, distance, expected):
    """A number at the bound passes, one just outside fails, on both sides."""
    assert passes(a_close(1.6094).judge([1.6094 + sign * distance], Given())) is expected


@pytest.mark.parametrize("number", [NAN, INFINITY, -INFINITY])
@pytest.mark.parametrize("expected", [[1.0, 2.0], [1.0, NAN], [1.0, INFINITY]])
def test_close_never_passes_what_is_not_finite(number, expected):
    """NaN and infinity never pass, not even if expected."""
    assert not passes(a_close(expected).judge([[1.0, number]], Given()))


@pytest.mark.parametrize("obtained", [[], [1.0], [1.0, 2.0, 3.0], 1.0])
def test_close_wants_as_many_numbers(obtained):
    """A wrong count is a separate fault, and nothing is truncated."""
    assert codes(a_close([1.0, 2.0]).judge([obtained], Given())) == ["close.shape"]


def test_close_walks_the_expected_keys():
    """A missing key fails; an additional key does not matter."""
    item = a_close({"squared": 0.8, "hinge": [1.0]})
    assert passes(item.judge([{"squared": 0.8, "hinge": [1.0], "more": 5}], Given()))
    assert not passes(item.judge([{"squared": 0.8}], Given()))
    assert not passes(item.judge([{}], Given()))


def test_close_names_the_worst_number():
    """Of several wrong numbers, the finding names the one furthest off, with its place."""
    (reason,) = a_close({"hinge": [1.0, 2.0, 3.0]}).judge([{"hinge": [1.5, 4.0, 3.5]}], Given()).reasons
    assert (reason.subject, reason.found, reason.expected) == ("q03_losses.hinge[1]", 4, 2)
    assert not reason.public
