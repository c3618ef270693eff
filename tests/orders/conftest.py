"""Fixtures shared by the tests of orders."""

import pytest

from autograder.orders.arrays import ArrayShelf


@pytest.fixture
def shelf():
    """A separate shelf per test."""
    with ArrayShelf() as shelf:
        yield shelf
