"""What tests share: the project's own assignment, and the data sets that this machine can have."""

from pathlib import Path

import pytest

from autograder.datasets import DataHome, locate

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def data_home() -> DataHome:
    """The real data sets where they can be had, practice data where not."""
    return locate("auto")


def pytest_report_header() -> str:
    """Say which data the tests run on: a green run on practice data is not one on real data."""
    home = locate("auto")
    return f"data sets: {home.kind} ({home.path})"
