"""Finding the real data sets, and reporting what is wrong with them."""

import shutil

import pytest

from autograder.datasets import find_real, locate, make_practice
from autograder.errors import EnvironmentFault
from autograder.sandbox.mounts import data_mounts


def test_practice_files_are_not_taken_for_real_ones(manifest, tmp_path):
    """They have the right names and shapes, but other bytes."""
    shutil.copytree(make_practice(manifest, tmp_path / "cache") / "datasets", tmp_path / "keras" / "datasets")
    found, faults = find_real(manifest, tmp_path / "keras")
    assert found is None
    assert len(faults) == 5
    assert "not the assignment's file" in faults[0]


def test_missing_files_are_named_one_by_one(manifest, tmp_path):
    """Each line names a path."""
    found, faults = find_real(manifest, tmp_path)
    assert found is None
    assert faults[0] == f"{tmp_path}/datasets/boston_housing.npz: not there"


def test_real_data_that_cannot_be_had_is_an_error_with_a_remedy(manifest, tmp_path, monkeypatch):
    """Without network and files, the line says both what failed and what to do."""
    # An unreachable proxy on the loopback stands for a machine without a network.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(EnvironmentFault, match=r"could not be fetched.*--data practice"):
        locate(manifest, "real", tmp_path)


def test_auto_falls_back_to_practice_data(manifest, tmp_path, monkeypatch):
    """A class can be tried on a machine without any data."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert locate(manifest, "auto", tmp_path).kind == "practice"


def test_an_assignment_without_data_sets_needs_none(tmp_path, monkeypatch):
    """Nothing is searched, fetched, or shown to a notebook, whatever kind is requested."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    for kind in ("auto", "real", "practice"):
        home = locate({}, kind, tmp_path)
        assert (home.kind, data_mounts(home.path)) == ("real", [])
    assert find_real({}, tmp_path)[1] == ()


def test_data_without_practice_data_must_be_had(manifest, tmp_path, monkeypatch):
    """Without stand-ins, files that cannot be fetched are an error, and so is a request for practice data."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    bare = {name: file.model_copy(update={"practice": None}) for name, file in manifest.items()}
    for kind, said in (("auto", r"could not be fetched: .*copy the files there\)$"), ("practice", "no practice data")):
        with pytest.raises(EnvironmentFault, match=said):
            locate(bare, kind, tmp_path)
    homeless = {name: file.model_copy(update={"address": None}) for name, file in bare.items()}
    with pytest.raises(EnvironmentFault, match=r"boston_housing\.npz has no address \(copy the files there\)"):
        locate(homeless, "real", tmp_path)
