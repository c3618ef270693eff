import pytest
from judging import Given, passes

from autograder.records import Reason
from autograder.rubric.checks.equal import Equal

NAN = float("nan")


def an_equal(expected):
    """Build an `equal` item."""
    return Equal(points=1, check="equal", value="q08_epochs", expected=expected)


@pytest.mark.parametrize(
    ("expected", "obtained", "equal"),
    [
        pytest.param(10, 10.0, True, id="numbers compare as numbers"),
        pytest.param({"2": 10}, {"2": 10, "4": 11}, True, id="more keys"),
        pytest.param({"2": 10}, {"2": 10.5}, False, id="another number"),
        pytest.param({"2": 10}, {}, False, id="a lacking key"),
        pytest.param(["a", "b"], ["a", "b"], True, id="the same order"),
        pytest.param(["a", "b"], ["b", "a"], False, id="another order"),
        pytest.param(["a", "b"], ["a"], False, id="shorter"),
        pytest.param(10, NAN, False, id="nan"),
        pytest.param(NAN, NAN, False, id="nan against nan"),
    ],
)
def test_equal(expected, obtained, equal):
    """Exactly the expected value passes."""
    assert passes(an_equal(expected).judge([obtained], Given())) is equal


def test_each_part_that_differs_is_named_with_what_is_expected_there():
    """A part that lacks has nothing found; what is expected is for the instructor."""
    reasons = an_equal({"2": 10, "4": 11, "8": 12}).judge([{"2": 10, "4": 13}], Given()).reasons
    assert reasons == (
        Reason("equal.wrong", "q08_epochs.4", "13", "11", public=False),
        Reason("equal.wrong", "q08_epochs.8", "", "12", public=False),
    )
