"""Where the data sets of the assignment come from: Keras's own files, or practice data in the same shapes."""

from autograder.datasets.locate import DataHome, fetch, find_real, keras_home, locate, locate_in
from autograder.datasets.practice import make_practice

__all__ = ["DataHome", "fetch", "find_real", "keras_home", "locate", "locate_in", "make_practice"]
