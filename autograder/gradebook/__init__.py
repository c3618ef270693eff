"""The only store of a class: what was handed in, what ran, what was graded, and every grade there ever was."""

from autograder.gradebook.book import Examined, Gradebook, Override

__all__ = ["Examined", "Gradebook", "Override"]
