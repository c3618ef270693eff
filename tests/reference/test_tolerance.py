import math
import random
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reference.tolerance import Scale, ToleranceInterval, distance, tolerance_factor, tolerance_interval
from autograder.rubric.model import Tolerance

REFERENCE = st.lists(st.floats(0.5, 50), min_size=2, max_size=30)
TOLERANCE = Tolerance(coverage=0.99, confidence=0.95, minimum_runs=8, fallback_log=0.7, fallback_logit=1.5)


@pytest.mark.parametrize(
    ("runs", "coverage", "confidence", "published"),
    [
        (43, 0.90, 0.99, 2.217),
        (8, 0.99, 0.95, 4.889),
        (10, 0.99, 0.95, 4.433),
        (15, 0.99, 0.95, 3.878),
        (20, 0.99, 0.95, 3.615),
        (30, 0.99, 0.95, 3.350),
        (50, 0.99, 0.95, 3.126),
        (100, 0.99, 0.95, 2.934),
        (10, 0.95, 0.95, 3.379),
    ],
)
def test_the_factor_is_that_of_published_tables(runs, coverage, confidence, published):
    """Howe's approximation stays within 1 % of tabled factors (NIST/SEMATECH 7.2.6.3; the usual two-sided tables)."""
    assert tolerance_factor(runs, coverage, confidence) == pytest.approx(published, rel=0.01)


def test_the_interval_keeps_its_promise():
    """Over many samples of ten, about 95 % of the intervals hold 99 % of the population."""
    generator = random.Random(7)  # noqa: S311
    kept = 0
    for _ in range(2000):
        sample = [generator.gauss(0, 1) for _ in range(10)]
        half = tolerance_factor(10, 0.99, 0.95) * stdev(sample)
        lower, upper = fmean(sample) - half, fmean(sample) + half
        kept += 0.5 * (math.erf(upper / math.sqrt(2)) - math.erf(lower / math.sqrt(2))) >= 0.99
    assert 0.935 <= kept / 2000 <= 0.965


def test_few_runs_fall_back():
    """Below the minimum the interval extends a fixed width beyond the runs, and says so."""
    interval = tolerance_interval([math.log(10), math.log(40)], Scale("log", 0.0), TOLERANCE)
    assert (interval.source, interval.runs) == ("fallback", 2)
    assert interval.center == pytest.approx(20)
    assert (interval.lower, interval.upper) == pytest.approx((10 * math.exp(-0.7), 40 * math.exp(0.7)))


@pytest.mark.parametrize(("runs", "source"), [(7, "fallback"), (8, "tolerance interval"), (9, "tolerance interval")])
def test_the_minimum_belongs_to_the_tolerance_interval(runs, source):
    """Exactly the minimum of runs is enough."""
    positions = [3 + 0.1 * (index % 3) for index in range(runs)]
    assert tolerance_interval(positions, Scale("log", 0.0), TOLERANCE).source == source


def test_equal_errors_leave_room():
    """Reference errors without any spread still allow 5 % either way."""
    interval = tolerance_interval([math.log(20.0)] * 10, Scale("log", 0.0), TOLERANCE)
    assert (interval.lower, interval.upper) == pytest.approx((20 * math.exp(-0.05), 20 * math.exp(0.05)))


def test_perfect_accuracies_leave_room():
    """If every reference run is perfect, eight of 800 wrong still pass, and nine do not."""
    scale = Scale("logit", 1e-3)
    interval = tolerance_interval([scale.forward(1.0)] * 10, scale, TOLERANCE)
    assert distance(1.0, interval, scale) <= 1
    assert distance(1 - 8 / 800, interval, scale) <= 1
    assert distance(1 - 9 / 800, interval, scale) > 1


@given(st.floats(0, 1))
def test_the_logit_comes_back(accuracy):
    """Every accuracy, including 0 and 1, has a finite logit that can be inverted."""
    scale = Scale("logit", 1e-3)
    assert scale.inverse(scale.forward(accuracy)) == pytest.approx(accuracy, abs=1e-9)


