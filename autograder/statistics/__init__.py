"""Statistics of a class as pure functions of numbers, independent of students, items and rubrics."""

from autograder.statistics.ellipsoid import Ellipsoid, prediction_ellipsoid
from autograder.statistics.estimates import Estimate, correlation
from autograder.statistics.histogram import Bar, histogram
from autograder.statistics.proportions import proportion
from autograder.statistics.reliability import Reliability, item_rest, reliability

__all__ = [
    "Bar",
    "Ellipsoid",
    "Estimate",
    "Reliability",
    "correlation",
    "histogram",
    "item_rest",
    "prediction_ellipsoid",
    "proportion",
    "reliability",
]
