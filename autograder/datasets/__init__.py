"""Where the data sets of an assignment come from: its manifest's files, or practice data."""

from autograder.datasets.locate import DataHome, fetch, find_real, has_practice, keras_home, locate, locate_in
from autograder.datasets.practice import make_practice

__all__ = ["DataHome", "fetch", "find_real", "has_practice", "keras_home", "locate", "locate_in", "make_practice"]