@given(st.floats(0, 1e6))
def test_the_logarithm_comes_back(error):
    """Every error has a logarithm that can be inverted."""
    scale = Scale("log", 1e-3)
    assert scale.inverse(scale.forward(error)) == pytest.approx(error, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), -1.0])
@pytest.mark.parametrize("kind", ["log", "logit"])
def test_some_numbers_have_no_place(kind, number):
    """NaN, infinity and negative numbers are invalid on both scales."""
    assert Scale(kind, 1e-3).forward(number) is None


@pytest.mark.parametrize("accuracy", [0.0, 1.0])
def test_a_logit_without_offset_stays_finite(accuracy):
    """Even without an offset logits are finite."""
    assert math.isfinite(Scale("logit", 0.0).forward(accuracy))


@pytest.mark.parametrize("numbers", [2, 8])
@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_an_items_numbers_lie_inside_together(numbers, correlation):
    """In about 95 % of cases or more, 99 % of runs have all of an item's numbers inside."""
    generator = np.random.default_rng(11)
    covariance = np.full((numbers, numbers), correlation) + (1 - correlation) * np.eye(numbers)
    population = generator.multivariate_normal(np.zeros(numbers), covariance, size=20_000)
    kept = 0
    for _ in range(300):
        sample = generator.multivariate_normal(np.zeros(numbers), covariance, size=20)
        intervals = [
            tolerance_interval(list(column), Scale("log", 0.0), TOLERANCE, numbers=numbers) for column in sample.T
        ]
        lower, upper = (np.log([getattr(one, side) for one in intervals]) for side in ("lower", "upper"))
        kept += np.mean(np.all((lower <= population) & (population <= upper), axis=1)) >= 0.99
    assert kept / 300 >= 0.93


@given(
    REFERENCE,
    st.sampled_from([float("nan"), float("inf"), -float("inf")]),
    st.sampled_from(["log", "logit"]),
)
def test_what_is_not_finite_is_never_inside(numbers, wrong, kind):
    """Whatever the reference runs gave, NaN and infinity are outside of every interval."""
    scale = Scale(kind, 1e-3)
    positions = [scale.forward(number if kind == "log" else number / 50) for number in numbers]
    assert distance(wrong, tolerance_interval(positions, scale, TOLERANCE), scale) == math.inf


@given(
    st.lists(st.floats(0.5, 50), min_size=2, max_size=30), st.floats(0, 8), st.floats(0, 8), st.sampled_from([-1, 1])
)
def test_further_away_is_never_nearer(numbers, step, further, sign):
    """From the middle outwards, the distance never falls, and it is 1 at the bounds."""
    scale = Scale("log", 0.0)
    interval = tolerance_interval([scale.forward(number) for number in numbers], scale, TOLERANCE)
    near, far = (interval.center * 2 ** (sign * steps) for steps in (step, step + further))
    assert distance(near, interval, scale) <= distance(far, interval, scale)
    for number in (near, far):
        assert (distance(number, interval, scale) <= 1) == (interval.lower <= number <= interval.upper)


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [("log", 10.0, 0.0), ("log", 20.0, 1.0), ("log", 40.0, 2.0), ("log", 5.0, 0.5), ("logit", 1.0, 0.5)],
)
def test_a_distance_counts_half_widths(kind, number, expected):
    """Each side has its own half width, on the log scale for errors and as they are for shares."""
    interval = (
        ToleranceInterval(2.5, 20.0, 10.0, 9, 0, "tolerance interval")
        if kind == "log"
        else ToleranceInterval(0.8, 1.1, 0.9, 9, 0, "tolerance interval")
    )
    assert distance(number, interval, Scale(kind, 0.0)) == pytest.approx(expected)


def test_more_numbers_make_wider_intervals():
    """Each of eight numbers may be outside in an eighth as many runs as a single one."""
    positions = [math.log(20 + number) for number in range(12)]
    alone, together = (
        tolerance_interval(positions, Scale("log", 0.0), TOLERANCE, numbers=numbers) for numbers in (1, 8)
    )
    assert together.lower < alone.lower < alone.upper < together.upper
