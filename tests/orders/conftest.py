"""What the tests of orders share."""

import pytest

from autograder.orders.arrays import ArrayShelf


@pytest.fixture
def shelf():
    """A shelf of its own for each test."""
    with ArrayShelf() as shelf:
        yield shelf
