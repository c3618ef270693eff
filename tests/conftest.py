"""Shared fixtures: the project's own assignment, and the available data sets."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.assignment import open_assignment
from autograder.datasets import DataHome, locate
from autograder.rubric.data_manifest import Manifest

pytest_plugins = ("right_submission",)

# A run that decides about a change uses the same examples each time; local runs look for new ones. How long an example
# takes depends on the machine more than on the code.
settings.register_profile("desk", deadline=None)
settings.register_profile("decides", derandomize=True, deadline=None)
settings.load_profile("decides" if os.environ.get("CI") else "desk")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """The data files of the project's own assignment."""
    return open_assignment(ROOT / "grading.yml").data


@pytest.fixture(scope="session")
def data_home(manifest: Manifest) -> DataHome:
    """The real data sets if available, otherwise practice data."""
    return locate(manifest, "auto")


def pytest_report_header() -> str:
    """Report which data the tests run on: a green run on practice data is not one on real data."""
    home = locate(open_assignment(ROOT / "grading.yml").data, "auto")
    return f"data sets: {home.kind} ({home.path})"
