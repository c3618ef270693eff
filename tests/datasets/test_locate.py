"""Finding the real data sets, and saying what is wrong with them."""

import shutil

import pytest

from autograder.datasets import find_real, locate, make_practice
from autograder.errors import EnvironmentFault


def test_practice_files_are_not_taken_for_real_ones(tmp_path):
    """They have the right names and shapes; their bytes tell."""
    shutil.copytree(make_practice(tmp_path / "cache") / "datasets", tmp_path / "keras" / "datasets")
    found, faults = find_real(tmp_path / "keras")
    assert found is None
    assert len(faults) == 5
    assert "not the file that Keras ships" in faults[0]


def test_missing_files_are_named_one_by_one(tmp_path):
    """Each line names a path."""
    found, faults = find_real(tmp_path)
    assert found is None
    assert faults[0] == f"{tmp_path}/datasets/boston_housing.npz: not there"


def test_real_data_that_cannot_be_had_is_an_error_with_a_remedy(tmp_path, monkeypatch):
    """No network, no files: the line says both what failed and what to do."""
    # An unreachable proxy stands for a machine without a network, on the loopback alone.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(EnvironmentFault, match=r"could not be fetched.*--data practice"):
        locate("real", tmp_path)


def test_auto_falls_back_to_practice_data(tmp_path, monkeypatch):
    """A class can be tried on a machine that has nothing."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert locate("auto", tmp_path).kind == "practice"
