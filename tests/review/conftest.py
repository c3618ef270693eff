"""A class to review, the server over a copy of it, and a visitor who has its address."""

import pytest
from review_class import copy_class, make_class
from review_visitor import Visitor, served


@pytest.fixture(scope="session")
def original(root, tmp_path_factory):
    """Make the class once."""
    return make_class(root, tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def copied(original, tmp_path):
    """Give what copies the class into a new folder."""
    return lambda name: copy_class(original, tmp_path / name)


@pytest.fixture
def place(copied):
    """Copy the class."""
    return copied("reviewed")


@pytest.fixture
def address(place):
    """Serve the class, and give the address that the command would print."""
    with served(place) as found:
        yield found


@pytest.fixture
def visitor(address):
    """Visit the page as a browser without scripts would."""
    return Visitor(address)
