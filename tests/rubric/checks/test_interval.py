import math

import pytest
from judging import Given, passes

from autograder.records import Comparison, Detail
from autograder.reference import ToleranceInterval
from autograder.rubric.checks.interval import Interval

NAN, INFINITY = float("nan"), float("inf")


def an_interval(scale="log", offset=0.0):
    """Build an `interval` item on one number."""
    return Interval(points=1, check="interval", scale=scale, values=("q08_mse.2",), offset=offset)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (10.0, True),
        (20.0, True),
        (40.0, True),
        (math.nextafter(10.0, 0), False),
        (math.nextafter(40.0, 99), False),
        (0.0, False),
        (-15.0, False),
        (NAN, False),
        (INFINITY, False),
    ],
)
def test_interval(number, expected):
    """Both bounds belong to the interval; just outside, below zero, NaN and infinity fail."""
    bounds = ToleranceInterval(10.0, 40.0, 20.0, 12, 1, "tolerance interval")
    outcome = an_interval().judge([number], Given(bounds_by_path={"q08_mse.2": bounds}))
    assert passes(outcome) is expected
    assert outcome.flags == ()


def test_every_number_is_told_with_its_interval():
    """Passed or not, the outcome states each number's interval and the number of runs behind it."""
    bounds = {
        "q08_mse.2": ToleranceInterval(10.0, 40.0, 20.0, 12, 1, "tolerance interval"),
        "q08_mse.4": ToleranceInterval(5.0, 20.0, 10.0, 3, 0, "fallback"),
    }
    item = Interval(points=1, check="interval", scale="log", values=("q08_mse.2", "q08_mse.4"))
    outcome = item.judge([21.0, 50.0], Given(bounds_by_path=bounds))
    assert outcome.comparisons == (
        Comparison("q08_mse.2", 21.0, 10.0, 40.0, 12, 1, "tolerance interval"),
        Comparison("q08_mse.4", 50.0, 5.0, 20.0, 3, 0, "fallback"),
    )


@pytest.mark.parametrize(("number", "expected"), [(-0.001, False), (-0.0009, True), (0.0, True), (0.02, False)])
def test_interval_with_an_offset(number, expected):
    """A loss that is zero at three digits can pass; the scale ends at minus the offset."""
    bounds = ToleranceInterval(-0.002, 0.01, 0.0005, 12, 1, "tolerance interval")
    assert passes(an_interval(offset=1e-3).judge([number], Given(bounds_by_path={"q08_mse.2": bounds}))) is expected


@pytest.mark.parametrize(("number", "expected"), [(1.0, True), (1.0005, False), (0.95, False), (NAN, False)])
def test_interval_of_accuracies(number, expected):
    """A perfect accuracy passes, one above 1 never does, even if the bound is higher."""
    bounds = ToleranceInterval(0.98, 1.001, 0.999, 12, 1, "tolerance interval")
    assert passes(an_interval("logit", 1e-3).judge([number], Given(bounds_by_path={"q08_mse.2": bounds}))) is expected


def test_interval_hides_its_bounds():
    """The expected interval is for the instructor, and for students only if the policy says so."""
    bounds = ToleranceInterval(10.0, 40.0, 20.0, 12, 1, "tolerance interval")
    (reason,) = an_interval().judge([50.0], Given(bounds_by_path={"q08_mse.2": bounds})).reasons
    assert (reason.subject, reason.found, reason.expected, reason.public) == (
        "q08_mse.2",
        50,
        Detail.of("interval.range", lower=10.0, upper=40.0),
        False,
    )


@pytest.mark.parametrize(
    ("scale", "bounds", "shown"),
    [
        ("log", ToleranceInterval(-0.004, 0.3, 0.5, 12, 0, "tolerance interval"), (0.0, 0.3)),
        ("log", ToleranceInterval(0.1, 40.0, 0.5, 12, 0, "tolerance interval"), (0.1, 40.0)),
        ("logit", ToleranceInterval(-0.001, 0.9, 0.5, 12, 0, "tolerance interval"), (0.0, 0.9)),
        ("logit", ToleranceInterval(0.97, 1.0009, 0.5, 12, 0, "tolerance interval"), (0.97, 1.0)),
    ],
)
def test_bounds_are_shown_within_what_a_number_can_be(scale, bounds, shown):
    """No loss below 0, no accuracy above 1; the verdict on a number is that of the bounds themselves."""
    item = Interval(points=1, check="interval", scale=scale, offset=0.01, values=("q_loss",))
    inside = (bounds.lower + bounds.upper) / 2
    outcome = item.judge([inside], Given(bounds_by_path={"q_loss": bounds}))
    [compared] = outcome.comparisons
    assert passes(outcome)
    assert (compared.lower, compared.upper) == shown


@pytest.mark.parametrize(("runs", "flagged"), [((12, 7), ["7"]), ((8, 12), []), ((9, 8), []), ((3, 7), ["3"])])
def test_the_fewest_runs_decide_whether_the_interval_stands_on_enough(runs, flagged):
    """The flag names the fewest that any of the numbers stands on, and how many are due."""
    paths = ("q08_mse.2", "q08_mse.4")
    bounds = {
        path: ToleranceInterval(10.0, 40.0, 20.0, count, 0, "tolerance interval")
        for path, count in zip(paths, runs, strict=True)
    }
    item = Interval(points=1, check="interval", scale="log", values=paths)
    flags = item.judge([20.0, 20.0], Given(bounds_by_path=bounds)).flags
    assert [(flag.code, flag.found, flag.expected) for flag in flags] == [
        ("interval.few_runs", few, "8") for few in flagged
    ]
