"""What a refused submission says in English, and its remedy."""

from autograder.report import refusal_words


def what_of(refused):
    """Return what is wrong with a refused submission, or with that of an error."""
    return refusal_words(refused.fault, "en")[0]


def remedy_of(refused):
    """Return what can be done about it."""
    return refusal_words(refused.fault, "en")[1]
