"""The exceptions: one line each, and picklable."""

import inspect
import pickle

import pytest

from autograder import errors

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.AutograderError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_survives_pickling(kind):
    """An error that cannot be pickled becomes a TypeError in the receiving process."""
    error = kind("it is empty", where="a.yml", remedy="write something")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own object, made a line ago)
    assert (type(again), str(again)) == (kind, str(error))


def test_an_error_says_where_what_and_what_to_do():
    """All three parts are in one line."""
    error = errors.UsageError("no such folder", where="class/", remedy="name one that exists")
    assert str(error) == "class/: no such folder (name one that exists)"


def test_a_configuration_error_lists_every_fault():
    """One line per fault, below the line that names the file."""
    error = errors.ConfigurationError("2 faults", where="grading.yml", faults=("limits: missing", "policy: missing"))
    assert str(error).splitlines() == ["grading.yml: 2 faults", "  limits: missing", "  policy: missing"]


@pytest.mark.parametrize("kind", CLASSES)
def test_the_tree_in_the_docstring_names_every_error(kind):
    """The tree is read first, so it must be complete."""
    assert kind.__name__ in errors.__doc__
