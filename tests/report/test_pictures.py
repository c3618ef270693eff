"""Positions in plots: on the reference runs' axis, in order, and never outside of the plot."""

import re

import pytest

from autograder.assignment import open_assignment
from autograder.records import Comparison
from autograder.reference import Band, history_bands, series_at
from autograder.report.pictures import CURVE_HEIGHT, CURVE_WIDTH, WIDTH, curve, strip


def compared(obtained, lower=2.0, upper=8.0):
    """Return a trained number with its interval."""
    return Comparison("q07_history.A.mae[-1]", obtained, lower, upper, 3, 0, "tolerance interval")


def test_a_number_stands_among_the_runs_in_order():
    """Smaller numbers are further left, and the interval contains what it should."""
    picture = strip(compared(4.0), (3.0, 5.0, 6.0))
    assert picture.band[0] < picture.dots[0] < picture.mark < picture.dots[1] < picture.dots[2] < picture.band[1]
    assert (picture.inside, picture.beyond) == (True, 0)


@pytest.mark.parametrize(("obtained", "beyond", "place"), [(1e9, 1, WIDTH), (-5e8, -1, 0.0), (-1.0, -1, 0.0)])
def test_a_number_far_away_does_not_squash_the_axis(obtained, beyond, place):
    """It is shown at the end with a sign that it is off the axis; the dots do not move."""
    picture = strip(compared(obtained), (3.0, 5.0, 6.0))
    assert (picture.beyond, picture.mark, picture.inside) == (beyond, place, False)
    assert picture.dots == strip(compared(4.0), (3.0, 5.0, 6.0)).dots


def test_runs_that_all_agree_and_numbers_below_zero_have_a_place():
    """An accuracy of 1 in every run; an interval that extends below zero."""
    same = strip(compared(1.0, 1.0, 1.0), (1.0, 1.0))
    assert len({*same.dots, same.mark, *same.band}) == 1
    assert strip(compared(0.01, -0.01, 0.5), (0.001, 0.03)).beyond == 0


def test_a_curve_stays_within_its_picture():
    """Whatever the student's values, no more epochs are drawn than the runs had."""
    band = Band((1.0, 0.5, 0.2), (2.0, 1.0, 0.5), (900.0, 2.0, 1.0), 5)
    picture = curve((1e12, -3.0, 0.3, 7.0), band)
    points = [tuple(map(float, point.split(","))) for text in (picture.own, picture.band) for point in text.split()]
    assert all(0 <= x <= CURVE_WIDTH and 0 <= y <= CURVE_HEIGHT for x, y in points)
    assert len(picture.own.split()) == 3
    assert len(picture.band.split()) == 6
    assert not re.search("nan|inf", picture.own)


def test_bands_are_of_healthy_whole_runs(root):
    """Lowest, middle and highest are in order in every epoch, for as many runs as the intervals have."""
    assignment = open_assignment(root / "grading.yml")
    baseline = assignment.baseline("real")
    bands = history_bands(assignment.specification.key_spec, baseline, assignment.kept_runs("real"))
    assert {path.split(".")[0] for path in bands} == {"q07_history", "q10_history"}
    assert len(bands) == 12
    for path, band in bands.items():
        ordered = zip(band.lower, band.middle, band.upper, strict=True)
        assert all(low <= middle <= high for low, middle, high in ordered)
        assert band.runs == len(baseline.numbers().get(f"{path}[-1]", range(band.runs)))
    assert len(bands["q07_history.A.loss"].middle) == 50


@pytest.mark.parametrize("given", [{}, {"q": 1}, {"q": {"a": "text"}}, {"q": {"a": [1, "2"]}}, {"q": {"a": [True]}}])
def test_a_series_that_is_not_there_whole_is_none(given):
    """Nothing is drawn for it."""
    assert series_at(given, "q.a") == ()
    assert series_at({"q": {"a": [1, 2.5]}}, "q.a") == (1.0, 2.5)
