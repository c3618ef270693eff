"""What tests share: the project's own assignment, and the data sets that this machine can have."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.datasets import DataHome, locate

# A run that decides about a change tries the same examples each time; at a desk, new ones are looked for.
settings.register_profile("decides", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("decides")

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
